#include "base/json.h"

#include <assert.h>
#include <jansson.h>
#include <pthread.h>

#include "base/doc_build.h"
#include "base/mem.h"
#include "base/utf8.h"

/* jansson keeps no positions. Once it has accepted a text, the text is walked
 * again in step with its tree, which keeps members in the order of the text;
 * the walk needs to know tokens, not grammar. */

#define LARGEST_TEXT INT32_MAX /* jansson counts positions in an int */

/* Whether jansson was refused memory, for which it may blame the text. */
static _Thread_local bool refused;

static void *allocate(size_t size)
{
    void *p = cs_malloc(size);
    refused = refused || !p;
    return p;
}

static void use_our_memory(void)
{
    json_set_alloc_funcs(allocate, cs_free);
}

/* --- tokens --- */

static size_t skip_blank(cs_str text, size_t at)
{
    while (at < text.len && (text.data[at] == ' ' || text.data[at] == '\t' ||
                             text.data[at] == '\n' || text.data[at] == '\r'))
        at++;
    return at;
}

static bool is_mark(char c)
{
    return c == '[' || c == ']' || c == '{' || c == '}' || c == ',' || c == ':';
}

/* End of a string whose opening quote is at `at`. */
static size_t string_end(cs_str text, size_t at, bool *ret_closed)
{
    *ret_closed = false;
    for (at++; at < text.len && !*ret_closed; at++) {
        if (text.data[at] == '\\' && at + 1 < text.len)
            at++;
        else if (text.data[at] == '"')
            *ret_closed = true;
    }
    return at;
}

/* End of the token at `at`, where there is one. */
static size_t token_end(cs_str text, size_t at)
{
    bool closed;
    if (text.data[at] == '"')
        return string_end(text, at, &closed);
    if (is_mark(text.data[at]))
        return at + 1;
    while (at < text.len && text.data[at] != '"' && !is_mark(text.data[at]) &&
           skip_blank(text, at) == at)
        at++;
    return at;
}

/* --- before jansson: what could hurt it or us --- */

typedef struct source {
    cs_str text;
    const char *name;
    cs_errinfo *info;
} source;

static cs_place place_of(const source *s, size_t offset)
{
    cs_spot at = cs_text_spot(s->text, offset);
    return cs_at(s->name, at.line, at.column);
}

static int check_bytes(const source *s)
{
    if (s->text.len > LARGEST_TEXT)
        return cs_fail_at(s->info, CS_E_LIMIT, cs_at(s->name, 0, 0),
                          "the text is larger than 2 GiB");
    size_t bad = cs_utf8_invalid_at(s->text.data, s->text.len);
    if (bad < s->text.len)
        return cs_fail_at(s->info, CS_E_FORMAT, place_of(s, bad),
                          "the text is not valid UTF-8 here");
    size_t nul = cs_str_index(s->text, '\0');
    if (nul < s->text.len)
        return cs_fail_at(s->info, CS_E_FORMAT, place_of(s, nul),
                          "a NUL byte in the text");
    if (skip_blank(s->text, 0) == s->text.len)
        return cs_fail_at(s->info, CS_E_FORMAT, cs_at(s->name, 1, 1),
                          "the text is empty; a JSON value is expected");
    return 0;
}

/* Counted before jansson builds its tree: depth, and commas, of which there
 * are fewer than values. */
static int check_limits(const source *s, const cs_doc_builder *b)
{
    size_t depth = 0, commas = 0;
    for (size_t at = skip_blank(s->text, 0); at < s->text.len;
         at = skip_blank(s->text, token_end(s->text, at))) {
        char c = s->text.data[at];
        if ((c == '[' || c == '{') && ++depth > b->max_depth)
            return cs_fail_at(s->info, CS_E_LIMIT, place_of(s, at),
                              "nested more than %u levels deep", b->max_depth);
        if ((c == ']' || c == '}') && depth)
            depth--;
        if (c == ',' && ++commas > b->max_nodes)
            return cs_fail_at(s->info, CS_E_LIMIT, place_of(s, at),
                              "more than %zu values in one document",
                              b->max_nodes);
    }
    return 0;
}

