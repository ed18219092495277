/* Networks that name a class, judged item by item. */
#include <math.h>

#include "eval/calibration.h"
#include "eval/roc.h"
#include "train/calibrate.h"
#include "train/looker.h"

typedef struct answers {
    size_t n;
    double *logits;
    bool *positive;
    double loss; /* sum */
} answers;

static int answer(const tr_judge *j, tr_looker *l, size_t i, answers *a,
                  cs_errinfo *info)
{
    tr_sample *sample = NULL;
    double loss = 0;
    int r = tr_sampler_item(j->items, i, &sample, info);
    if (r < 0)
        return r;
    r = tr_looker_look(l, sample->image, &sample->truth, &loss, info);
    if (r == 0) {
        dt_head_logits(&j->plan->recipe, 1, (const float *const *)l->outputs,
                       &a->logits[i]);
        a->positive[i] = sample->truth.label == 1;
        a->loss += loss;
    }
    tr_sampler_give_back(j->items, sample);
    return r;
}

static int gather(const tr_judge *j, answers *a, cs_errinfo *info)
{
    tr_looker l = TR_LOOKER_INIT;
    int r = tr_looker_init(&l, j, info);
    for (size_t i = 0; r == 0 && i < a->n; i++) {
        tr_judge_progress(j, i, a->n);
        r = answer(j, &l, i, a, info);
    }
    if (r == 0)
        tr_judge_progress(j, a->n, a->n);
    tr_looker_done(&l);
    return r;
}

/* Calibrated probabilities rank as the logits do, so one curve serves both. */
static int curve(const answers *a, tr_verdict *v, cs_errinfo *info)
{
    CS_AUTO_MEM ev_case *cases = cs_calloc(a->n, sizeof(*cases));
    ev_roc roc = EV_ROC_INIT;
    if (!cases)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < a->n; i++)
        cases[i] = (ev_case){tr_calibrated(&v->calibration, a->logits[i]),
                             a->positive[i]};
    int r = ev_roc_of(cases, a->n, &roc, info);
    if (r < 0)
        return r;
    double threshold = roc.points.items[ev_roc_youden(&roc)].threshold;
    v->threshold = isfinite(threshold) ? threshold : 0.5;
    tr_verdict_set(v, "auc", roc.auc);
    ev_calibration c;
    if (ev_calibration_of(cases, a->n, &c))
        tr_verdict_set(v, "brier", c.brier);
    size_t right = 0;
    for (size_t i = 0; i < a->n; i++)
        right += (cases[i].score >= v->threshold) == cases[i].positive;
    tr_verdict_set(v, "accuracy", (double)right / (double)a->n);
    ev_roc_done(&roc);
    return 0;
}

int tr_validate_items(const tr_judge *j, tr_verdict *v, cs_errinfo *info)
{
    answers a = {.n = tr_sampler_items(j->items)};
    CS_AUTO_MEM double *logits = cs_calloc(a.n, sizeof(*logits));
    CS_AUTO_MEM bool *positive = cs_calloc(a.n, sizeof(*positive));
    if (!logits || !positive)
        return cs_fail_nomem(info);
    if (a.n == 0)
        return cs_fail(info, CS_E_NOTFOUND,
                       "the scans for validation hold nothing to be told "
                       "apart: no nodules and no hard negatives");
    a.logits = logits;
    a.positive = positive;
    int r = gather(j, &a, info);
    if (r < 0)
        return r;
    tr_verdict_set(v, "loss", a.loss / (double)a.n);
    v->calibration = tr_calibrate(logits, positive, a.n);
    return curve(&a, v, info);
}
