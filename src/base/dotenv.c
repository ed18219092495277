#include "base/dotenv.h"

#include "base/doc_build.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/vec.h"

typedef struct reader {
    cs_str text;
    const char *name;
    cs_arena *arena;
    cs_errinfo *info;
    CS_VEC(cs_dotenv_var) vars;
    cs_map lines; /* name -> line, as a pointer */
    cs_strbuf value;
    /* of the line being read */
    unsigned line;
    cs_str rest;
    const char *start;
} reader;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blank(reader *e)
{
    while (e->rest.len && is_blank(e->rest.data[0]))
        e->rest = cs_str_sub(e->rest, 1, e->rest.len);
}

/* Where the unread rest of the line begins. */
static cs_place here(const reader *e)
{
    size_t offset = (size_t)(e->rest.data - e->start);
    cs_spot at = cs_text_spot((cs_str){e->start, offset}, offset);
    return (cs_place){e->name, e->line, at.column};
}

static bool is_name_char(char c, bool first)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (!first && c >= '0' && c <= '9');
}

static cs_str take_name(reader *e)
{
    size_t n = 0;
    while (n < e->rest.len && is_name_char(e->rest.data[n], n == 0))
        n++;
    cs_str name = cs_str_sub(e->rest, 0, n);
    e->rest = cs_str_sub(e->rest, n, e->rest.len);
    return name;
}

static void skip_export(reader *e)
{
    cs_str word = CS_STR("export");
    if (cs_str_starts_with(e->rest, word) && e->rest.len > word.len &&
        is_blank(e->rest.data[word.len])) {
        e->rest = cs_str_sub(e->rest, word.len, e->rest.len);
        skip_blank(e);
    }
}

/* --- values --- */

/* Up to the end of the line, or to a '#' that follows a blank. */
static int take_plain(reader *e)
{
    size_t n = 0;
    while (n < e->rest.len && !(e->rest.data[n] == '#' &&
                                (n == 0 || is_blank(e->rest.data[n - 1]))))
        n++;
    cs_strbuf_add_str(&e->value, cs_str_trim(cs_str_sub(e->rest, 0, n)));
    e->rest = cs_str_sub(e->rest, n, e->rest.len);
    return 0;
}

static int put_escape(reader *e, size_t at)
{
    static const char letters[] = "nrt\\\"$";
    static const char meanings[] = "\n\r\t\\\"$";
    char letter = at + 1 < e->rest.len ? e->rest.data[at + 1] : '\0';
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (!found) {
        e->rest = cs_str_sub(e->rest, at, e->rest.len);
        return cs_fail_at(e->info, CS_E_FORMAT, here(e),
                          "unknown escape; known in double quotes are \\n, "
                          "\\r, \\t, \\\\, \\\" and \\$");
    }
    cs_strbuf_putc(&e->value, meanings[found - letters]);
    return 0;
}

static int take_quoted(reader *e, char quote)
{
    size_t n = 1;
    for (; n < e->rest.len && e->rest.data[n] != quote; n++) {
        if (quote == '"' && e->rest.data[n] == '\\') {
            int r = put_escape(e, n);
            if (r < 0)
                return r;
            n++;
        } else {
            cs_strbuf_putc(&e->value, e->rest.data[n]);
        }
    }
    if (n >= e->rest.len)
        return cs_fail_at(e->info, CS_E_FORMAT, here(e),
                          "this quote is not closed on its line");
    e->rest = cs_str_sub(e->rest, n + 1, e->rest.len);
    cs_str after = e->rest;
    skip_blank(e);
    if (e->rest.len == 0 || (e->rest.data[0] == '#' && e->rest.len < after.len))
        return 0;
    return cs_fail_at(e->info, CS_E_FORMAT, here(e),
                      "only a comment may follow the closing quote");
}

static int take_value(reader *e)
{
    cs_strbuf_clear(&e->value);
    skip_blank(e);
    char first = e->rest.len ? e->rest.data[0] : '\0';
    int r =
        first == '"' || first == '\'' ? take_quoted(e, first) : take_plain(e);
    if (r < 0)
        return r;
    return cs_strbuf_check(&e->value) < 0 ? cs_fail_nomem(e->info) : 0;
}

