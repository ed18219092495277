/* Whether probabilities mean what they say. */
#ifndef CS_EVAL_CALIBRATION_H
#define CS_EVAL_CALIBRATION_H

#include "eval/proportion.h"
#include "eval/roc.h"

#define EV_BINS 10u

typedef struct ev_bin {
    double low, high;       /* probabilities in [low, high); the last bin
                               holds 1 as well */
    double mean;            /* of the probabilities in it; NaN of none */
    ev_proportion positive; /* how many of its cases are */
} ev_bin;

typedef struct ev_calibration {
    double brier; /* mean squared difference from 0 or 1 */
    double ece;   /* mean over cases of their bin's |mean - positive| */
    ev_bin bins[EV_BINS];
} ev_calibration;

/* False, leaving *ret alone, where there are no cases or a score is not in
 * [0, 1]: then it is no probability. */
bool ev_calibration_of(const ev_case *cases, size_t n, ev_calibration *ret);

#endif
