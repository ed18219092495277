/* Exponentials, logarithms and a cosine in + - * / only, so that a training
 * run gives the same bits on every machine; libm's change their last bit with
 * its version and with the CPU. Errors stay below 2 units in the last place,
 * nn_pow_int()'s below 4 log2(n). NaN in, NaN out. */
#ifndef CS_NN_ELEMENTARY_H
#define CS_NN_ELEMENTARY_H

#include "base/defs.h"

double nn_exp(double x);    /* 0 below -745.2, infinite above 709.78 */
double nn_log(double x);    /* -infinite at 0, NaN below */
double nn_log1p(double x);  /* log(1 + x), exact for small x; x > -1 */
double nn_cos_pi(double x); /* cos(pi x), for |x| < 2^52 */
double nn_pow_int(double x, uint64_t n); /* by repeated squaring */

/* log(1 + e^x) and both halves of the logistic function, without overflow and
 * without cancellation: pos = 1 / (1 + e^-x), neg = 1 - pos. */
typedef struct nn_logistic {
    double pos, neg;      /* probabilities of yes and no */
    double minus_log_pos; /* -log(pos) = log(1 + e^-x) */
    double minus_log_neg; /* -log(neg) = log(1 + e^x) */
} nn_logistic;

nn_logistic nn_logistic_at(double x);

#endif