/* --- lines --- */

static int add_var(reader *e, cs_str name, cs_place at)
{
    const cs_map_entry *first = cs_map_find(&e->lines, name);
    if (first)
        return cs_fail_at(e->info, CS_E_FORMAT, at,
                          "variable %.*s is given twice, the first time on "
                          "line %u",
                          CS_STR_ARG(name), (unsigned)(uintptr_t)first->value);
    if (e->vars.len == CS_DOTENV_VARS_MAX)
        return cs_fail_at(e->info, CS_E_LIMIT, at, "more than %zu variables",
                          CS_DOTENV_VARS_MAX);
    cs_str value = cs_strbuf_str(&e->value);
    cs_dotenv_var var = {
        .name = cs_arena_strcopy(e->arena, name),
        .value = {cs_arena_strcopy(e->arena, value), value.len},
        .line = at.line,
        .column = at.column,
    };
    if (!var.name || !var.value.data || cs_vec_push(&e->vars, var) < 0 ||
        cs_map_put(&e->lines, name, (void *)(uintptr_t)at.line, NULL) < 0)
        return cs_fail_nomem(e->info);
    return 0;
}

static int read_line(reader *e)
{
    skip_blank(e);
    if (e->rest.len == 0 || e->rest.data[0] == '#')
        return 0;
    skip_export(e);
    cs_place at = here(e);
    cs_str name = take_name(e);
    if (name.len == 0)
        return cs_fail_at(e->info, CS_E_FORMAT, at,
                          "expected NAME=value; a name starts with a letter "
                          "or '_'");
    if (e->rest.len == 0 || e->rest.data[0] != '=')
        return cs_fail_at(e->info, CS_E_FORMAT, here(e),
                          "expected '=' right after the name %.*s",
                          CS_STR_ARG(name));
    e->rest = cs_str_sub(e->rest, 1, e->rest.len);
    int r = take_value(e);
    return r < 0 ? r : add_var(e, name, at);
}

static int check_bytes(const reader *e)
{
    size_t bad = cs_utf8_invalid_at(e->text.data, e->text.len);
    size_t nul = cs_str_index(e->text, '\0');
    cs_spot at = cs_text_spot(e->text, CS_MIN(bad, nul));
    cs_place place = {e->name, at.line, at.column};
    if (nul < bad)
        return cs_fail_at(e->info, CS_E_FORMAT, place,
                          "a NUL byte in the text");
    if (bad < e->text.len)
        return cs_fail_at(e->info, CS_E_FORMAT, place,
                          "the text is not valid UTF-8 here");
    return 0;
}

static int read_lines(reader *e)
{
    int r = check_bytes(e);
    cs_str text = e->text;
    while (r == 0 && text.len) {
        cs_str_cut(text, '\n', &e->rest, &text);
        e->start = e->rest.data;
        e->line++;
        if (cs_str_ends_with(e->rest, CS_STR("\r")))
            e->rest.len--;
        r = read_line(e);
    }
    return r;
}

int cs_dotenv_parse(cs_str text, const char *name, cs_arena *arena,
                    cs_dotenv *ret, cs_errinfo *info)
{
    reader e = {.text = cs_text_skip_bom(text),
                .name = name,
                .arena = arena,
                .info = info,
                .lines = CS_MAP_INIT,
                .value = CS_STRBUF_INIT};
    int r = read_lines(&e);
    cs_dotenv result = {NULL, e.vars.len};
    if (r == 0) {
        result.vars = cs_arena_array(arena, e.vars.len, sizeof(*result.vars));
        if (!result.vars)
            r = cs_fail_nomem(info);
        else if (e.vars.len)
            memcpy(result.vars, e.vars.items,
                   e.vars.len * sizeof(*result.vars));
    }
    cs_vec_done(&e.vars);
    cs_map_done(&e.lines);
    cs_strbuf_done(&e.value);
    if (r == 0)
        *ret = result;
    return r;
}
