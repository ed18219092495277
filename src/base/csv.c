#include "base/csv.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"

/* What an error quotes of a field at most. */
#define SHOWN_MAX 60

void cs_csv_done(cs_csv *c)
{
    cs_free(c->name);
    cs_free(c->fields);
    cs_free(c->heads);
    cs_strbuf_done(&c->text);
    *c = (cs_csv)CS_CSV_INIT;
}

cs_place cs_csv_place(const cs_csv *c)
{
    return cs_at(c->name, c->line, 0);
}

/* --- opening --- */

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Bytes of the line end at `at`. */
static size_t line_end(cs_str s, size_t at)
{
    return s.data[at] == '\r' && at + 1 < s.len && s.data[at + 1] == '\n' ? 2
                                                                          : 1;
}

static unsigned lines_before(cs_str s, size_t end)
{
    unsigned lines = 1;
    for (size_t i = 0; i < end;) {
        bool ends = is_line_end(s.data[i]);
        i += ends ? line_end(s, i) : 1;
        lines += ends;
    }
    return lines;
}

/* Bytes of ASCII from `at` on, eight at a time: most tables have no others. */
static size_t skip_ascii(cs_str s, size_t at)
{
    uint64_t eight;
    for (; at + sizeof(eight) <= s.len; at += sizeof(eight)) {
        memcpy(&eight, s.data + at, sizeof(eight));
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < s.len && (unsigned char)s.data[at] < 0x80)
        at++;
    return at;
}

/* Where the text stops being UTF-8, or its length. */
static size_t valid_up_to(cs_str s)
{
    size_t at = skip_ascii(s, 0);
    while (at < s.len) {
        size_t n = cs_utf8_decode(s.data + at, s.len - at, NULL);
        if (n == 0)
            return at;
        at = skip_ascii(s, at + n);
    }
    return at;
}

static int check_text(const cs_csv *c, cs_errinfo *info)
{
    cs_str s = cs_strbuf_str(&c->text);
    if (cs_str_starts_with(s, CS_STR("\xff\xfe")) ||
        cs_str_starts_with(s, CS_STR("\xfe\xff")))
        return cs_fail_at(info, CS_E_FORMAT, cs_at(c->name, 0, 0),
                          "the file is UTF-16; save it as UTF-8");
    size_t bad = valid_up_to(s);
    const char *nul = memchr(s.data, '\0', bad);
    if (nul)
        bad = (size_t)(nul - s.data);
    if (bad == s.len)
        return 0;
    return cs_fail_at(
        info, CS_E_FORMAT, cs_at(c->name, lines_before(s, bad), 0),
        "byte 0x%02x is not text in UTF-8; save the file as UTF-8",
        (unsigned)(unsigned char)s.data[bad]);
}

/* Takes over a filled `text`. */
static int begin(cs_csv *c, const char *name, cs_errinfo *info)
{
    c->name = cs_strdup(name);
    if (!c->name)
        return cs_fail_nomem(info);
    if (cs_str_starts_with(cs_strbuf_str(&c->text), CS_STR("\xef\xbb\xbf")))
        c->at = 3;
    return check_text(c, info);
}

static int finish(cs_csv *c, int r, cs_csv *ret)
{
    if (r == 0)
        *ret = *c;
    else
        cs_csv_done(c);
    return r;
}

int cs_csv_open(const char *path, size_t max, cs_csv *ret, cs_errinfo *info)
{
    cs_csv c = CS_CSV_INIT;
    int r = cs_file_read(path, max, &c.text, info);
    if (r == 0)
        r = begin(&c, path, info);
    return finish(&c, r, ret);
}

int cs_csv_parse(cs_str text, const char *name, cs_csv *ret, cs_errinfo *info)
{
    cs_csv c = CS_CSV_INIT;
    int r = cs_strbuf_add_str(&c.text, text);
    r = r < 0 ? cs_fail_nomem(info) : begin(&c, name, info);
    return finish(&c, r, ret);
}

/* --- one record --- */

static bool at_field_end(cs_str s, size_t at)
{
    return at == s.len || s.data[at] == ',' || is_line_end(s.data[at]);
}

