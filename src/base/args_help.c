#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/columns.h"

#define LEFT_MAX 96    /* bytes of "-t, --threads N" */
#define LEFT_WIDEST 30 /* columns; what is wider gets a line of its own */
#define MARGIN 2

static size_t left_columns(const cs_help_row *rows, size_t len)
{
    size_t widest = 0;
    for (size_t i = 0; i < len; i++) {
        size_t columns = cs_columns_of(rows[i].left);
        if (columns <= LEFT_WIDEST)
            widest = CS_MAX(widest, columns);
    }
    return widest;
}

/* The explanation starts at column `at`. */
static void add_row(cs_strbuf *out, const cs_help_row *row, size_t at,
                    cs_lang lang, size_t width)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_strbuf_pad(out, ' ', MARGIN);
    cs_columns_pad(out, row->left, at - MARGIN);
    if (cs_columns_of(row->left) + MARGIN + MARGIN > at) {
        cs_strbuf_putc(out, '\n');
        cs_strbuf_pad(out, ' ', at);
    }
    const char *right = cs_msg(lang, row->right);
    if (row->shown)
        cs_strbuf_printf(&text, cs_msg(lang, "%s (default: %s)"), right,
                         row->shown);
    else
        cs_strbuf_add(&text, right);
    if (cs_strbuf_check(&text) < 0)
        out->failed = true;
    cs_columns_wrap(out, text.data, at, width);
    cs_strbuf_putc(out, '\n');
}

static int add_block(cs_strbuf *out, const char *title, const cs_help_row *rows,
                     size_t len, size_t at, cs_lang lang, size_t width)
{
    if (len == 0)
        return cs_strbuf_check(out);
    cs_strbuf_printf(out, cs_msg(lang, "\n%s:\n"), cs_msg(lang, title));
    for (size_t i = 0; i < len; i++)
        add_row(out, &rows[i], at, lang, width);
    return cs_strbuf_check(out);
}

int cs_help_block(cs_strbuf *out, const char *title, const cs_help_row *rows,
                  size_t len, cs_lang lang, size_t width)
{
    size_t at = MARGIN + left_columns(rows, len) + MARGIN;
    return add_block(out, title, rows, len, at, lang, width);
}

/* "en|zh" where a word option names no value of its own. */
static void add_value_name(char *dst, size_t size, const cs_arg *row,
                           cs_lang lang)
{
    if (row->value) {
        snprintf(dst, size, " %s", cs_msg(lang, row->value));
        return;
    }
    size_t len = 0;
    for (size_t i = 0; row->words[i] && len < size; i++) {
        int n = snprintf(dst + len, size - len, "%c%s", i ? '|' : ' ',
                         row->words[i]);
        len += n > 0 ? (size_t)n : 0;
    }
}

static void option_left(char dst[LEFT_MAX], const cs_arg *row, cs_lang lang)
{
    int n = row->letter
                ? snprintf(dst, LEFT_MAX, "-%c, --%s", row->letter, row->name)
                : snprintf(dst, LEFT_MAX, "    --%s", row->name);
    size_t len = CS_MIN((size_t)(n < 0 ? 0 : n), (size_t)LEFT_MAX - 1);
    if (row->kind != CS_ARG_KIND_FLAG)
        add_value_name(dst + len, LEFT_MAX - len, row, lang);
}

/* The rows of a command line as rows of help, group by group. */
typedef struct help {
    char left[CS_ARGS_MAX][LEFT_MAX];
    cs_help_row rows[CS_ARGS_MAX];
    size_t len;
} help;

static void collect(help *h, const cs_arg_group *group, bool positional,
                    cs_lang lang)
{
    for (size_t i = 0; i < group->len && h->len < CS_ARGS_MAX; i++) {
        const cs_arg *row = &group->rows[i];
        if (row->positional != positional)
            continue;
        char *left = h->left[h->len];
        if (positional)
            snprintf(left, LEFT_MAX, "%s", cs_msg(lang, row->name));
        else
            option_left(left, row, lang);
        h->rows[h->len++] = (cs_help_row){left, row->help, row->shown};
    }
}

static void add_usage(cs_strbuf *out, const char *command,
                      const cs_arg_group *groups, size_t group_count,
                      cs_lang lang)
{
    bool options = false;
    cs_strbuf_printf(out, cs_msg(lang, "usage: %s"), command);
    for (size_t g = 0; g < group_count; g++) {
        for (size_t i = 0; i < groups[g].len; i++)
            options = options || !groups[g].rows[i].positional;
    }
    if (options)
        cs_strbuf_printf(out, " [%s]", cs_msg(lang, "OPTIONS"));
    for (size_t g = 0; g < group_count; g++) {
        for (size_t i = 0; i < groups[g].len; i++) {
            const cs_arg *row = &groups[g].rows[i];
            if (row->positional)
                cs_strbuf_printf(out, row->min ? " %s%s" : " [%s%s]",
                                 cs_msg(lang, row->name),
                                 row->max > 1 ? "..." : "");
        }
    }
    cs_strbuf_putc(out, '\n');
}

int cs_args_help(cs_strbuf *out, const char *command, const char *summary,
                 const cs_arg_group *groups, size_t group_count, cs_lang lang,
                 size_t width)
{
    help h;
    size_t starts[CS_ARGS_MAX + 2] = {0};
    h.len = 0;
    add_usage(out, command, groups, group_count, lang);
    if (summary) {
        cs_strbuf_putc(out, '\n');
        cs_columns_wrap(out, cs_msg(lang, summary), 0, width);
        cs_strbuf_putc(out, '\n');
    }
    for (size_t g = 0; g < group_count; g++)
        collect(&h, &groups[g], true, lang);
    starts[0] = h.len;
    for (size_t g = 0; g < group_count && g < CS_ARGS_MAX; g++) {
        collect(&h, &groups[g], false, lang);
        starts[g + 1] = h.len;
    }
    size_t at = MARGIN + left_columns(h.rows, h.len) + MARGIN;
    add_block(out, CS_N_("arguments"), h.rows, starts[0], at, lang, width);
    for (size_t g = 0; g < group_count && g < CS_ARGS_MAX; g++)
        add_block(out, groups[g].title, h.rows + starts[g],
                  starts[g + 1] - starts[g], at, lang, width);
    return cs_strbuf_check(out);
}
