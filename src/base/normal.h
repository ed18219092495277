/* The normal distribution's quantile function in plain arithmetic: + - * / and
 * sqrt, which IEEE 754 fixes to the last bit, and nothing from libm, whose last
 * bit changes between versions and CPUs. */
#ifndef CS_BASE_NORMAL_H
#define CS_BASE_NORMAL_H

#include "base/defs.h"

/* The x below which a standard normal value lies with probability p,
 * 0 < p < 1. Relative error below 1e-15 or so; odd around 0.5 as far as 1 - p
 * is exact. */
double cs_normal_quantile(double p);

/* Natural logarithm of a finite normal x > 0, within 2 units in the last
 * place. */
double cs_log_portable(double x);

#endif
