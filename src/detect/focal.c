#include "detect/focal.h"

/* Of a yes; a no is the yes of -x. */
static dt_point focal_yes(nn_logistic l, double gamma)
{
    if (gamma == 0)
        return (dt_point){l.minus_log_pos, -l.neg};
    double m = gamma == 2 ? l.neg * l.neg : nn_exp(gamma * nn_log(l.neg));
    return (dt_point){m * l.minus_log_pos,
                      -m * (l.neg + gamma * l.pos * l.minus_log_pos)};
}

dt_point dt_focal(double x, bool yes, double gamma)
{
    dt_point p = focal_yes(nn_logistic_at(yes ? x : -x), gamma);
    if (!yes)
        p.slope = -p.slope;
    return p;
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
