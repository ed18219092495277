#include "eval/clinical.h"

#include <math.h>

void ev_clinical_done(ev_clinical *c)
{
    ev_match_done(&c->match);
    ev_detection_done(&c->detection);
    ev_classes_done(&c->malignancy.classes);
}

/* --- detection at the threshold --- */

static void count_sizes(ev_clinical *c)
{
    size_t hits[EV_SIZE_GROUPS] = {0};
    size_t all[EV_SIZE_GROUPS] = {0};
    for (size_t i = 0; i < c->study->nodules.len; i++) {
        const ev_nodule *v = &c->study->nodules.items[i];
        if (v->excluded)
            continue;
        size_t group = ev_size_group(v->diameter);
        all[group]++;
        hits[group] += c->match.best[i] != SIZE_MAX;
    }
    for (size_t g = 0; g < EV_SIZE_GROUPS; g++)
        c->by_size[g] = ev_proportion_of(hits[g], all[g]);
}

/* Marks on a nodule, its second ones too, are no false positives. */
static int count_false(ev_clinical *c, cs_errinfo *info)
{
    const ev_study *s = c->study;
    size_t on = 0;
    size_t off = 0;
    CS_AUTO_MEM double *fp = cs_calloc(s->scan_count, sizeof(*fp));
    if (!fp)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < s->marks.len; i++) {
        bool wrong = c->match.fate[i] == EV_MARK_FALSE;
        fp[s->marks.items[i].scan] += wrong;
        off += wrong;
        on += c->match.fate[i] == EV_MARK_HIT ||
              c->match.fate[i] == EV_MARK_DOUBLE;
    }
    c->ppv = ev_proportion_of(on, on + off);
    return ev_summarise(fp, s->scan_count, &c->fp, info);
}

static int run_detection(ev_clinical *c, cs_pool *pool, cs_errinfo *info)
{
    ev_detection_spec all = {
        .rule = {.radius = c->spec.radius, .threshold = -(double)INFINITY},
        .bootstrap = c->spec.bootstrap};
    ev_rule rule = all.rule;
    rule.threshold = c->spec.threshold;
    int r = ev_match_study(c->study, &rule, &c->match, info);
    if (r == 0)
        r = count_false(c, info);
    if (r < 0)
        return r;
    const ev_counts *n = &c->match.counts;
    c->sensitivity = ev_proportion_of(n->tp, n->tp + n->fn);
    count_sizes(c);
    return ev_detection_run(c->study, &all, pool, &c->detection, info);
}

/* --- malignancy --- */

/* The detection nearest to a nodule, within the radius, or NULL. */
static const ev_mark *nearest(const ev_clinical *c, const ev_nodule *v)
{
    const ev_study *s = c->study;
    const ev_mark *best = NULL;
    double least = c->spec.radius * c->spec.radius;
    for (size_t i = s->mark_first[v->scan]; i < s->mark_first[v->scan + 1];
         i++) {
        const ev_mark *m = &s->marks.items[i];
        double d = ev_distance2(v->at, m->at);
        if (c->match.fate[i] != EV_MARK_DROPPED && d < least) {
            least = d;
            best = m;
        }
    }
    return best;
}

typedef struct gathered {
    ev_cases cases; /* of those with a score */
    ev_confusion counts;
    size_t known, judged, malignant, caught;
} gathered;

static int judge(const ev_clinical *c, const ev_nodule *v, gathered *g)
{
    const ev_mark *m = nearest(c, v);
    bool truth = v->malignant == 1;
    g->known++;
    g->malignant += truth;
    bool scored = m && !isnan(m->malignancy);
    if (!m || (m->called < 0 && !scored))
        return 0;
    bool call =
        m->called >= 0 ? m->called == 1 : m->malignancy > c->spec.malignant;
    g->judged++;
    g->caught += truth && call;
    ++*(truth ? (call ? &g->counts.tp : &g->counts.fn)
              : (call ? &g->counts.fp : &g->counts.tn));
    ev_case one = {m->malignancy, truth};
    return scored ? cs_vec_push(&g->cases, one) : 0;
}

static int run_malignancy(ev_clinical *c, cs_errinfo *info)
{
    gathered g = {.cases = CS_VEC_INIT};
    int r = 0;
    for (size_t i = 0; r == 0 && i < c->study->nodules.len; i++) {
        const ev_nodule *v = &c->study->nodules.items[i];
        if (!v->excluded && v->malignant >= 0)
            r = judge(c, v, &g);
    }
    ev_malignancy *m = &c->malignancy;
    m->known = g.known;
    m->judged = g.judged;
    m->caught = ev_proportion_of(g.caught, g.malignant);
    r = r < 0 ? cs_fail_nomem(info)
              : ev_classes_of(g.cases.items, g.cases.len, &g.counts,
                              &m->classes, info);
    cs_vec_done(&g.cases);
    c->has_malignancy = r == 0 && g.judged > 0;
    return r;
}

int ev_clinical_run(const ev_study *s, const ev_clinical_spec *spec,
                    cs_pool *pool, ev_clinical *ret, cs_errinfo *info)
{
    ev_clinical c = EV_CLINICAL_INIT;
    c.study = s;
    c.spec = *spec;
    int r = run_detection(&c, pool, info);
    if (r == 0 && s->has_malignancy)
        r = run_malignancy(&c, info);
    if (r == 0)
        *ret = c;
    else
        ev_clinical_done(&c);
    return r;
}
