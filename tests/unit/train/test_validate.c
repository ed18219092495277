#include "train/validate.h"

#include <math.h>

#include "train/learner.h"
#include "train/world_run.h"

/* A detector is judged by patches and by scans, in one verdict. */
static void a_detector_is_judged_in_both_ways(void **state)
{
    world_run w;
    tr_dataset *data = NULL;
    tr_learner l = TR_LEARNER_INIT;
    tr_verdict v = TR_VERDICT_INIT;
    world_both(*state, 1, 1);
    world_run_init(&w, *state, MD_DETECT);
    const tr_dataset_spec spec = {
        .plan = &w.plan, .validation = true, .root = w.root, .cache = w.cache};
    assert_int_equal(tr_dataset_open(&spec, &w.run, &data, NULL), 0);
    assert_int_equal(tr_learner_init(&l, &w.plan, &w.run, 0, NULL), 0);
    const tr_judge j = {
        .plan = &w.plan, .params = l.params, .run = w.run, .data = data};
    assert_int_equal(tr_judge_scans(&j), 1);
    assert_int_equal(tr_validate(&j, &v, NULL), 0);
    assert_false(isnan(tr_verdict_get(&v, "loss")));
    assert_false(isnan(tr_verdict_get(&v, "cpm")));
    assert_false(isnan(tr_verdict_get(&v, "sensitivity_6mm_0.5")));
    tr_learner_done(&l);
    tr_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_detector_is_judged_in_both_ways,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
