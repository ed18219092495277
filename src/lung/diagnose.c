#include "lung/diagnose.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "detect/scan.h"
#include "lung/confidence.h"
#include "lung/findings.h"
#include "lung/notes.h"
#include "nn/elementary.h"

#define MOST 50
/* Candidates that the check looks at. */
#define MARKS 100
/* What the detector itself thinks so little of is not worth a second look. */
#define SCORE_MIN 0.01
/* --fast: voxels larger by this, so 3.4 times fewer of them. */
#define FAST 1.5
/* Of the network's plan: with scan, labels and outlines of 512x512x800 voxels
 * the whole stays below 2 GB. */
#define PLAN_BYTES ((size_t)600 << 20)

typedef struct work {
    const md_set *models;
    const im_run *run;
    const im_volume *scan; /* TN_I16 */
    const lu_options *o;
    lu_diagnosis d;
    lu_stage stage;
    int64_t since;
} work;

/* --- stages --- */

static void tell(const work *w, size_t done, size_t of)
{
    if (w->o->progress)
        w->o->progress(w->o->ctx, w->stage, done, of);
}

static void on_progress(void *ctx, size_t done, size_t of)
{
    tell(ctx, done, of);
}

static void on_lungs(void *ctx, unsigned done, unsigned of)
{
    tell(ctx, done, of);
}

static void begin(work *w, lu_stage stage)
{
    w->stage = stage;
    w->since = cs_mono_ns(cs_clock_system());
    tell(w, 0, 1);
}

static void end(work *w)
{
    int64_t ns = cs_mono_ns(cs_clock_system()) - w->since;
    w->d.seconds[w->stage] += (double)ns * 1e-9;
    w->d.seconds_all += (double)ns * 1e-9;
    tell(w, 1, 1);
}

static int look_at_scan(work *w, cs_errinfo *info)
{
    const lu_watch watch = {on_lungs, w};
    lu_diagnosis *d = &w->d;
    begin(w, LU_STAGE_LUNGS);
    int r = lu_find_lungs(w->run, w->scan, &watch, &d->lungs, info);
    end(w);
    if (r < 0)
        return r;
    begin(w, LU_STAGE_QUALITY);
    r = lu_note_models(w->models, w->o, &d->warnings, info);
    if (r == 0)
        r = lu_check_quality(w->run, w->scan, &d->lungs, &d->quality,
                             &d->warnings, info);
    d->reliable = !lu_any_severe(&d->warnings);
    end(w);
    return r;
}

/* A scan's own voxels, where the recipe asks for them, stay as they are. */
static int detect(work *w, cs_errinfo *info)
{
    const md_recipe *recipe = &w->models->detect.card.recipe;
    double spacing = recipe->input.spacing * (w->o->fast ? FAST : 1);
    dt_prepared p = DT_PREPARED_INIT;
    begin(w, LU_STAGE_PREPARE);
    int r = dt_prepare(w->run, w->scan, &w->d.lungs.labels, spacing, &p, info);
    end(w);
    if (r < 0)
        return r;
    const dt_scan_options o = {.overlap = -1,
                               .score_min = SCORE_MIN,
                               .most = MARKS,
                               .memory_limit = PLAN_BYTES,
                               .progress = on_progress,
                               .ctx = w};
    begin(w, LU_STAGE_DETECT);
    r = dt_scan(recipe, w->models->detect.params, w->run, &p, &o, &w->d.marks,
                NULL, info);
    end(w);
    dt_prepared_done(&p);
    w->d.candidates = w->d.marks.len;
    return r;
}

static int classify(work *w, const md_model *m, const double (*centres)[3],
                    size_t n, double *logits, cs_errinfo *info)
{
    return dt_classify(&m->card.recipe, m->params, w->run, w->scan, centres, n,
                       logits, info);
}

/* Scores become confidences. */
static int check(work *w, cs_errinfo *info)
{
    dt_candidates *c = &w->d.marks;
    double logits[MARKS] = {0}, centres[MARKS][3];
    begin(w, LU_STAGE_CHECK);
    for (size_t i = 0; i < c->len; i++)
        memcpy(centres[i], c->items[i].centre, sizeof(centres[i]));
    int r = 0;
    if (w->models->has_check)
        r = classify(w, &w->models->check, centres, c->len, logits, info);
    for (size_t i = 0; i < c->len; i++)
        c->items[i].score =
            lu_confidence(w->models, c->items[i].score, logits[i]);
    dt_candidates_sort(c);
    end(w);
    return r;
}

