#include "train/verdict.h"

#include <math.h>

#include "support/test.h"

static void measures_are_kept_by_their_names(void **state)
{
    (void)state;
    tr_verdict v = TR_VERDICT_INIT;
    char name[] = "cpm"; /* borrowed for the call alone */
    assert_true(tr_verdict_set(&v, name, 0.25));
    name[0] = 'x';
    assert_true(tr_verdict_set(&v, "auc", 0.5));
    assert_true(tr_verdict_set(&v, "cpm", 0.75));
    assert_int_equal(v.count, 2);
    assert_true(tr_verdict_get(&v, "cpm") == 0.75);
    assert_true(tr_verdict_get(&v, "auc") == 0.5);
    assert_true(isnan(tr_verdict_get(&v, "dice")));
}

static void unknown_measures_are_refused(void **state)
{
    (void)state;
    tr_verdict v = TR_VERDICT_INIT;
    assert_false(tr_verdict_set(&v, "xpm", 1));
    assert_false(tr_verdict_set(&v, "", 1));
    assert_int_equal(v.count, 0);
}

static void there_is_room_for_all(void **state)
{
    (void)state;
    tr_verdict v = TR_VERDICT_INIT;
    for (size_t i = 0; tr_metric_names[i]; i++)
        assert_true(tr_verdict_set(&v, tr_metric_names[i], (double)i));
    for (size_t i = 0; tr_metric_names[i]; i++)
        assert_true(tr_verdict_get(&v, tr_metric_names[i]) == (double)i);
}

static void every_judge_of_plans_is_a_measure(void **state)
{
    (void)state;
    tr_verdict v = TR_VERDICT_INIT;
    for (size_t i = 0; i < TR_METRICS; i++)
        assert_true(tr_verdict_set(&v, tr_metric_words[i], 0));
}

static void progress_is_down_for_losses_and_up_for_all_else(void **state)
{
    (void)state;
    assert_true(tr_metric_better(TR_METRIC_LOSS, 1, 2));
    assert_false(tr_metric_better(TR_METRIC_LOSS, 2, 1));
    assert_true(tr_metric_better(TR_METRIC_CPM, 2, 1));
    assert_false(tr_metric_better(TR_METRIC_AUC, 1, 2));
    assert_false(tr_metric_better(TR_METRIC_DICE, 1, 1));
    assert_false(tr_metric_better(TR_METRIC_LOSS, 1, 1));
    const double nan = (double)NAN;
    assert_false(tr_metric_better(TR_METRIC_CPM, nan, 0));
    assert_true(tr_metric_better(TR_METRIC_CPM, 0, nan));
    assert_false(tr_metric_better(TR_METRIC_LOSS, nan, nan));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_kept_by_their_names),
        cmocka_unit_test(unknown_measures_are_refused),
        cmocka_unit_test(there_is_room_for_all),
        cmocka_unit_test(every_judge_of_plans_is_a_measure),
        cmocka_unit_test(progress_is_down_for_losses_and_up_for_all_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
