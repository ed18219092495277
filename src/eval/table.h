/* A small table of texts, shown on a terminal or in Markdown. */
#ifndef CS_EVAL_TABLE_H
#define CS_EVAL_TABLE_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "eval/proportion.h"

typedef struct ev_table {
    size_t columns;
    CS_VEC(char *) cells; /* row by row; the first row is the heads */
    bool failed;
} ev_table;

#define EV_TABLE_INIT(columns_)                                                \
    {                                                                          \
        (columns_), CS_VEC_INIT, false                                         \
    }

void ev_table_done(ev_table *t);

/* The next cell. A failure for lack of memory is kept until the table is
 * written. */
void ev_table_put(ev_table *t, const char *fmt, ...) CS_PRINTF(2, 3);
void ev_table_number(ev_table *t, double v, int digits); /* "n/a" for NaN */
void ev_table_interval(ev_table *t, double low, double high, int digits);

/* Three cells: hits / n, value, interval. */
void ev_table_proportion(ev_table *t, const ev_proportion *p);

/* The first column is aligned left, the others right. 0 or CS_E_NOMEM. */
int ev_table_text(const ev_table *t, cs_strbuf *out);
int ev_table_markdown(const ev_table *t, cs_strbuf *out);

#endif