/* --- after jansson: what it refused, in our words --- */

/* Start of the token that ends at or contains `position`. */
static size_t token_before(cs_str text, size_t position)
{
    size_t at = skip_blank(text, 0);
    for (;;) {
        size_t end = token_end(text, at);
        size_t next = skip_blank(text, end);
        if (end >= position || next == text.len)
            return at;
        at = next;
    }
}

static int explain_end(const source *s)
{
    size_t last = token_before(s->text, s->text.len);
    bool closed = true;
    if (s->text.data[last] == '"')
        string_end(s->text, last, &closed);
    if (!closed)
        return cs_fail_at(s->info, CS_E_FORMAT, place_of(s, last),
                          "this string is never closed");
    size_t end = token_end(s->text, last);
    return cs_fail_at(s->info, CS_E_FORMAT, place_of(s, end),
                      "the text ends too early: something is not closed");
}

static bool says(const json_error_t *error, const char *start)
{
    return strncmp(error->text, start, strlen(start)) == 0;
}

static int explain_syntax(const source *s, const json_error_t *error)
{
    size_t position = (size_t)error->position;
    if (says(error, "unexpected newline") || says(error, "control character"))
        return cs_fail_at(s->info, CS_E_FORMAT, place_of(s, position),
                          "a control character inside a string; write it as "
                          "\\n, \\t or \\u00XX");
    size_t start = token_before(s->text, position);
    cs_place at = place_of(s, start);
    if (says(error, "invalid escape") || says(error, "invalid Unicode"))
        return cs_fail_at(s->info, CS_E_FORMAT, at,
                          "an escape sequence in this string is not valid");
    if (says(error, "string or '}' expected"))
        return cs_fail_at(s->info, CS_E_FORMAT, at,
                          "expected a key in double quotes, or '}'");
    if (says(error, "':' expected"))
        return cs_fail_at(s->info, CS_E_FORMAT, at,
                          "expected ':' after the key");
    if (says(error, "'}' expected"))
        return cs_fail_at(s->info, CS_E_FORMAT, at, "expected ',' or '}'");
    if (says(error, "']' expected"))
        return cs_fail_at(s->info, CS_E_FORMAT, at, "expected ',' or ']'");
    cs_str token = cs_str_sub(s->text, start,
                              CS_MIN(token_end(s->text, start), start + 32));
    return cs_fail_at(s->info, CS_E_FORMAT, at, "unexpected '%.*s'",
                      CS_STR_ARG(token));
}

static int explain(const source *s, const json_error_t *error)
{
    if (refused || !error->text[0])
        return cs_fail_nomem(s->info);
    size_t start = token_before(s->text, (size_t)error->position);
    cs_place at = place_of(s, start);
    cs_str token = cs_str_sub(s->text, start, token_end(s->text, start));
    switch (json_error_code(error)) {
    case json_error_out_of_memory:
        return cs_fail_nomem(s->info);
    case json_error_premature_end_of_input:
        return explain_end(s);
    case json_error_end_of_input_expected:
        return cs_fail_at(s->info, CS_E_FORMAT, at,
                          "more text after the end of the document");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return cs_fail_at(s->info, CS_E_FORMAT, at,
                          "a string must not hold NUL (\\u0000)");
    case json_error_duplicate_key:
        return cs_fail_at(s->info, CS_E_FORMAT, at, "key %.*s is given twice",
                          CS_STR_ARG(token));
    case json_error_numeric_overflow:
        return cs_fail_at(s->info, CS_E_RANGE, at,
                          "the number %.*s is too large", CS_STR_ARG(token));
    case json_error_invalid_syntax:
        return explain_syntax(s, error);
    default:
        return cs_fail_at(s->info, CS_E_FORMAT, at, "this is not valid JSON");
    }
}

/* --- the walk --- */

typedef struct walker {
    cs_str text;
    size_t offset;
    cs_spot at;
    cs_doc_builder *builder;
    struct {
        json_t *value;
        void *member; /* of an object: iterator */
        size_t index; /* of an array */
    } open[CS_DOC_DEPTH_MAX];
    unsigned depth;
} walker;

