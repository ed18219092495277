#include "train/mine.h"

#include "support/test.h"

static void push(dt_candidates *c, double x, double score)
{
    const dt_candidate one = {{x, 0, 0}, 5, score};
    assert_int_equal(cs_vec_push(c, one), 0);
}

/* A nodule of 6 mm at 0, an exclusion of 10 mm at 50. */
static void only_what_is_false_strong_and_new_is_kept(void **state)
{
    (void)state;
    dt_nodule nodules[] = {{{0, 0, 0}, 6, -1, false},
                           {{50, 0, 0}, 10, -1, true}};
    const tr_scan scan = {.nodules = nodules, .nodule_count = 2};
    tr_mined_list mined = CS_VEC_INIT;
    dt_candidates found = CS_VEC_INIT;
    push(&found, 5.9, 0.9);  /* 2.9 mm from the nodule's edge */
    push(&found, 6.1, 0.8);  /* 3.1 */
    push(&found, 42.1, 0.7); /* 2.9 from the exclusion's */
    push(&found, 20, 0.6);
    push(&found, 22, 0.5); /* beside the one before */
    push(&found, 30, 0.1);
    push(&found, 36, 0.09); /* weak */
    assert_int_equal(tr_mine_keep(&scan, 7, &found, &mined, NULL), 0);
    assert_int_equal(mined.len, 3);
    const double places[] = {6.1, 20, 30};
    for (size_t i = 0; i < 3; i++) {
        assert_true(mined.items[i].at.centre[0] == places[i]);
        assert_int_equal(mined.items[i].scan, 7);
    }
    assert_int_equal(tr_mine_keep(&scan, 7, &found, &mined, NULL), 0);
    assert_int_equal(mined.len, 3);
    assert_int_equal(tr_mine_keep(&scan, 8, &found, &mined, NULL), 0);
    assert_int_equal(mined.len, 6);
    cs_vec_done(&mined);
    cs_vec_done(&found);
}

static void it_is_due_as_the_plan_says(void **state)
{
    (void)state;
    tr_plan plan = {.epochs = 6};
    assert_false(tr_mine_due(&plan, 2));
    plan.sampling.mine_every = 2;
    plan.sampling.mine_scans = 1;
    assert_false(tr_mine_due(&plan, 1));
    assert_true(tr_mine_due(&plan, 2));
    assert_true(tr_mine_due(&plan, 4));
    assert_false(tr_mine_due(&plan, 6)); /* nobody would learn from it */
    plan.sampling.crop = TR_CROP_CENTRE; /* nothing is drawn by place */
    assert_false(tr_mine_due(&plan, 2));
    plan.sampling.crop = TR_CROP_BALANCED;
    plan.recipe.task = MD_CHECK;
    assert_false(tr_mine_due(&plan, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_false_strong_and_new_is_kept),
        cmocka_unit_test(it_is_due_as_the_plan_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
