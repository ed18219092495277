/* A table of text: cells are added in reading order, columns are as wide as
 * they need to be. What comes from outside is shown escaped. */
#ifndef CS_CLI_TEXT_TABLE_H
#define CS_CLI_TEXT_TABLE_H

#include "base/strbuf.h"
#include "base/vec.h"

#define TEXT_TABLE_COLUMNS 16

typedef struct text_table {
    size_t columns; /* at most TEXT_TABLE_COLUMNS */
    CS_VEC(char *) cells;
    bool failed; /* memory was short; see text_table_put() */
} text_table;

#define TEXT_TABLE_INIT(n)                                                     \
    {                                                                          \
        .columns = (n), .cells = CS_VEC_INIT                                   \
    }

void text_table_done(text_table *t);

void text_table_add(text_table *t, const char *text);
void text_table_addf(text_table *t, const char *fmt, ...) CS_PRINTF(2, 3);

/* Appends the rows. CS_E_NOMEM if anything failed. */
int text_table_put(const text_table *t, cs_strbuf *out) CS_MUST_CHECK;

#endif
