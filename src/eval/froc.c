#include "eval/froc.h"

#include <math.h>
#include <stdlib.h>

const double ev_froc_rates[EV_FROC_RATES] = {0.125, 0.25, 0.5, 1, 2, 4, 8};

void ev_froc_done(ev_froc *f)
{
    cs_vec_done(&f->points);
}

/* --- calls --- */

/* Equal probabilities in a fixed order, so that nothing depends on qsort(). */
static int by_probability(const void *a, const void *b)
{
    const ev_call *x = a;
    const ev_call *y = b;
    if (x->probability != y->probability)
        return x->probability < y->probability ? 1 : -1;
    if (x->scan != y->scan)
        return x->scan < y->scan ? -1 : 1;
    return (x->nodule > y->nodule) - (x->nodule < y->nodule);
}

static int gather(const ev_study *s, const ev_match *m, ev_calls *calls)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < s->nodules.len; i++) {
        if (m->best[i] == SIZE_MAX)
            continue;
        ev_call call = {s->marks.items[m->best[i]].probability,
                        s->nodules.items[i].scan, (int32_t)i};
        r = cs_vec_push(calls, call);
    }
    for (size_t i = 0; r == 0 && i < s->marks.len; i++) {
        if (m->fate[i] != EV_MARK_FALSE)
            continue;
        ev_call call = {s->marks.items[i].probability, s->marks.items[i].scan,
                        -1};
        r = cs_vec_push(calls, call);
    }
    return r;
}

int ev_calls_of(const ev_study *s, const ev_match *m, ev_calls *ret,
                cs_errinfo *info)
{
    ev_calls calls = CS_VEC_INIT;
    if (gather(s, m, &calls) < 0) {
        cs_vec_done(&calls);
        return cs_fail_nomem(info);
    }
    if (calls.len)
        qsort(calls.items, calls.len, sizeof(*calls.items), by_probability);
    *ret = calls;
    return 0;
}

/* --- the curve --- */

/* One point for each distinct probability. */
static int count_steps(const ev_calls *calls, ev_froc *f)
{
    size_t fp = 0;
    size_t tp = 0;
    for (size_t i = 0; i < calls->len; i++) {
        const ev_call *c = &calls->items[i];
        fp += c->nodule < 0;
        tp += c->nodule >= 0;
        if (i + 1 < calls->len && c[1].probability == c->probability)
            continue;
        ev_froc_point p = {.threshold = c->probability, .fp = fp, .tp = tp};
        if (cs_vec_push(&f->points, p) < 0)
            return CS_E_NOMEM;
    }
    return 0;
}

static bool is_straight(const ev_froc_point *p)
{
    return p[1].fp - p[0].fp == p[0].fp - p[-1].fp &&
           p[1].tp - p[0].tp == p[0].tp - p[-1].tp;
}

/* Leaves out points that continue the step before them: judged among all
 * points, not among those kept. */
static void drop_straight(ev_froc *f)
{
    size_t kept = 0;
    ev_froc_point before = {.fp = 0};
    for (size_t i = 0; i < f->points.len; i++) {
        ev_froc_point here = f->points.items[i];
        bool inner = i > 0 && i + 1 < f->points.len;
        ev_froc_point three[3] = {before, here, here};
        if (inner)
            three[2] = f->points.items[i + 1];
        if (!inner || !is_straight(three + 1))
            f->points.items[kept++] = here;
        before = here;
    }
    f->points.len = kept;
}

/* In the order in which the official script divides and multiplies: at a step
 * that stands exactly at a rate the last bit decides which end is taken. */
static void rate_points(ev_froc *f, size_t nodules, size_t scans)
{
    if (f->points.len == 0)
        return;
    double fp_all = (double)cs_vec_last(&f->points).fp;
    double tp_all = (double)cs_vec_last(&f->points).tp;
    for (size_t i = 0; i < f->points.len; i++) {
        ev_froc_point *p = &f->points.items[i];
        p->fp_rate =
            fp_all > 0 ? (double)p->fp / fp_all * fp_all / (double)scans : 0;
        p->sensitivity =
            tp_all > 0 ? (double)p->tp / tp_all * tp_all / (double)nodules : 0;
        if (nodules == 0)
            p->sensitivity = (double)NAN;
    }
}

/* The curve begins where nothing is let through. */
static int put_start(ev_froc *f, size_t nodules)
{
    ev_froc_point start = {.threshold = 1,
                           .sensitivity = nodules ? 0 : (double)NAN};
    if (f->points.len)
        start.threshold = f->points.items[0].threshold + 1;
    if (cs_vec_push(&f->points, start) < 0)
        return CS_E_NOMEM;
    memmove(f->points.items + 1, f->points.items,
            (f->points.len - 1) * sizeof(start));
    f->points.items[0] = start;
    return 0;
}

double ev_froc_at(const ev_froc *f, double fp_rate)
{
    const ev_froc_point *p = f->points.items;
    size_t low = 0; /* p[low] is at the rate or left of it */
    size_t high = f->points.len;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (p[middle].fp_rate <= fp_rate)
            low = middle;
        else
            high = middle;
    }
    if (low + 1 == f->points.len || p[low].fp_rate == fp_rate)
        return p[low].sensitivity;
    double slope = (p[low + 1].sensitivity - p[low].sensitivity) /
                   (p[low + 1].fp_rate - p[low].fp_rate);
    return slope * (fp_rate - p[low].fp_rate) + p[low].sensitivity;
}

int ev_froc_of(const ev_calls *calls, size_t nodules, size_t scans,
               ev_froc *ret, cs_errinfo *info)
{
    ev_froc f = EV_FROC_INIT;
    int r = count_steps(calls, &f);
    if (r == 0) {
        drop_straight(&f);
        rate_points(&f, nodules, scans);
        r = put_start(&f, nodules);
    }
    if (r < 0) {
        ev_froc_done(&f);
        return cs_fail_nomem(info);
    }
    for (size_t i = 0; i < EV_FROC_RATES; i++) {
        f.at[i] = ev_froc_at(&f, ev_froc_rates[i]);
        f.cpm += f.at[i];
    }
    f.cpm /= EV_FROC_RATES;
    *ret = f;
    return 0;
}