static int take_plain(cs_csv *c, cs_str *ret, cs_errinfo *info)
{
    cs_str s = cs_strbuf_str(&c->text);
    size_t from = c->at;
    while (!at_field_end(s, c->at)) {
        if (s.data[c->at] == '"')
            return cs_fail_at(info, CS_E_FORMAT, cs_csv_place(c),
                              "a quote inside a field; a field with "
                              "quotes stands in quotes itself, with "
                              "each of its own doubled");
        c->at++;
    }
    *ret = cs_str_sub(s, from, c->at);
    return 0;
}

/* Unquotes in place: what is written is never beyond what has been read. */
static int take_quoted(cs_csv *c, cs_str *ret, cs_errinfo *info)
{
    cs_str s = cs_strbuf_str(&c->text);
    char *to = c->text.data + c->at;
    const char *start = to;
    for (c->at++; c->at < s.len; c->at++) {
        char byte = s.data[c->at];
        if (byte == '"') {
            if (c->at + 1 == s.len || s.data[c->at + 1] != '"')
                break;
            c->at++;
        } else if (is_line_end(byte) && line_end(s, c->at) == 1) {
            c->next_line++;
        }
        *to++ = byte;
    }
    if (c->at == s.len)
        return cs_fail_at(info, CS_E_FORMAT, cs_csv_place(c),
                          "a quote is opened in this record and never "
                          "closed");
    c->at++;
    *ret = (cs_str){start, (size_t)(to - start)};
    if (at_field_end(s, c->at))
        return 0;
    return cs_fail_at(info, CS_E_FORMAT, cs_csv_place(c),
                      "after a closing quote a comma or the end of the "
                      "line must follow");
}

static int push_field(cs_csv *c, cs_str field, cs_errinfo *info)
{
    if (c->len == CS_CSV_FIELDS_MAX)
        return cs_fail_at(info, CS_E_LIMIT, cs_csv_place(c),
                          "a record has more than %zu fields",
                          CS_CSV_FIELDS_MAX);
    if (c->len == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 16;
        cs_str *more = cs_realloc_array(c->fields, cap, sizeof(*more));
        if (!more)
            return cs_fail_nomem(info);
        c->fields = more;
        c->cap = cap;
    }
    c->fields[c->len++] = field;
    return 0;
}

/* Fields up to the end of the line, which is consumed. */
static int take_record(cs_csv *c, bool *ret_quoted, cs_errinfo *info)
{
    cs_str s = cs_strbuf_str(&c->text);
    c->len = 0;
    c->line = c->next_line;
    for (;;) {
        cs_str field = {NULL, 0};
        bool quoted = c->at < s.len && s.data[c->at] == '"';
        int r =
            quoted ? take_quoted(c, &field, info) : take_plain(c, &field, info);
        if (r == 0)
            r = push_field(c, field, info);
        if (r < 0)
            return r;
        *ret_quoted = quoted;
        if (c->at == s.len || s.data[c->at] != ',')
            break;
        c->at++;
    }
    if (c->at < s.len)
        c->at += line_end(s, c->at);
    c->next_line++;
    return 0;
}

int cs_csv_next(cs_csv *c, cs_errinfo *info)
{
    while (c->at < c->text.len) {
        bool quoted = false;
        int r = take_record(c, &quoted, info);
        if (r < 0)
            return r;
        if (c->len == 1 && !quoted && cs_str_trim(c->fields[0]).len == 0)
            continue;
        if (c->width == 0)
            c->width = c->len;
        if (c->len != c->width)
            return cs_fail_at(info, CS_E_FORMAT, cs_csv_place(c),
                              "the record has %zu fields; the first one has "
                              "%zu",
                              c->len, c->width);
        return 1;
    }
    c->len = 0;
    return 0;
}

/* --- names --- */

static bool same_name(cs_str a, cs_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        unsigned char x = (unsigned char)a.data[i];
        unsigned char y = (unsigned char)b.data[i];
        x = x >= 'A' && x <= 'Z' ? x | 32 : x;
        y = y >= 'A' && y <= 'Z' ? y | 32 : y;
        if (x != y)
            return false;
    }
    return true;
}

