#include "train/calibrate.h"

#include <math.h>

#include "nn/elementary.h"

#define STEPS_MAX 100
#define HALVINGS_MAX 30
#define ENOUGH 1e-12 /* of the mean loss */
#define RIDGE 1e-9   /* keeps the curvature above 0 where all are certain */

typedef struct problem {
    const double *logits;
    const bool *positive;
    size_t n;
    double yes, no; /* Platt's targets, a little inside 0 and 1 */
} problem;

typedef struct slope {
    double a, b;       /* gradient */
    double aa, ab, bb; /* curvature */
} slope;

double tr_calibrated(const md_calibration *c, double logit)
{
    return nn_logistic_at(c->a * logit + c->b).pos;
}

static double loss_at(const problem *p, md_calibration c)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        nn_logistic l = nn_logistic_at(c.a * p->logits[i] + c.b);
        double t = p->positive[i] ? p->yes : p->no;
        sum += t * l.minus_log_pos + (1 - t) * l.minus_log_neg;
    }
    return sum / (double)p->n;
}

static slope slope_at(const problem *p, md_calibration c)
{
    slope s = {.aa = RIDGE, .bb = RIDGE};
    double n = (double)p->n;
    for (size_t i = 0; i < p->n; i++) {
        double x = p->logits[i];
        nn_logistic l = nn_logistic_at(c.a * x + c.b);
        double off = (l.pos - (p->positive[i] ? p->yes : p->no)) / n;
        double w = l.pos * l.neg / n;
        s.a += off * x;
        s.b += off;
        s.aa += w * x * x;
        s.ab += w * x;
        s.bb += w;
    }
    return s;
}

/* Newton's step, halved until it is downhill. False: there is none. */
static bool descend(const problem *p, md_calibration *c, double *loss)
{
    slope s = slope_at(p, *c);
    double det = s.aa * s.bb - s.ab * s.ab;
    double a = (s.bb * s.a - s.ab * s.b) / det;
    double b = (s.aa * s.b - s.ab * s.a) / det;
    for (int i = 0; i < HALVINGS_MAX; i++) {
        md_calibration next = {c->a - a, c->b - b};
        double there = loss_at(p, next);
        if (there < *loss) {
            bool more = *loss - there > ENOUGH;
            *c = next;
            *loss = there;
            return more;
        }
        a *= 0.5;
        b *= 0.5;
    }
    return false;
}

md_calibration tr_calibrate(const double *logits, const bool *positive,
                            size_t n)
{
    const md_calibration none = {1, 0};
    size_t yes = 0;
    for (size_t i = 0; i < n; i++) {
        yes += positive[i];
        if (!isfinite(logits[i]))
            return none;
    }
    if (yes == 0 || yes == n)
        return none;
    double no = (double)(n - yes);
    problem p = {logits, positive, n, ((double)yes + 1) / ((double)yes + 2),
                 1 / (no + 2)};
    md_calibration c = {0, nn_log(((double)yes + 1) / (no + 1))};
    double loss = loss_at(&p, c);
    for (int i = 0; i < STEPS_MAX && descend(&p, &c, &loss); i++) {
    }
    return c.a > 0 ? c : none;
}
