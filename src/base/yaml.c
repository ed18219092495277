#include "base/yaml.h"

#include <yaml.h>

#include "base/doc_build.h"
#include "base/parse.h"
#include "base/utf8.h"

typedef struct reader {
    cs_str text;
    const char *name;
    cs_errinfo *info;
    cs_doc_builder builder;
    yaml_parser_t parser;
    unsigned documents;
} reader;

/* libyaml counts from 0. */
static cs_spot spot_of(yaml_mark_t mark)
{
    return (cs_spot){(unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

static cs_place place_of(const reader *y, yaml_mark_t mark)
{
    return cs_build_place(&y->builder, spot_of(mark));
}

/* --- before libyaml --- */

/* What YAML allows unescaped, less the line breaks that editors do not count:
 * our line numbers are to be those of the editor. */
static bool may_stand(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f) ||
           (c >= 0xa0 && c <= 0xfffd && c != 0xfeff && c != 0x2028 &&
            c != 0x2029) ||
           c > 0xffff;
}

static int check_bytes(const reader *y)
{
    for (size_t i = 0; i < y->text.len;) {
        uint32_t c = 0;
        size_t n = cs_utf8_decode(y->text.data + i, y->text.len - i, &c);
        if (n == 0)
            return cs_fail_at(
                y->info, CS_E_FORMAT,
                cs_build_place(&y->builder, cs_text_spot(y->text, i)),
                "the text is not valid UTF-8 here");
        if (!may_stand(c))
            return cs_fail_at(
                y->info, CS_E_FORMAT,
                cs_build_place(&y->builder, cs_text_spot(y->text, i)),
                "the character U+%04X must not stand here unescaped",
                (unsigned)c);
        i += n;
    }
    return 0;
}

/* --- libyaml's complaints, in our words --- */

#define EACH_PROBLEM(X)                                                        \
    X("did not find expected key",                                             \
      CS_N_("expected a key here; is the indentation right?"))                 \
    X("did not find expected '-' indicator",                                   \
      CS_N_("expected '-' here; is the indentation right?"))                   \
    X("did not find expected node content", CS_N_("expected a value here"))    \
    X("did not find expected ',' or ']'", CS_N_("expected ',' or ']'"))        \
    X("did not find expected ',' or '}'", CS_N_("expected ',' or '}'"))        \
    X("could not find expected ':'", CS_N_("expected ':' after the key"))      \
    X("mapping values are not allowed in this context",                        \
      CS_N_("':' is not expected here; text that holds ': ' needs quotes"))    \
    X("block sequence entries are not allowed in this context",                \
      CS_N_("a '-' list cannot start here; put it on a line of its own"))      \
    X("mapping keys are not allowed in this context",                          \
      CS_N_("a key cannot stand here"))                                        \
    X("found character that cannot start any token",                           \
      CS_N_("a value cannot start with this character (or a tab); put text "   \
            "in quotes and indent with spaces"))                               \
    X("found a tab character that violates indentation",                       \
      CS_N_("a tab cannot be used to indent; use spaces"))                     \
    X("found a tab character where an indentation space is expected",          \
      CS_N_("a tab cannot be used to indent; use spaces"))                     \
    X("found unexpected document indicator",                                   \
      CS_N_("a document mark inside a quoted string"))                         \
    X("found unknown escape character",                                        \
      CS_N_("an escape sequence in this string is not valid"))                 \
    X("did not find expected hexdecimal number",                               \
      CS_N_("an escape sequence in this string is not valid"))                 \
    X("found invalid Unicode character escape code",                           \
      CS_N_("an escape sequence in this string is not valid"))                 \
    X("did not find expected comment or line break",                           \
      CS_N_("only a comment may follow on this line"))                         \
    X("did not find expected alphabetic or numeric character",                 \
      CS_N_("anchors and aliases (& and *) are not supported; put text in "    \
            "quotes"))                                                         \
    X("did not find expected <document start>",                                \
      CS_N_("more text after the end of the document"))                        \
    X("found undefined tag handle", CS_N_("tags (!) are not supported"))

/* One list of texts, long by nature. */
// NOLINTNEXTLINE(readability-function-size)
static int explain(const reader *y)
{
    const yaml_parser_t *p = &y->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return cs_fail_nomem(y->info);
    const char *problem = p->problem ? p->problem : "";
    /* An unclosed quote is noticed at the end of the text. */
    if (strcmp(problem, "found unexpected end of stream") == 0)
        return cs_fail_at(y->info, CS_E_FORMAT, place_of(y, p->context_mark),
                          "this string is never closed");
    cs_place at = place_of(y, p->problem_mark);
#define SAY(theirs, ours)                                                      \
    if (strcmp(problem, theirs) == 0)                                          \
        return cs_fail_at(y->info, CS_E_FORMAT, at, ours);
    EACH_PROBLEM(SAY)
#undef SAY
    return cs_fail_at(y->info, CS_E_FORMAT, at, "this is not valid YAML");
}

/* --- unquoted scalars --- */

static size_t count_digits(cs_str s, size_t from)
{
    size_t i = from;
    while (i < s.len && s.data[i] >= '0' && s.data[i] <= '9')
        i++;
    return i - from;
}

/* [+-]? (0 | [1-9][0-9]*), or 0x and hexadecimal digits */
static bool looks_like_int(cs_str s)
{
    if (s.len > 2 && s.data[0] == '0' && s.data[1] == 'x') {
        size_t i = 2;
        while (i < s.len && strchr("0123456789abcdefABCDEF", s.data[i]))
            i++;
        return i == s.len;
    }
    size_t sign = s.len && (s.data[0] == '+' || s.data[0] == '-');
    size_t digits = count_digits(s, sign);
    return digits && sign + digits == s.len &&
           (digits == 1 || s.data[sign] != '0');
}

/* [+-]? (0 | [1-9][0-9]*)? (\.[0-9]+)? ([eE][+-]?[0-9]+)?, not an int */
static bool looks_like_float(cs_str s)
{
    size_t i = s.len && (s.data[0] == '+' || s.data[0] == '-');
    size_t whole = count_digits(s, i);
    if (whole > 1 && s.data[i] == '0')
        return false;
    i += whole;
    size_t fraction = 0;
    if (i < s.len && s.data[i] == '.') {
        fraction = count_digits(s, i + 1);
        if (!fraction)
            return false;
        i += 1 + fraction;
    }
    size_t exponent = 0;
    if ((whole || fraction) && i < s.len &&
        (s.data[i] == 'e' || s.data[i] == 'E')) {
        i++;
        i += i < s.len && (s.data[i] == '+' || s.data[i] == '-');
        exponent = count_digits(s, i);
        i += exponent;
        if (!exponent)
            return false;
    }
    return i == s.len && (fraction || exponent);
}

static cs_node_kind plain_kind(cs_str s)
{
    if (s.len == 0 || cs_str_is(s, "~") || cs_str_is(s, "null"))
        return CS_NODE_NULL;
    if (cs_str_is(s, "true") || cs_str_is(s, "false"))
        return CS_NODE_BOOL;
    return looks_like_int(s)     ? CS_NODE_INT
           : looks_like_float(s) ? CS_NODE_FLOAT
                                 : CS_NODE_STRING;
}

static int add_plain(reader *y, cs_spot at, cs_str text)
{
    cs_node_kind kind = plain_kind(text);
    if (kind == CS_NODE_STRING)
        return cs_build_string(&y->builder, at, text);
    cs_node *node;
    int r = cs_build_value(&y->builder, at, kind, &node);
    if (r < 0)
        return r;
    cs_str number = cs_str_sub(text, text.data[0] == '+', text.len);
    if (kind == CS_NODE_BOOL)
        node->boolean = text.data[0] == 't';
    else if (kind == CS_NODE_INT)
        r = cs_parse_i64(number, &node->integer);
    else if (kind == CS_NODE_FLOAT)
        r = cs_parse_f64(number, &node->number);
    if (r < 0)
        return cs_fail_at(y->info, CS_E_RANGE, cs_build_place(&y->builder, at),
                          "the number %.*s is too large; put it in quotes if "
                          "it is text",
                          CS_STR_ARG(text));
    return 0;
}

/* --- events --- */

static int refuse_anchor(const reader *y, yaml_mark_t mark)
{
    return cs_fail_at(y->info, CS_E_FORMAT, place_of(y, mark),
                      "anchors and aliases (& and *) are not supported; put "
                      "text in quotes");
}

static int check_properties(const reader *y, const yaml_event_t *event,
                            const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        return refuse_anchor(y, event->start_mark);
    if (tag)
        return cs_fail_at(y->info, CS_E_FORMAT, place_of(y, event->start_mark),
                          "tags (!) are not supported");
    return 0;
}

static int take_key(reader *y, cs_spot at, cs_str text, bool plain)
{
    cs_place place = cs_build_place(&y->builder, at);
    if (plain && text.len == 0)
        return cs_fail_at(y->info, CS_E_FORMAT, place,
                          "the key is missing before ':'");
    if (plain && cs_str_is(text, "<<"))
        return cs_fail_at(y->info, CS_E_FORMAT, place,
                          "merge keys (<<) are not supported");
    return cs_build_key(&y->builder, at, text);
}

static int take_scalar(reader *y, const yaml_event_t *event)
{
    int r = check_properties(y, event, event->data.scalar.anchor,
                             event->data.scalar.tag);
    if (r < 0)
        return r;
    cs_str text = {(const char *)event->data.scalar.value,
                   event->data.scalar.length};
    cs_spot at = spot_of(event->start_mark);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (cs_str_index(text, '\0') < text.len)
        return cs_fail_at(y->info, CS_E_FORMAT, cs_build_place(&y->builder, at),
                          "a string must not hold NUL (\\0)");
    if (cs_build_wants_key(&y->builder))
        return take_key(y, at, text, plain);
    return plain ? add_plain(y, at, text)
                 : cs_build_string(&y->builder, at, text);
}

static int take_start(reader *y, const yaml_event_t *event, cs_node_kind kind)
{
    bool map = kind == CS_NODE_MAP;
    int r = check_properties(y, event,
                             map ? event->data.mapping_start.anchor
                                 : event->data.sequence_start.anchor,
                             map ? event->data.mapping_start.tag
                                 : event->data.sequence_start.tag);
    if (r < 0)
        return r;
    if (cs_build_wants_key(&y->builder))
        return cs_fail_at(y->info, CS_E_FORMAT, place_of(y, event->start_mark),
                          "a key must be plain text, not a list or map");
    return cs_build_open(&y->builder, spot_of(event->start_mark), kind);
}

static int take_document(reader *y, const yaml_event_t *event)
{
    if (event->data.document_start.tag_directives.start !=
        event->data.document_start.tag_directives.end)
        return cs_fail_at(y->info, CS_E_FORMAT, place_of(y, event->start_mark),
                          "tags (!) are not supported");
    if (++y->documents > 1)
        return cs_fail_at(y->info, CS_E_FORMAT, place_of(y, event->start_mark),
                          "a second document starts here; only one per file "
                          "is supported");
    return 0;
}

static int take_event(reader *y, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return take_document(y, event);
    case YAML_ALIAS_EVENT:
        return refuse_anchor(y, event->start_mark);
    case YAML_SCALAR_EVENT:
        return take_scalar(y, event);
    case YAML_SEQUENCE_START_EVENT:
        return take_start(y, event, CS_NODE_LIST);
    case YAML_MAPPING_START_EVENT:
        return take_start(y, event, CS_NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return cs_build_close(&y->builder);
    default:
        return 0;
    }
}

static int read_events(reader *y)
{
    bool done = false;
    while (!done) {
        yaml_event_t event;
        if (!yaml_parser_parse(&y->parser, &event))
            return explain(y);
        int r = take_event(y, &event);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (r < 0)
            return r;
    }
    if (y->documents)
        return 0;
    cs_node *nothing;
    return cs_build_value(&y->builder, (cs_spot){1, 1}, CS_NODE_NULL, &nothing);
}

static int read_text(reader *y)
{
    int r = check_bytes(y);
    if (r < 0)
        return r;
    if (!yaml_parser_initialize(&y->parser))
        return cs_fail_nomem(y->info);
    yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &y->parser, (const unsigned char *)y->text.data, y->text.len);
    r = read_events(y);
    yaml_parser_delete(&y->parser);
    return r;
}

int cs_doc_parse_yaml(const char *text, size_t len, const char *name,
                      const cs_doc_limits *limits, cs_doc **ret,
                      cs_errinfo *info)
{
    reader y = {.text = cs_text_skip_bom((cs_str){text, len}),
                .name = name,
                .info = info};
    int r = cs_build_init(&y.builder, name, limits, info);
    if (r == 0)
        r = read_text(&y);
    if (r == 0)
        *ret = cs_build_take(&y.builder);
    cs_build_done(&y.builder);
    return r;
}