static int check_names(const cs_csv *c, cs_errinfo *info)
{
    for (size_t i = 0; i < c->width; i++)
        for (size_t j = 0; c->heads[i].len && j < i; j++)
            if (same_name(c->heads[i], c->heads[j]))
                return cs_fail_at(
                    info, CS_E_FORMAT, cs_csv_place(c),
                    "two columns are named '%.*s'",
                    (int)CS_MIN(c->heads[i].len, (size_t)SHOWN_MAX),
                    c->heads[i].data);
    return 0;
}

int cs_csv_use_as_header(cs_csv *c, cs_errinfo *info)
{
    c->heads = cs_calloc(c->len, sizeof(*c->heads));
    if (!c->heads)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < c->len; i++)
        c->heads[i] = cs_str_trim(c->fields[i]);
    return check_names(c, info);
}

int cs_csv_header(cs_csv *c, cs_errinfo *info)
{
    int r = cs_csv_next(c, info);
    if (r == 0)
        return cs_fail_at(info, CS_E_FORMAT, cs_at(c->name, 0, 0),
                          "the file is empty; expected a line with the "
                          "columns' names");
    return r < 0 ? r : cs_csv_use_as_header(c, info);
}

bool cs_csv_find(const cs_csv *c, const char *names, size_t *ret)
{
    cs_str rest = cs_str_of(names), name;
    bool more = true;
    while (more && c->heads) {
        more = cs_str_cut(rest, '|', &name, &rest);
        for (size_t i = 0; i < c->width; i++) {
            if (same_name(c->heads[i], name)) {
                *ret = i;
                return true;
            }
        }
    }
    return false;
}

int cs_csv_column(const cs_csv *c, const char *names, size_t *ret,
                  cs_errinfo *info)
{
    if (cs_csv_find(c, names, ret))
        return 0;
    CS_SCOPED(cs_strbuf) there = CS_STRBUF_INIT;
    for (size_t i = 0; i < c->width && there.len < (size_t)4 * SHOWN_MAX; i++) {
        cs_strbuf_add(&there, i ? ", " : "");
        cs_strbuf_add_str(&there, cs_str_sub(c->heads[i], 0, SHOWN_MAX));
    }
    if (cs_strbuf_check(&there) < 0)
        return cs_fail_nomem(info);
    return cs_fail_at(info, CS_E_FORMAT, cs_at(c->name, 1, 0),
                      "a column '%s' is missing; there are: %s", names,
                      there.data);
}

/* --- fields --- */

cs_str cs_csv_text(const cs_csv *c, size_t column)
{
    return cs_str_trim(c->fields[column]);
}

int cs_csv_refuse(const cs_csv *c, size_t column, const char *what,
                  cs_errinfo *info)
{
    cs_str text = cs_csv_text(c, column);
    int shown = (int)CS_MIN(text.len, (size_t)SHOWN_MAX);
    if (!c->heads)
        return cs_fail_at(info, CS_E_FORMAT, cs_csv_place(c),
                          "field %zu: expected %s, not '%.*s'", column + 1,
                          what, shown, text.data);
    cs_str head = c->heads[column];
    return cs_fail_at(info, CS_E_FORMAT, cs_csv_place(c),
                      "field '%.*s': expected %s, not '%.*s'",
                      (int)CS_MIN(head.len, (size_t)SHOWN_MAX), head.data, what,
                      shown, text.data);
}

int cs_csv_number(const cs_csv *c, size_t column, double *ret, cs_errinfo *info)
{
    int r = cs_parse_f64(cs_csv_text(c, column), ret);
    if (r == 0)
        return 0;
    if (r == CS_E_NOMEM)
        return cs_fail_nomem(info);
    return cs_csv_refuse(
        c, column, cs_msg(info ? info->lang : CS_LANG_EN, CS_N_("a number")),
        info);
}

int cs_csv_put(cs_strbuf *out, cs_str field)
{
    bool quote = false;
    for (size_t i = 0; i < field.len; i++)
        quote = quote || field.data[i] == '"' || field.data[i] == ',' ||
                is_line_end(field.data[i]);
    if (!quote)
        return cs_strbuf_add_str(out, field);
    cs_strbuf_putc(out, '"');
    for (size_t i = 0; i < field.len; i++) {
        if (field.data[i] == '"')
            cs_strbuf_putc(out, '"');
        cs_strbuf_putc(out, field.data[i]);
    }
    return cs_strbuf_putc(out, '"');
}
