/* The losses of one number. */
#ifndef CS_DETECT_FOCAL_H
#define CS_DETECT_FOCAL_H

#include <math.h>

#include "nn/elementary.h"

/* A loss and its slope in what was predicted. */
typedef struct dt_point {
    double value, slope;
} dt_point;

/* Cross-entropy of the logit x times (probability of the wrong answer)^gamma.
 * No finite x overflows. */
dt_point dt_focal(double x, bool yes, double gamma);
/* As above, for one whose logistic function is known. */
dt_point dt_focal_of(nn_logistic l, bool yes, double gamma);

/* Quadratic up to a ninth, then linear: what is far off does not drown what is
 * nearly right. */
dt_point dt_smooth_l1(double off);

/* 1 / (1 + e^-x) */
double dt_sigmoid(double x);

#endif
