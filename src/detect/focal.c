#include "detect/focal.h"

/* Of a yes; a no is the same with both sides exchanged. */
static dt_point focal_yes(nn_logistic l, double gamma)
{
    if (gamma == 0)
        return (dt_point){l.minus_log_pos, -l.neg};
    double m = gamma == 2 ? l.neg * l.neg : nn_exp(gamma * nn_log(l.neg));
    return (dt_point){m * l.minus_log_pos,
                      -m * (l.neg + gamma * l.pos * l.minus_log_pos)};
}

dt_point dt_focal_of(nn_logistic l, bool yes, double gamma)
{
    if (yes)
        return focal_yes(l, gamma);
    dt_point p = focal_yes(
        (nn_logistic){l.neg, l.pos, l.minus_log_neg, l.minus_log_pos}, gamma);
    p.slope = -p.slope;
    return p;
}

dt_point dt_focal(double x, bool yes, double gamma)
{
    return dt_focal_of(nn_logistic_at(x), yes, gamma);
}

#define BETA (1.0 / 9)

dt_point dt_smooth_l1(double off)
{
    double size = fabs(off);
    if (size < BETA)
        return (dt_point){off * off / (2 * BETA), off / BETA};
    return (dt_point){size - BETA / 2, off < 0 ? -1 : 1};
}

double dt_sigmoid(double x)
{
    double e = nn_exp(-fabs(x)); /* in [0, 1] */
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}