/* Those that are sure enough; the others are behind them. */
static int measure(work *w, cs_errinfo *info)
{
    lu_diagnosis *d = &w->d;
    dt_candidates sure = d->marks; /* borrowed */
    lu_nodules found = LU_NODULES_INIT;
    size_t most = w->o->most ? w->o->most : MOST;
    most = most < LU_NODULES_MAX ? most : LU_NODULES_MAX;
    const lu_nodules_options o = {most, on_progress, w};
    begin(w, LU_STAGE_MEASURE);
    while (sure.len && sure.items[sure.len - 1].score < d->threshold)
        sure.len--;
    int r = lu_nodules_measure(w->run, w->scan, &d->lungs.labels, &sure, &o,
                               &found, info);
    d->findings = found.findings;
    d->nodules = found.labels;
    const lu_warning more = {
        "more-findings",
        CS_N_("more than %.0f findings: only the surest are given"),
        {(double)most},
        1,
        true};
    if (r == 0 && found.more && cs_vec_push(&d->warnings, more) < 0)
        r = cs_fail_nomem(info);
    d->reliable = !lu_any_severe(&d->warnings);
    end(w);
    return r;
}

static int judge_malignancy(work *w, cs_errinfo *info)
{
    lu_findings *f = &w->d.findings;
    double logits[LU_NODULES_MAX] = {0}, centres[LU_NODULES_MAX][3];
    const md_model *m = &w->models->malignancy;
    w->d.has_malignancy = w->models->has_malignancy;
    if (!w->d.has_malignancy)
        return 0;
    begin(w, LU_STAGE_MALIGNANCY);
    for (size_t i = 0; i < f->len; i++)
        memcpy(centres[i], f->items[i].centre, sizeof(centres[i]));
    int r = classify(w, m, centres, f->len, logits, info);
    for (size_t i = 0; r == 0 && i < f->len; i++) {
        const md_calibration *c = &m->card.calibration;
        f->items[i].has_malignancy = true;
        f->items[i].malignancy = nn_logistic_at(c->a * logits[i] + c->b).pos;
    }
    end(w);
    return r;
}

static int add_caution(lu_advices *list)
{
    const lu_advice caution = {
        CS_N_("the scan has severe faults (see the warnings): what is not "
              "shown here may still be there, and a new scan may be needed"),
        0};
    int r = cs_vec_push(list, caution);
    if (r < 0)
        return r;
    memmove(list->items + 1, list->items,
            (list->len - 1) * sizeof(*list->items));
    list->items[0] = caution;
    return 0;
}

static int apply_rules(work *w, cs_errinfo *info)
{
    lu_diagnosis *d = &w->d;
    lu_findings *f = &d->findings;
    for (size_t i = 0; i < f->len; i++) {
        lu_finding *at = &f->items[i];
        at->lung_rads = lu_lung_rads(at);
        at->fleischner = lu_fleischner(at, f->len > 1, w->o->high_risk);
    }
    d->risk = lu_risk_of(f->items, f->len);
    d->lung_rads = lu_lung_rads_scan(f->items, f->len, d->reliable);
    int r = lu_advise(f->items, f->len, d->risk, &d->advice, info);
    if (r == 0 && !d->reliable && add_caution(&d->advice) < 0)
        r = cs_fail_nomem(info);
    return r;
}

static int diagnose(work *w, cs_errinfo *info)
{
    w->d.threshold = lu_threshold(w->models, w->o->sensitivity);
    int r = look_at_scan(w, info);
    if (r == 0)
        r = detect(w, info);
    if (r == 0)
        r = check(w, info);
    if (r < 0 || w->o->detect_only)
        return r;
    r = measure(w, info);
    if (r == 0)
        r = judge_malignancy(w, info);
    return r < 0 ? r : apply_rules(w, info);
}

int lu_diagnose(const md_set *models, const im_run *run, const im_volume *scan,
                const lu_options *o, lu_diagnosis *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) copy = IM_VOLUME_INIT;
    work w = {.models = models, .run = run, .scan = scan, .o = o};
    int r = 0;
    if (scan->voxels.dtype != TN_I16) {
        r = im_volume_check_finite(scan, info);
        if (r == 0)
            r = im_volume_convert(scan, TN_I16, &copy, info);
        w.scan = &copy;
    }
    if (r == 0)
        r = diagnose(&w, info);
    if (r < 0)
        lu_diagnosis_done(&w.d);
    else
        *ret = w.d;
    return r;
}

void lu_diagnosis_done(lu_diagnosis *d)
{
    lu_lungs_done(&d->lungs);
    cs_vec_done(&d->warnings);
    cs_vec_done(&d->marks);
    cs_vec_done(&d->findings);
    im_volume_done(&d->nodules);
    cs_vec_done(&d->advice);
}
