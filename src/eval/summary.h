/* Mean, median, standard deviation and extremes of some numbers. */
#ifndef CS_EVAL_SUMMARY_H
#define CS_EVAL_SUMMARY_H

#include "base/defs.h"
#include "base/error.h"

typedef struct ev_summary {
    size_t n;
    double mean, median, min, max;
    double sd; /* of the sample (n - 1); 0 for one number */
} ev_summary;

/* Finite values in any order. Of no values everything is 0. CS_E_NOMEM. */
int ev_summarise(const double *values, size_t n, ev_summary *ret,
                 cs_errinfo *info);

#endif
