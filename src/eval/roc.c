#include "eval/roc.h"

#include <math.h>
#include <stdlib.h>

#define Z 1.959963984540054

void ev_roc_done(ev_roc *r)
{
    cs_vec_done(&r->points);
}

static int by_falling_score(const void *a, const void *b)
{
    double x = ((const ev_case *)a)->score;
    double y = ((const ev_case *)b)->score;
    return (x < y) - (x > y);
}

/* A point at the end of each group of equal scores. */
static int make_points(const ev_case *sorted, size_t n, ev_roc *r)
{
    ev_roc_point p = {(double)INFINITY, 0, 0};
    int failed = cs_vec_push(&r->points, p);
    for (size_t i = 0; failed == 0 && i < n; i++) {
        p.tp += sorted[i].positive;
        p.fp += !sorted[i].positive;
        p.threshold = sorted[i].score;
        if (i + 1 == n || sorted[i + 1].score != sorted[i].score)
            failed = cs_vec_push(&r->points, p);
    }
    r->positives = p.tp;
    r->negatives = p.fp;
    return failed;
}

/* --- area and DeLong's variance --- */

/* What all cases of one score have in common. A positive one beats every
 * negative below it, and half of those of its own score; and the reverse. */
typedef struct tie {
    double positives, negatives; /* of this score */
    double beats;  /* part of the negatives that a positive here beats */
    double beaten; /* part of the positives that beat a negative here */
} tie;

static tie tie_at(const ev_roc *r, size_t i)
{
    const ev_roc_point *p = &r->points.items[i];
    double all_p = (double)r->positives;
    double all_n = (double)r->negatives;
    tie t = {.positives = (double)(p[0].tp - p[-1].tp),
             .negatives = (double)(p[0].fp - p[-1].fp)};
    t.beats = (all_n - (double)p[0].fp + t.negatives / 2) / all_n;
    t.beaten = ((double)p[-1].tp + t.positives / 2) / all_p;
    return t;
}

/* DeLong, DeLong & Clarke-Pearson (1988), summed over groups of equal scores
 * instead of pairs of cases. */
static void set_area(ev_roc *r)
{
    double all_p = (double)r->positives;
    double all_n = (double)r->negatives;
    double s10 = 0;
    double s01 = 0;
    r->auc = r->se = r->low = r->high = (double)NAN;
    if (r->positives == 0 || r->negatives == 0)
        return;
    r->auc = 0;
    for (size_t i = 1; i < r->points.len; i++) {
        tie t = tie_at(r, i);
        r->auc += t.positives * t.beats / all_p;
    }
    if (r->positives < 2 || r->negatives < 2)
        return;
    for (size_t i = 1; i < r->points.len; i++) {
        tie t = tie_at(r, i);
        s10 += t.positives * (t.beats - r->auc) * (t.beats - r->auc);
        s01 += t.negatives * (t.beaten - r->auc) * (t.beaten - r->auc);
    }
    r->se = sqrt(s10 / (all_p - 1) / all_p + s01 / (all_n - 1) / all_n);
    r->low = fmax(0, r->auc - Z * r->se);
    r->high = fmin(1, r->auc + Z * r->se);
}

static void set_precision(ev_roc *r)
{
    r->average_precision = r->positives ? 0 : (double)NAN;
    for (size_t i = 1; r->positives && i < r->points.len; i++) {
        const ev_roc_point *p = &r->points.items[i];
        r->average_precision += (double)(p[0].tp - p[-1].tp) /
                                (double)r->positives * ev_roc_precision(p);
    }
}

int ev_roc_of(const ev_case *cases, size_t n, ev_roc *ret, cs_errinfo *info)
{
    ev_roc r = EV_ROC_INIT;
    CS_AUTO_MEM ev_case *sorted = cs_calloc(n, sizeof(*sorted));
    if (!sorted)
        return cs_fail_nomem(info);
    if (n) {
        memcpy(sorted, cases, n * sizeof(*sorted));
        qsort(sorted, n, sizeof(*sorted), by_falling_score);
    }
    if (make_points(sorted, n, &r) < 0) {
        ev_roc_done(&r);
        return cs_fail_nomem(info);
    }
    set_area(&r);
    set_precision(&r);
    *ret = r;
    return 0;
}

/* --- points --- */

double ev_roc_sensitivity(const ev_roc *r, const ev_roc_point *p)
{
    return r->positives ? (double)p->tp / (double)r->positives : (double)NAN;
}

double ev_roc_specificity(const ev_roc *r, const ev_roc_point *p)
{
    return r->negatives ? (double)(r->negatives - p->fp) / (double)r->negatives
                        : (double)NAN;
}

double ev_roc_precision(const ev_roc_point *p)
{
    size_t called = p->tp + p->fp;
    return called ? (double)p->tp / (double)called : 1;
}

size_t ev_roc_youden(const ev_roc *r)
{
    size_t best = 0;
    double most = -1;
    for (size_t i = 0; i < r->points.len; i++) {
        const ev_roc_point *p = &r->points.items[i];
        double sum = ev_roc_sensitivity(r, p) + ev_roc_specificity(r, p);
        if (sum > most) {
            most = sum;
            best = i;
        }
    }
    return best;
}

size_t ev_roc_at_sensitivity(const ev_roc *r, double at_least)
{
    size_t i = 0;
    while (i + 1 < r->points.len &&
           ev_roc_sensitivity(r, &r->points.items[i]) < at_least)
        i++;
    return i;
}

size_t ev_roc_at_specificity(const ev_roc *r, double at_least)
{
    size_t i = r->points.len - 1;
    while (i > 0 && ev_roc_specificity(r, &r->points.items[i]) < at_least)
        i--;
    return i;
}
