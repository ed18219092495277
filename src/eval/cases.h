/* Cases with a label and a score, from a CSV file. */
#ifndef CS_EVAL_CASES_H
#define CS_EVAL_CASES_H

#include "eval/roc.h"

typedef struct ev_cases_spec {
    const char *label, *score; /* columns */
    const char *positive; /* the label that means it, all others negative; NULL:
                             1, true, yes, positive or malignant against 0,
                             false, no, negative or benign */
} ev_cases_spec;

/* Both kinds must be there. `ret` is empty before, and the caller's to give
 * back with cs_vec_done() whatever happens. */
int ev_cases_read(const char *path, const ev_cases_spec *spec, ev_cases *ret,
                  cs_errinfo *info);

#endif
