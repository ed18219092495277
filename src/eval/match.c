#include "eval/match.h"

#include <math.h>
#include <stdlib.h>

#define UNKNOWN_RADIUS 5.0

void ev_match_done(ev_match *m)
{
    cs_free(m->fate);
    cs_free(m->best);
    *m = (ev_match)EV_MATCH_INIT;
}

double ev_distance2(const double a[3], const double b[3])
{
    double x = a[0] - b[0];
    double y = a[1] - b[1];
    double z = a[2] - b[2];
    return x * x + y * y + z * z;
}

static int by_falling(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Of more marks than the limit the official script keeps those whose
 * probability is above that of the first one too many: with ties at the limit
 * fewer remain. `sorted` has room for the scan's marks. */
static double limit_of(const ev_mark *marks, size_t n, size_t max,
                       double *sorted)
{
    if (max == 0 || n <= max)
        return -(double)INFINITY;
    for (size_t i = 0; i < n; i++)
        sorted[i] = marks[i].probability;
    qsort(sorted, n, sizeof(*sorted), by_falling);
    return sorted[max];
}

static void drop_marks(const ev_study *s, const ev_rule *rule, size_t scan,
                       double *sorted, ev_match *m)
{
    size_t from = s->mark_first[scan];
    size_t n = s->mark_first[scan + 1] - from;
    if (n == 0)
        return;
    const ev_mark *marks = s->marks.items + from;
    double limit = limit_of(marks, n, rule->marks_max, sorted);
    for (size_t i = 0; i < n; i++) {
        bool keep = marks[i].probability > limit &&
                    marks[i].probability >= rule->threshold;
        m->fate[from + i] = keep ? EV_MARK_FALSE : EV_MARK_DROPPED;
        m->counts.marks += keep;
    }
}

/* Marks on a nodule of the reference, which are no false positives whatever
 * else they hit. */
static void match_nodule(const ev_study *s, size_t nodule, double radius2,
                         ev_match *m)
{
    const ev_nodule *v = &s->nodules.items[nodule];
    size_t best = SIZE_MAX;
    size_t hits = 0;
    for (size_t i = s->mark_first[v->scan]; i < s->mark_first[v->scan + 1];
         i++) {
        const ev_mark *mark = &s->marks.items[i];
        if (m->fate[i] == EV_MARK_DROPPED ||
            !(ev_distance2(v->at, mark->at) < radius2))
            continue;
        hits++;
        if (m->fate[i] != EV_MARK_HIT)
            m->fate[i] = EV_MARK_DOUBLE;
        if (best == SIZE_MAX ||
            mark->probability > s->marks.items[best].probability)
            best = i;
    }
    m->best[nodule] = best;
    m->counts.tp += hits > 0;
    m->counts.fn += hits == 0;
    m->counts.doubles += hits > 1 ? hits - 1 : 0;
    if (hits)
        m->fate[best] = EV_MARK_HIT;
}

static void match_exclusion(const ev_study *s, size_t nodule, double radius2,
                            ev_match *m)
{
    const ev_nodule *v = &s->nodules.items[nodule];
    for (size_t i = s->mark_first[v->scan]; i < s->mark_first[v->scan + 1];
         i++) {
        if (m->fate[i] == EV_MARK_FALSE &&
            ev_distance2(v->at, s->marks.items[i].at) < radius2)
            m->fate[i] = EV_MARK_IGNORED;
    }
}

static double radius2_of(const ev_rule *rule, const ev_nodule *v)
{
    double own = v->diameter < 0 ? UNKNOWN_RADIUS : v->diameter / 2;
    double radius = rule->radius > 0 ? rule->radius : own;
    return radius * radius;
}

/* First the nodules: a mark on one that lies on an exclusion as well counts for
 * the nodule. */
static void match_scan(const ev_study *s, const ev_rule *rule, size_t scan,
                       ev_match *m)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = s->nodule_first[scan]; i < s->nodule_first[scan + 1];
             i++) {
            const ev_nodule *v = &s->nodules.items[i];
            if (v->excluded != (pass == 1))
                continue;
            double radius2 = radius2_of(rule, v);
            if (pass == 0)
                match_nodule(s, i, radius2, m);
            else
                match_exclusion(s, i, radius2, m);
        }
    }
}

int ev_match_study(const ev_study *s, const ev_rule *rule, ev_match *ret,
                   cs_errinfo *info)
{
    CS_AUTO_MEM double *sorted = cs_calloc(s->marks.len, sizeof(*sorted));
    ev_match m = EV_MATCH_INIT;
    m.fate = cs_calloc(s->marks.len, sizeof(*m.fate));
    m.best = cs_calloc(s->nodules.len, sizeof(*m.best));
    if (!sorted || !m.fate || !m.best) {
        ev_match_done(&m);
        return cs_fail_nomem(info);
    }
    for (size_t i = 0; i < s->nodules.len; i++)
        m.best[i] = SIZE_MAX;
    for (size_t scan = 0; scan < s->scan_count; scan++) {
        drop_marks(s, rule, scan, sorted, &m);
        match_scan(s, rule, scan, &m);
    }
    for (size_t i = 0; i < s->marks.len; i++) {
        m.counts.fp += m.fate[i] == EV_MARK_FALSE;
        m.counts.ignored += m.fate[i] == EV_MARK_IGNORED;
    }
    *ret = m;
    return 0;
}
