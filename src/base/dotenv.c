#include "base/dotenv.h"

#include "base/utf8.h"

typedef struct parser {
    const char *name;
    unsigned line;
    cs_arena *arena;
    cs_errinfo *info;
} parser;

static cs_place here(const parser *p)
{
    return cs_at(p->name, p->line, 0);
}

static bool is_key(cs_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return s.len > 0;
}

/* What follows a closing quote may only be a comment. */
static int check_tail(const parser *p, cs_str tail)
{
    tail = cs_str_trim(tail);
    if (tail.len == 0 || tail.data[0] == '#')
        return 0;
    return cs_fail_at(p->info, CS_E_FORMAT, here(p),
                      "text after the closing quote");
}

static int refuse_unclosed(const parser *p)
{
    return cs_fail_at(p->info, CS_E_FORMAT, here(p),
                      "the quote is never closed on this line");
}

static int read_single(const parser *p, cs_str text, const char **ret)
{
    size_t end = cs_str_index(text, '\'');
    if (end == text.len)
        return refuse_unclosed(p);
    int r = check_tail(p, cs_str_sub(text, end + 1, text.len));
    if (r < 0)
        return r;
    *ret = cs_arena_strcopy(p->arena, cs_str_sub(text, 0, end));
    return *ret ? 0 : cs_fail_nomem(p->info);
}

static char unescape(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case '\\':
    case '"':
    case '$':
        return c;
    default:
        return '\0';
    }
}

static int read_double(const parser *p, cs_str text, const char **ret)
{
    char *value = cs_arena_alloc(p->arena, text.len + 1);
    if (!value)
        return cs_fail_nomem(p->info);
    size_t n = 0, i = 0;
    for (; i < text.len && text.data[i] != '"'; i++) {
        char c = text.data[i];
        if (c == '\\') {
            c = '\0';
            if (++i < text.len)
                c = unescape(text.data[i]);
            if (!c)
                return cs_fail_at(p->info, CS_E_FORMAT, here(p),
                                  "unknown escape; \\n, \\t, \\\\, \\\" and "
                                  "\\$ are known");
        }
        value[n++] = c;
    }
    if (i == text.len)
        return refuse_unclosed(p);
    *ret = value;
    return check_tail(p, cs_str_sub(text, i + 1, text.len));
}

static int read_bare(const parser *p, cs_str text, const char **ret)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '#' &&
            (i == 0 || text.data[i - 1] == ' ' || text.data[i - 1] == '\t')) {
            text = cs_str_sub(text, 0, i);
            break;
        }
    }
    *ret = cs_arena_strcopy(p->arena, cs_str_trim(text));
    return *ret ? 0 : cs_fail_nomem(p->info);
}

static int read_value(const parser *p, cs_str text, const char **ret)
{
    text = cs_str_trim(text);
    if (text.len && text.data[0] == '\'')
        return read_single(p, cs_str_sub(text, 1, text.len), ret);
    if (text.len && text.data[0] == '"')
        return read_double(p, cs_str_sub(text, 1, text.len), ret);
    return read_bare(p, text, ret);
}

static int refuse_twin(const parser *p, const cs_dotenv *d, const char *key)
{
    for (size_t i = 0; i < d->len; i++) {
        if (strcmp(d->items[i].key, key) == 0)
            return cs_fail_at(p->info, CS_E_FORMAT, here(p),
                              "'%s' is given twice, the first time on line %u",
                              key, d->items[i].line);
    }
    return 0;
}

static int read_line(const parser *p, cs_str line, cs_dotenv *d)
{
    cs_str key, value, prefix = CS_STR("export ");
    line = cs_str_trim(line);
    if (line.len == 0 || line.data[0] == '#')
        return 0;
    if (cs_str_starts_with(line, prefix))
        line = cs_str_trim(cs_str_sub(line, prefix.len, line.len));
    bool found = cs_str_cut(line, '=', &key, &value);
    key = cs_str_trim(key);
    if (!found || !is_key(key))
        return cs_fail_at(p->info, CS_E_FORMAT, here(p), "expected KEY=value");
    if (d->len == CS_DOTENV_ENTRIES_MAX)
        return cs_fail_at(p->info, CS_E_LIMIT, here(p),
                          "more than %d variables", CS_DOTENV_ENTRIES_MAX);
    cs_dotenv_entry *entry = &d->items[d->len];
    entry->line = p->line;
    entry->key = cs_arena_strcopy(p->arena, key);
    if (!entry->key)
        return cs_fail_nomem(p->info);
    int r = refuse_twin(p, d, entry->key);
    if (r == 0)
        r = read_value(p, value, &entry->value);
    if (r == 0)
        d->len++;
    return r;
}

static size_t count_lines(cs_str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.len; i++)
        n += text.data[i] == '\n';
    return n;
}

static unsigned line_at(cs_str text, size_t offset)
{
    return (unsigned)count_lines(cs_str_sub(text, 0, offset));
}

static int check_text(parser *p, cs_str text)
{
    size_t bad = cs_utf8_invalid_at(text.data, text.len);
    size_t nul = cs_str_index(text, '\0');
    if (text.len > CS_DOTENV_SIZE_MAX)
        return cs_fail_at(p->info, CS_E_LIMIT, here(p),
                          "the file is larger than 64 KiB");
    p->line = line_at(text, CS_MIN(bad, nul));
    if (bad < text.len)
        return cs_fail_at(p->info, CS_E_FORMAT, here(p),
                          "the text is not valid UTF-8");
    if (nul < text.len)
        return cs_fail_at(p->info, CS_E_FORMAT, here(p),
                          "the text holds a NUL byte");
    return 0;
}

int cs_dotenv_parse(const char *text, size_t len, const char *name,
                    cs_arena *arena, cs_dotenv *ret, cs_errinfo *info)
{
    parser p = {name, 0, arena, info};
    cs_str rest = {text, len}, mark = CS_STR("\xef\xbb\xbf");
    cs_dotenv d = {NULL, 0};
    int r = check_text(&p, rest);
    if (r < 0)
        return r;
    d.items = cs_arena_array(arena, count_lines(rest), sizeof(*d.items));
    if (!d.items)
        return cs_fail_nomem(info);
    bool more = true;
    if (cs_str_starts_with(rest, mark))
        rest = cs_str_sub(rest, mark.len, rest.len);
    for (p.line = 1; more; p.line++) {
        cs_str line;
        more = cs_str_cut(rest, '\n', &line, &rest);
        r = read_line(&p, line, &d);
        if (r < 0)
            return r;
    }
    *ret = d;
    return 0;
}