static void advance_to(walker *w, size_t offset)
{
    while (w->offset < offset)
        w->offset += cs_spot_advance(&w->at, w->text.data + w->offset,
                                     w->text.len - w->offset);
}

/* Onto the next token; its position is w->at. */
static void find_token(walker *w)
{
    advance_to(w, skip_blank(w->text, w->offset));
}

static void take_token(walker *w)
{
    find_token(w);
    assert(w->offset < w->text.len);
    advance_to(w, token_end(w->text, w->offset));
}

static int add_scalar(walker *w, json_t *value)
{
    if (json_is_string(value)) {
        cs_str text = {json_string_value(value), json_string_length(value)};
        return cs_build_string(w->builder, w->at, text);
    }
    cs_node_kind kind = json_is_integer(value)   ? CS_NODE_INT
                        : json_is_real(value)    ? CS_NODE_FLOAT
                        : json_is_boolean(value) ? CS_NODE_BOOL
                                                 : CS_NODE_NULL;
    cs_node *node;
    int r = cs_build_value(w->builder, w->at, kind, &node);
    if (r < 0)
        return r;
    if (kind == CS_NODE_INT)
        node->integer = json_integer_value(value);
    else if (kind == CS_NODE_FLOAT)
        node->number = json_real_value(value);
    else if (kind == CS_NODE_BOOL)
        node->boolean = json_is_true(value);
    return 0;
}

static int add_value(walker *w, json_t *value)
{
    find_token(w);
    int r;
    if (json_is_array(value) || json_is_object(value)) {
        r = cs_build_open(w->builder, w->at,
                          json_is_array(value) ? CS_NODE_LIST : CS_NODE_MAP);
        if (r < 0)
            return r;
        w->open[w->depth].value = value;
        w->open[w->depth].member = json_object_iter(value);
        w->open[w->depth].index = 0;
        w->depth++;
    } else {
        r = add_scalar(w, value);
    }
    take_token(w);
    return r;
}

static int add_member(walker *w, json_t *object, void **member)
{
    const char *key = json_object_iter_key(*member);
    json_t *value = json_object_iter_value(*member);
    find_token(w);
    int r = cs_build_key(w->builder, w->at, cs_str_of(key));
    if (r < 0)
        return r;
    take_token(w);
    take_token(w); /* : */
    *member = json_object_iter_next(object, *member);
    return add_value(w, value);
}

/* Adds the next child of the innermost open value, or closes it. */
static int walk_on(walker *w)
{
    unsigned top = w->depth - 1;
    json_t *value = w->open[top].value;
    bool first = w->open[top].index++ == 0;
    size_t i = w->open[top].index - 1;
    bool more = json_is_object(value) ? w->open[top].member != NULL
                                      : i < json_array_size(value);
    if (more && !first)
        take_token(w); /* , */
    if (!more) {
        take_token(w); /* ] or } */
        w->depth--;
        return cs_build_close(w->builder);
    }
    if (json_is_object(value))
        return add_member(w, value, &w->open[top].member);
    return add_value(w, json_array_get(value, i));
}

static int build(cs_doc_builder *b, cs_str text, json_t *tree)
{
    walker w = {.text = text, .at = {1, 1}, .builder = b};
    int r = add_value(&w, tree);
    while (r == 0 && w.depth)
        r = walk_on(&w);
    return r;
}

int cs_doc_parse_json(const char *text, size_t len, const char *name,
                      const cs_doc_limits *limits, cs_doc **ret,
                      cs_errinfo *info)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, use_our_memory);
    source s = {cs_text_skip_bom((cs_str){text, len}), name, info};
    cs_doc_builder b;
    int r = cs_build_init(&b, name, limits, info);
    if (r == 0)
        r = check_bytes(&s);
    if (r == 0)
        r = check_limits(&s, &b);
    json_t *tree = NULL;
    if (r == 0) {
        json_error_t error = {0};
        refused = false;
        tree = json_loadb(s.text.data, s.text.len,
                          JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
        r = tree ? build(&b, s.text, tree) : explain(&s, &error);
    }
    json_decref(tree);
    if (r == 0)
        *ret = cs_build_take(&b);
    cs_build_done(&b);
    return r;
}
