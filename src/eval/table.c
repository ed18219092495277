#include "eval/table.h"

#include <math.h>

#include "base/columns.h"

void ev_table_done(ev_table *t)
{
    for (size_t i = 0; i < t->cells.len; i++)
        cs_free(t->cells.items[i]);
    cs_vec_done(&t->cells);
}

void ev_table_put(ev_table *t, const char *fmt, ...)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    va_list args;
    va_start(args, fmt);
    cs_strbuf_vprintf(&text, fmt, args);
    va_end(args);
    char *cell = cs_strbuf_take(&text);
    if (!cell || cs_vec_push(&t->cells, cell) < 0) {
        cs_free(cell);
        t->failed = true;
    }
}

void ev_table_number(ev_table *t, double v, int digits)
{
    if (isnan(v))
        ev_table_put(t, "n/a");
    else
        ev_table_put(t, "%.*f", digits, v);
}

void ev_table_interval(ev_table *t, double low, double high, int digits)
{
    if (isnan(low) || isnan(high))
        ev_table_put(t, "n/a");
    else
        ev_table_put(t, "%.*f - %.*f", digits, low, digits, high);
}

void ev_table_proportion(ev_table *t, const ev_proportion *p)
{
    ev_table_put(t, "%zu / %zu", p->hits, p->n);
    ev_table_number(t, p->value, 4);
    ev_table_interval(t, p->low, p->high, 4);
}

/* --- writing --- */

static size_t width_of(const ev_table *t, size_t column)
{
    size_t width = 0;
    for (size_t i = column; i < t->cells.len; i += t->columns)
        width = CS_MAX(width, cs_columns_of(t->cells.items[i]));
    return width;
}

static int outcome(const ev_table *t, const cs_strbuf *out)
{
    return t->failed ? CS_E_NOMEM : cs_strbuf_check(out);
}

int ev_table_text(const ev_table *t, cs_strbuf *out)
{
    for (size_t i = 0; i < t->cells.len; i++) {
        size_t column = i % t->columns;
        size_t width = width_of(t, column);
        size_t own = cs_columns_of(t->cells.items[i]);
        if (column > 0)
            cs_strbuf_pad(out, ' ', width - own + 2);
        cs_strbuf_add(out, t->cells.items[i]);
        if (column == 0)
            cs_strbuf_pad(out, ' ', width - own);
        if (column + 1 == t->columns)
            cs_strbuf_putc(out, '\n');
    }
    return outcome(t, out);
}

/* Text of a file's may hold marks that mean something in Markdown. */
static void put_cell(cs_strbuf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|\\`*_<>[]", *text))
            cs_strbuf_putc(out, '\\');
        char plain = *text;
        if (plain == '\n' || plain == '\r')
            plain = ' ';
        cs_strbuf_putc(out, plain);
    }
}

int ev_table_markdown(const ev_table *t, cs_strbuf *out)
{
    for (size_t i = 0; i < t->cells.len; i++) {
        size_t column = i % t->columns;
        cs_strbuf_add(out, column == 0 ? "| " : " | ");
        put_cell(out, t->cells.items[i]);
        if (column + 1 < t->columns)
            continue;
        cs_strbuf_add(out, " |\n");
        for (size_t c = 0; i + 1 == t->columns && c < t->columns; c++)
            cs_strbuf_add(out, c == 0 ? "|---" : "|---:");
        if (i + 1 == t->columns)
            cs_strbuf_add(out, "|\n");
    }
    return outcome(t, out);
}
