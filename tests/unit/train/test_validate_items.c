#include "train/validate.h"

#include <math.h>

#include "train/calibrate.h"
#include "train/learner.h"
#include "train/looker.h"
#include "train/world_run.h"

typedef struct scene {
    world_run w;
    tr_dataset *data;
    tr_sampler *items;
    tr_learner l;
    tr_judge judge;
} scene;

static void scene_init(scene *s, const char *root)
{
    world_both(root, 1, 3);
    world_run_init(&s->w, root, MD_MALIGNANCY);
    const tr_dataset_spec spec = {.plan = &s->w.plan,
                                  .validation = true,
                                  .root = s->w.root,
                                  .cache = s->w.cache};
    s->data = NULL;
    s->items = NULL;
    s->l = (tr_learner)TR_LEARNER_INIT;
    assert_int_equal(tr_dataset_open(&spec, &s->w.run, &s->data, NULL), 0);
    const tr_sampler_spec sampler = {
        .plan = &s->w.plan, .data = s->data, .tier = s->w.run.tier};
    assert_int_equal(tr_sampler_new(&sampler, &s->items, NULL), 0);
    assert_int_equal(tr_learner_init(&s->l, &s->w.plan, &s->w.run, 0, NULL), 0);
    s->judge = (tr_judge){.plan = &s->w.plan,
                          .params = s->l.params,
                          .run = s->w.run,
                          .data = s->data,
                          .items = s->items};
}

static void scene_done(scene *s)
{
    tr_learner_done(&s->l);
    tr_sampler_free(s->items);
    tr_dataset_free(s->data);
}

/* One by one, by hand. */
static size_t look(scene *s, double *logits, bool *positive)
{
    size_t n = tr_sampler_items(s->items);
    tr_looker k = TR_LOOKER_INIT;
    assert_int_equal(tr_looker_init(&k, &s->judge, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        tr_sample *item = NULL;
        double loss;
        assert_int_equal(tr_sampler_item(s->items, i, &item, NULL), 0);
        assert_int_equal(
            tr_looker_look(&k, item->image, &item->truth, &loss, NULL), 0);
        logits[i] = (double)k.outputs[0][1] - (double)k.outputs[0][0];
        positive[i] = item->truth.label == 1;
        tr_sampler_give_back(s->items, item);
    }
    tr_looker_done(&k);
    return n;
}

static double auc_of(const double *x, const bool *y, size_t n)
{
    double won = 0;
    double pairs = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            if (!y[i] || y[k])
                continue;
            pairs++;
            won += x[i] > x[k] ? 1 : x[i] == x[k] ? 0.5 : 0;
        }
    }
    return won / pairs;
}

static void items_are_judged_by_auc_and_calibrated(void **state)
{
    scene s;
    double x[64];
    bool y[64];
    tr_verdict v = TR_VERDICT_INIT;
    scene_init(&s, *state);
    assert_int_equal(tr_validate(&s.judge, &v, NULL), 0);
    size_t n = look(&s, x, y);
    assert_int_equal(n, 6);
    assert_true(fabs(tr_verdict_get(&v, "auc") - auc_of(x, y, n)) < 1e-12);
    md_calibration c = tr_calibrate(x, y, n);
    assert_true(fabs(c.a - v.calibration.a) < 1e-9 &&
                fabs(c.b - v.calibration.b) < 1e-9);
    assert_true(v.threshold > 0 && v.threshold < 1);
    assert_true(tr_verdict_get(&v, "loss") > 0);
    double brier = 0;
    for (size_t i = 0; i < n; i++)
        brier += pow(tr_calibrated(&c, x[i]) - (y[i] ? 1 : 0), 2);
    assert_true(fabs(tr_verdict_get(&v, "brier") - brier / (double)n) < 1e-9);
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(items_are_judged_by_auc_and_calibrated,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
