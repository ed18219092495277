/* What a card says, as labelled lines, and its metrics: for one model and for
 * several side by side. */
#ifndef CS_CLI_MODEL_ROWS_H
#define CS_CLI_MODEL_ROWS_H

#include "base/strbuf.h"
#include "model/card.h"

typedef struct model_row {
    const char *label; /* CS_N_() */
    void (*put)(cs_strbuf *out, const md_card *c);
} model_row;

extern const model_row model_rows[];
extern const size_t model_row_count;

/* NULL where the card has no such metric. */
const md_metric *model_metric(const md_card *c, const char *name);

/* Whether less is better. */
bool model_metric_falls(const char *name);

/* Index of the best of n values, NULL being none: SIZE_MAX where there are not
 * two that differ. */
size_t model_best(const md_metric *const *values, size_t n);

#endif
