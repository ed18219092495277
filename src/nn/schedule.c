#include "nn/schedule.h"

#include <float.h>

#include "nn/elementary.h"

/* --- checking --- */

static int check_number(const char *name, double v, double low, double high,
                        cs_errinfo *info)
{
    if (v >= low && v <= high)
        return 0;
    return cs_fail(info, CS_E_RANGE,
                   "'%s' of the schedule is %g; expected %g to %g", name, v,
                   low, high);
}

static int check_milestones(const nn_schedule *s, cs_errinfo *info)
{
    for (size_t i = 1; i < s->milestone_count; i++) {
        if (s->milestones[i] < s->milestones[i - 1])
            return cs_fail(info, CS_E_RANGE,
                           "milestone %zu of the schedule lies before the one "
                           "in front of it",
                           i + 1);
    }
    return 0;
}

static int check_cycle(const nn_schedule *s, cs_errinfo *info)
{
    int r = check_number("rise", s->rise, 0, 1, info);
    if (r == 0)
        r = check_number("div", s->div, DBL_MIN, DBL_MAX, info);
    if (r == 0)
        r = check_number("final_div", s->final_div, DBL_MIN, DBL_MAX, info);
    return r;
}

static bool has_period(const nn_schedule *s)
{
    return s->kind == NN_SCHEDULE_STEP || s->kind == NN_SCHEDULE_COSINE ||
           s->kind == NN_SCHEDULE_ONE_CYCLE;
}

static bool has_gamma(const nn_schedule *s)
{
    return s->kind == NN_SCHEDULE_STEP || s->kind == NN_SCHEDULE_MULTI_STEP;
}

int nn_schedule_check(const nn_schedule *s, cs_errinfo *info)
{
    int r = check_number("lr", s->lr, 0, DBL_MAX, info);
    if (r == 0 && has_gamma(s))
        r = check_number("gamma", s->gamma, DBL_MIN, DBL_MAX, info);
    if (r == 0 && s->kind == NN_SCHEDULE_COSINE)
        r = check_number("min_lr", s->min_lr, 0, DBL_MAX, info);
    if (r == 0 && has_period(s) && s->period == 0)
        r = cs_fail(info, CS_E_RANGE, "the schedule has a period of 0 steps");
    if (r == 0 && s->kind == NN_SCHEDULE_MULTI_STEP)
        r = check_milestones(s, info);
    if (r == 0 && s->kind == NN_SCHEDULE_ONE_CYCLE)
        r = check_cycle(s, info);
    if (r == 0 && s->warm_up)
        r = check_number("warm_up_from", s->warm_up_from, 0, DBL_MAX, info);
    return r;
}

/* --- rates --- */

static double multi_step(const nn_schedule *s, uint64_t step)
{
    uint64_t passed = 0;
    while (passed < s->milestone_count && s->milestones[passed] <= step)
        passed++;
    return s->lr * nn_pow_int(s->gamma, passed);
}

/* Half a cosine wave from a at share 0 to b at share 1. */
static double anneal(double a, double b, double share)
{
    return b + (a - b) / 2 * (1 + nn_cos_pi(share));
}

static double cosine(const nn_schedule *s, uint64_t step)
{
    if (step >= s->period)
        return s->min_lr;
    return anneal(s->lr, s->min_lr, (double)step / (double)s->period);
}

/* From a to b between two times; one that has no length is over. */
static double stretch(double a, double b, double from, double to, double now)
{
    return to > from && now < to ? anneal(a, b, (now - from) / (to - from)) : b;
}

/* The ends of the phases are PyTorch's, among them the odd one or two steps
 * that each of them is short of its share. */
static double one_cycle(const nn_schedule *s, uint64_t step)
{
    double now = (double)step;
    double last = (double)s->period - 1;
    double up = s->rise * (double)s->period - 1;
    double start = s->lr / s->div;
    double end = start / s->final_div;
    if (now <= up)
        return stretch(start, s->lr, 0, up, now);
    if (!s->three_phase)
        return stretch(s->lr, end, up, last, now);
    double down = 2 * s->rise * (double)s->period - 2;
    if (now <= down)
        return stretch(s->lr, start, up, down, now);
    return stretch(start, end, down, last, now);
}

static double plain(const nn_schedule *s, uint64_t step)
{
    switch (s->kind) {
    case NN_SCHEDULE_STEP:
        return s->lr * nn_pow_int(s->gamma, step / s->period);
    case NN_SCHEDULE_MULTI_STEP:
        return multi_step(s, step);
    case NN_SCHEDULE_COSINE:
        return cosine(s, step);
    case NN_SCHEDULE_ONE_CYCLE:
        return one_cycle(s, step);
    case NN_SCHEDULE_CONSTANT:
        break;
    }
    return s->lr;
}

double nn_schedule_lr(const nn_schedule *s, uint64_t step)
{
    if (step >= s->warm_up)
        return plain(s, step - s->warm_up);
    double share = (double)step / (double)s->warm_up;
    return plain(s, 0) * (s->warm_up_from + (1 - s->warm_up_from) * share);
}
