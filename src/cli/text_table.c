#include "cli/text_table.h"

#include "base/columns.h"
#include "cli/weights_show.h"

#define GAP 2

void text_table_done(text_table *t)
{
    for (size_t i = 0; i < t->cells.len; i++)
        cs_free(t->cells.items[i]);
    cs_vec_done(&t->cells);
}

void text_table_add(text_table *t, const char *text)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    weights_escape(&b, cs_str_of(text));
    char *cell = cs_strbuf_take(&b);
    if (cell && cs_vec_push(&t->cells, cell) == 0)
        return;
    cs_free(cell);
    t->failed = true;
}

void text_table_addf(text_table *t, const char *fmt, ...)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    va_list args;
    va_start(args, fmt);
    cs_strbuf_vprintf(&b, fmt, args);
    va_end(args);
    text_table_add(t, b.data);
    t->failed |= cs_strbuf_check(&b) < 0;
}

static size_t width_of(const text_table *t, size_t column)
{
    size_t width = 0;
    for (size_t i = column; i < t->cells.len; i += t->columns) {
        size_t own = cs_columns_of(t->cells.items[i]);
        width = CS_MAX(width, own);
    }
    return width;
}

int text_table_put(const text_table *t, cs_strbuf *out)
{
    size_t widths[TEXT_TABLE_COLUMNS];
    for (size_t k = 0; k < t->columns; k++)
        widths[k] = width_of(t, k) + GAP;
    size_t column = 0;
    for (size_t i = 0; i < t->cells.len; i++) {
        if (++column < t->columns) {
            cs_columns_pad(out, t->cells.items[i], widths[column - 1]);
            continue;
        }
        cs_strbuf_add(out, t->cells.items[i]);
        cs_strbuf_putc(out, '\n');
        column = 0;
    }
    return t->failed ? CS_E_NOMEM : 0;
}
