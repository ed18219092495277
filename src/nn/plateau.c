#include "nn/plateau.h"

#include <float.h>
#include <math.h>

int nn_plateau_init(nn_plateau *state, const nn_plateau_options *o, double lr,
                    cs_errinfo *info)
{
    const struct {
        const char *name;
        double v, low, high;
    } rows[] = {
        {"lr", lr, 0, DBL_MAX},
        {"threshold", o->threshold, 0, DBL_MAX},
        {"factor", o->factor, DBL_MIN, 1 - DBL_EPSILON},
        {"min_lr", o->min_lr, 0, DBL_MAX},
        {"eps", o->eps, 0, DBL_MAX},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        if (!(rows[i].v >= rows[i].low && rows[i].v <= rows[i].high))
            return cs_fail(info, CS_E_RANGE,
                           "'%s' of the schedule is %g; expected %g to %g",
                           rows[i].name, rows[i].v, rows[i].low, rows[i].high);
    }
    *state = (nn_plateau){.lr = lr, .best = o->rising ? -HUGE_VAL : HUGE_VAL};
    return 0;
}

/* Strictly; with a share of the best, as PyTorch reckons it, of 1 - threshold
 * or 1 + threshold times the best. */
static bool is_better(const nn_plateau_options *o, double metric, double best)
{
    double margin = o->rising ? o->threshold : -o->threshold;
    double bar = o->absolute ? best + margin : best * (1 + margin);
    return o->rising ? metric > bar : metric < bar;
}

static void fall(nn_plateau *s, const nn_plateau_options *o)
{
    double lr = fmax(s->lr * o->factor, o->min_lr);
    if (s->lr - lr > o->eps)
        s->lr = lr;
}

double nn_plateau_look(nn_plateau *state, const nn_plateau_options *o,
                       double metric)
{
    if (is_better(o, metric, state->best)) {
        state->best = metric;
        state->bad = 0;
    } else {
        state->bad++;
    }
    if (state->rest > 0) {
        state->rest--;
        state->bad = 0;
    }
    if (state->bad > o->patience) {
        fall(state, o);
        state->rest = o->cooldown;
        state->bad = 0;
    }
    return state->lr;
}
