#include "train/keep.h"

#include <string.h>

#include "train/world_run.h"
#include "weights/weights.h"
#include "zoo/state.h"

typedef struct scene {
    world_run w;
    tr_dataset *data;
    tr_learner l;
    tr_keeper keeper;
    tr_progress at;
} scene;

static void scene_init(scene *s, const char *root)
{
    world_both(root, 1, 1);
    world_run_init(&s->w, root, MD_DETECT);
    const tr_dataset_spec spec = {
        .plan = &s->w.plan, .root = s->w.root, .cache = s->w.cache};
    s->data = NULL;
    s->l = (tr_learner)TR_LEARNER_INIT;
    assert_int_equal(tr_dataset_open(&spec, &s->w.run, &s->data, NULL), 0);
    assert_int_equal(tr_learner_init(&s->l, &s->w.plan, &s->w.run, 0, NULL), 0);
    s->keeper = (tr_keeper){root, &s->w.plan, s->data, NULL};
    s->at = (tr_progress){.step = 6, .epoch = 2, .saved = 1790000000};
    s->at.verdict = (tr_verdict)TR_VERDICT_INIT;
    s->at.verdict.epoch = 2;
    s->at.verdict.threshold = 0.375;
    assert_true(tr_verdict_set(&s->at.verdict, "cpm", 0.5));
}

static void scene_done(scene *s)
{
    tr_learner_done(&s->l);
    tr_dataset_free(s->data);
}

static void weights_are_kept_with_their_card(void **state)
{
    scene s;
    scene_init(&s, *state);
    assert_int_equal(tr_keep(&s.keeper, "best", s.l.params, &s.at, NULL), 0);
    const char *path = tmp_path(*state, "best.safetensors");
    md_card card = MD_CARD_INIT;
    cs_errinfo info = {.lang = CS_LANG_EN};
    if (md_card_read(path, &card, &info) < 0)
        fail_msg("%s", info.message);
    assert_int_equal(md_card_check_weights(&card, path, NULL), 0);
    assert_string_equal(card.name, "world");
    assert_true(card.recipe.network == s.w.plan.recipe.network);
    assert_true(card.threshold == 0.375 && card.calibration.a == 1);
    assert_true(card.steps == 6 && card.epochs == 2 && card.seed == 9);
    assert_true(card.data.scans == 1 && card.data.nodules == 2);
    assert_true(card.data.malignant == 1);
    assert_int_equal(card.metric_count, 1);
    assert_string_equal(card.metrics[0].name, "cpm");
    assert_non_null(strstr(card.limits, "phantoms"));
    md_card_done(&card);
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    assert_int_equal(wt_read(path, &d, NULL), 0);
    assert_int_equal(zoo_load(s.l.params, &d, NULL), 0);
    scene_done(&s);
}

static void measures_of_older_weights_are_left_out(void **state)
{
    scene s;
    scene_init(&s, *state);
    s.at.verdict.epoch = 1;
    assert_int_equal(tr_keep(&s.keeper, "last", s.l.params, &s.at, NULL), 0);
    md_card card = MD_CARD_INIT;
    assert_int_equal(
        md_card_read(tmp_path(*state, "last.safetensors"), &card, NULL), 0);
    assert_int_equal(card.metric_count, 0);
    assert_true(card.threshold == 0.375);
    md_card_done(&card);
    scene_done(&s);
}

static void patients_are_not_called_phantoms(void **state)
{
    scene s;
    scene_init(&s, *state);
    s.w.plan.data.source = MD_SOURCE_PATIENTS;
    assert_int_equal(tr_keep(&s.keeper, "last", s.l.params, &s.at, NULL), 0);
    md_card card = MD_CARD_INIT;
    assert_int_equal(
        md_card_read(tmp_path(*state, "last.safetensors"), &card, NULL), 0);
    assert_null(strstr(card.limits, "phantoms"));
    assert_non_null(strstr(card.limits, "a doctor decides"));
    md_card_done(&card);
    scene_done(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(weights_are_kept_with_their_card),
        TEST(measures_of_older_weights_are_left_out),
        TEST(patients_are_not_called_phantoms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
