/* Calls against the truth, two of each, and what follows from the counts. */
#ifndef CS_EVAL_CONFUSION_H
#define CS_EVAL_CONFUSION_H

#include "eval/proportion.h"

typedef struct ev_confusion {
    size_t tp, fp, tn, fn;
} ev_confusion;

/* Cohen's kappa with its 95 % interval (Fleiss, Cohen & Everitt 1969). NaN
 * where chance alone agrees always, or there is nothing. */
typedef struct ev_kappa {
    double value, low, high;
} ev_kappa;

typedef struct ev_rates {
    ev_proportion sensitivity, specificity, ppv, npv, accuracy;
    ev_kappa kappa;
    double f1; /* NaN where nothing is positive or called so */
} ev_rates;

ev_rates ev_rates_of(const ev_confusion *c);

#endif
