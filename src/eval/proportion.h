/* A proportion and how sure it is. */
#ifndef CS_EVAL_PROPORTION_H
#define CS_EVAL_PROPORTION_H

#include "base/defs.h"

typedef struct ev_proportion {
    size_t hits, n;
    double value;     /* hits / n; NaN of none */
    double low, high; /* Wilson's 95 % interval; NaN of none */
} ev_proportion;

/* hits <= n. */
ev_proportion ev_proportion_of(size_t hits, size_t n);

#endif
