#include "train/session.h"

#include <unistd.h>

#include "train/world_run.h"

static void make(world_run *w, const char *root)
{
    world_both(root, 2, 1);
    world_run_init(w, root, MD_MALIGNANCY);
}

static void a_new_session_stands_at_the_start(void **state)
{
    world_run w;
    tr_session s = TR_SESSION_INIT;
    make(&w, *state);
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    assert_true(s.at.step == 0 && s.at.epoch == 0 && !s.parent[0]);
    assert_non_null(s.items);
    assert_true(tr_folder_has(tmp_path(w.dir, "plan.yaml")));
    assert_false(tr_folder_has(tmp_path(w.dir, TR_CHECKPOINT)));
    tr_session_close(&s);
    tr_session_close(&s);
}

/* The moment between the checkpoint and the weights that it promises. */
static void weights_that_a_checkpoint_promises_are_made_good(void **state)
{
    world_run w;
    tr_session s = TR_SESSION_INIT;
    make(&w, *state);
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    s.at.epoch = s.at.best_epoch = 1;
    s.at.step = 3;
    s.at.saved = 1790000000;
    assert_int_equal(tr_session_checkpoint(&s, NULL), 0);
    assert_false(tr_folder_has(tmp_path(w.dir, "last.safetensors")));
    tr_session_close(&s);
    w.spec.resume = true;
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    static const char *const names[] = {"last.safetensors", "last.card.json",
                                        "best.safetensors", "best.card.json"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        assert_true(tr_folder_has(tmp_path(w.dir, names[i])));
    tr_session_close(&s);
}

static void within_an_epoch_nothing_is_promised(void **state)
{
    world_run w;
    tr_session s = TR_SESSION_INIT;
    make(&w, *state);
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    s.at.epoch = s.at.best_epoch = 1;
    s.at.step = 4;
    s.at.sample = 2;
    assert_int_equal(tr_session_checkpoint(&s, NULL), 0);
    tr_session_close(&s);
    w.spec.resume = true;
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    assert_true(s.at.step == 4 && s.at.sample == 2);
    assert_false(tr_folder_has(tmp_path(w.dir, "last.safetensors")));
    tr_session_close(&s);
}

static void weights_to_start_from_are_the_parent(void **state)
{
    world_run w;
    tr_session s = TR_SESSION_INIT;
    char start[WORLD_PATH];
    make(&w, *state);
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    s.at.epoch = 1;
    s.at.saved = 1790000000;
    s.learner.list[0].value[0] = 0.625F;
    if (s.learner.ema)
        nn_ema_data(s.learner.ema, 0)[0] = 0.625F;
    assert_int_equal(tr_session_keep(&s, NULL), 0);
    tr_session_close(&s);
    world_join(w.dir, "last.safetensors", start);
    w.plan.start = start;
    world_join(w.root, "second", w.dir);
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    assert_int_equal(strlen(s.parent), 64);
    assert_true(s.learner.list[0].value[0] == 0.625F);
    tr_session_close(&s);
}

static void without_validation_every_epoch_is_the_best(void **state)
{
    world_run w;
    tr_session s = TR_SESSION_INIT;
    make(&w, *state);
    w.plan.validation.every = 0;
    w.plan.data.validate.len = 0;
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    assert_null(s.validation);
    s.at.epoch = 1;
    assert_int_equal(tr_session_keep(&s, NULL), 0);
    assert_true(tr_folder_has(tmp_path(w.dir, "best.card.json")));
    tr_session_close(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_session_stands_at_the_start),
        TEST(weights_that_a_checkpoint_promises_are_made_good),
        TEST(within_an_epoch_nothing_is_promised),
        TEST(weights_to_start_from_are_the_parent),
        TEST(without_validation_every_epoch_is_the_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
