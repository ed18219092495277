/* A number in a table: as short as reads back exactly; empty where it is not
 * finite. */
#ifndef CS_TRAIN_CELL_H
#define CS_TRAIN_CELL_H

#include <math.h>

#include "base/json_write.h"

/* `after` follows it, unless NUL. */
static inline void tr_cell(cs_strbuf *out, double value, char after)
{
    char text[CS_FORMAT_DOUBLE_MAX];
    if (isfinite(value))
        cs_strbuf_add(out, cs_format_double(value, text));
    if (after)
        cs_strbuf_putc(out, after);
}

#endif
