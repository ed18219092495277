/* Detection over whole scans, judged by FROC as LUNA16 does. */
#include <math.h>
#include <stdio.h>

#include "detect/scan.h"
#include "eval/detection.h"
#include "train/validate.h"

#define SCORE_MIN 0.01 /* of a mark that is worth keeping */
#define LARGE 6.0      /* mm: what must not be missed */
#define WORKING_RATE 0.5

/* --- marks and nodules --- */

static int add_nodules(const tr_scan *scan, uint32_t number, ev_study *s,
                       cs_errinfo *info)
{
    for (size_t i = 0; i < scan->nodule_count; i++) {
        const dt_nodule *n = &scan->nodules[i];
        ev_nodule v = {.scan = number,
                       .type = -1,
                       .at = {n->centre[0], n->centre[1], n->centre[2]},
                       .diameter = n->diameter > 0 ? n->diameter : -1,
                       .malignant = n->malignant,
                       .excluded = n->excluded};
        if (cs_vec_push(&s->nodules, v) < 0)
            return cs_fail_nomem(info);
    }
    return 0;
}

static int add_marks(const dt_candidates *found, uint32_t number, ev_study *s,
                     cs_errinfo *info)
{
    for (size_t i = 0; i < found->len; i++) {
        const dt_candidate *c = &found->items[i];
        ev_mark m = {.scan = number,
                     .called = -1,
                     .at = {c->centre[0], c->centre[1], c->centre[2]},
                     .probability = c->score,
                     .malignancy = (double)NAN};
        if (cs_vec_push(&s->marks, m) < 0)
            return cs_fail_nomem(info);
    }
    return 0;
}

static int look(const tr_judge *j, size_t i, dt_candidates *found,
                cs_errinfo *info)
{
    const dt_scan_options o = {
        .overlap = -1, .score_min = SCORE_MIN, .memory_limit = j->memory_limit};
    tr_prepared p = TR_PREPARED_INIT;
    int r = tr_dataset_prepared(j->data, i, &p, info);
    if (r < 0)
        return r;
    r = dt_scan(&j->plan->recipe, j->params, &j->run, &p.scan, &o, found, NULL,
                info);
    tr_prepared_done(&p);
    return r;
}

static int gather(const tr_judge *j, ev_study *s, cs_errinfo *info)
{
    int r = 0;
    s->scan_count = tr_judge_scans(j);
    for (size_t i = 0; r == 0 && i < s->scan_count; i++) {
        dt_candidates found = CS_VEC_INIT;
        tr_judge_progress(j, i, s->scan_count);
        r = look(j, i, &found, info);
        if (r == 0)
            r = add_nodules(tr_dataset_at(j->data, i), (uint32_t)i, s, info);
        if (r == 0)
            r = add_marks(&found, (uint32_t)i, s, info);
        cs_vec_done(&found);
    }
    if (r == 0)
        tr_judge_progress(j, s->scan_count, s->scan_count);
    return r < 0 ? r : ev_study_group(s, info);
}

/* --- judging --- */

/* The least score at which no more false positives than the rate pass; where
 * none passes at all, 0.5. */
static double threshold_at(const ev_calls *calls, double fp_most)
{
    double best = 0.5;
    double fp = 0;
    for (size_t i = 0; i < calls->len; i++) {
        const ev_call *c = &calls->items[i];
        bool last = i + 1 == calls->len ||
                    calls->items[i + 1].probability != c->probability;
        fp += c->nodule < 0;
        if (fp > fp_most)
            break;
        if (last)
            best = c->probability;
    }
    return best;
}

static size_t to_find(const ev_study *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->nodules.len; i++)
        n += !s->nodules.items[i].excluded;
    return n;
}

static int curve(const ev_study *s, ev_froc *froc, double *threshold,
                 cs_errinfo *info)
{
    const ev_rule rule = ev_rule_luna16();
    ev_match match = EV_MATCH_INIT;
    ev_calls calls = CS_VEC_INIT;
    int r = ev_match_study(s, &rule, &match, info);
    if (r == 0)
        r = ev_calls_of(s, &match, &calls, info);
    if (r == 0)
        r = ev_froc_of(&calls, to_find(s), s->scan_count, froc, info);
    if (r == 0)
        *threshold = threshold_at(&calls, WORKING_RATE * (double)s->scan_count);
    ev_match_done(&match);
    cs_vec_done(&calls);
    return r;
}

static int judge_all(const ev_study *s, tr_verdict *v, cs_errinfo *info)
{
    ev_froc froc = EV_FROC_INIT;
    int r = curve(s, &froc, &v->threshold, info);
    if (r < 0)
        return r;
    tr_verdict_set(v, "cpm", froc.cpm);
    for (size_t i = 0; i < EV_FROC_RATES; i++) {
        char name[32];
        snprintf(name, sizeof(name), "sensitivity_%g", ev_froc_rates[i]);
        tr_verdict_set(v, name, froc.at[i]);
    }
    ev_froc_done(&froc);
    return 0;
}

/* Smaller nodules are neither missed nor false. */
static int judge_large(ev_study *s, tr_verdict *v, cs_errinfo *info)
{
    ev_froc froc = EV_FROC_INIT;
    double ignored;
    for (size_t i = 0; i < s->nodules.len; i++) {
        ev_nodule *n = &s->nodules.items[i];
        n->excluded = n->excluded || (n->diameter > 0 && n->diameter < LARGE);
    }
    int r = curve(s, &froc, &ignored, info);
    if (r < 0)
        return r;
    tr_verdict_set(v, "sensitivity_6mm_0.5", ev_froc_at(&froc, WORKING_RATE));
    ev_froc_done(&froc);
    return 0;
}

int tr_judge_study(ev_study *s, tr_verdict *v, cs_errinfo *info)
{
    int r = judge_all(s, v, info);
    return r < 0 ? r : judge_large(s, v, info);
}

int tr_validate_scans(const tr_judge *j, tr_verdict *v, cs_errinfo *info)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    int r = gather(j, &s, info);
    return r < 0 ? r : tr_judge_study(&s, v, info);
}
