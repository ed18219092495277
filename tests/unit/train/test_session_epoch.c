#include "train/session.h"

#include "train/world_run.h"

static void an_epoch_has_its_share_of_the_steps(void **state)
{
    (void)state;
    tr_plan plan = {.epochs = 3, .batch = 2, .accumulate = 2};
    tr_session s = TR_SESSION_INIT;
    plan.sampling.per_epoch = 21;
    s.plan = &plan;
    assert_int_equal(tr_session_epoch_steps(&s), 5);
    plan.sampling.per_epoch = 1;
    assert_int_equal(tr_session_epoch_steps(&s), 1);
}

static void a_run_ends_with_its_epochs_or_with_patience(void **state)
{
    (void)state;
    tr_plan plan = {.epochs = 3};
    tr_session s = TR_SESSION_INIT;
    s.plan = &plan;
    s.at.epoch = 2;
    s.at.stale = 5;
    assert_false(tr_session_finished(&s) || tr_session_early(&s));
    plan.validation.patience = 5;
    assert_true(tr_session_finished(&s) && tr_session_early(&s));
    plan.validation.patience = 6;
    assert_false(tr_session_finished(&s));
    s.at.epoch = 3;
    assert_true(tr_session_finished(&s) && !tr_session_early(&s));
}

/* Validation every second epoch and after the last one; the best is that of the
 * lowest loss, and what is worse is counted. */
static void epochs_are_validated_as_the_plan_asks(void **state)
{
    world_run w;
    tr_session s = TR_SESSION_INIT;
    world_both(*state, 2, 1);
    world_run_init(&w, *state, MD_MALIGNANCY);
    w.plan.epochs = 5;
    w.plan.validation.every = 2;
    w.plan.validation.metric = TR_METRIC_LOSS;
    assert_int_equal(tr_session_open(&s, &w.spec, &w.run, NULL), 0);
    static const uint64_t validated[] = {0, 2, 2, 4, 5};
    for (size_t i = 0; i < 5; i++) {
        s.at.step += 2;
        assert_int_equal(tr_session_end_epoch(&s, NULL), 0);
        assert_int_equal(s.at.epoch, i + 1);
        assert_int_equal(s.at.verdict.epoch, validated[i]);
        if (i == 1)
            s.at.best = -1; /* not to be beaten */
    }
    assert_true(s.at.best_epoch == 2 && s.at.stale == 2);
    assert_true(s.at.loss == 0 && s.at.sample == 0);
    tr_session_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_epoch_has_its_share_of_the_steps),
        cmocka_unit_test(a_run_ends_with_its_epochs_or_with_patience),
        cmocka_unit_test_setup_teardown(epochs_are_validated_as_the_plan_asks,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
