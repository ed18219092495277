#include "detect/candidate.h"
#include "support/test.h"

static dt_candidate at(double x, double diameter, double score)
{
    return (dt_candidate){{x, 0, 0}, diameter, score};
}

static void equal_scores_are_ordered_by_place(void **state)
{
    (void)state;
    dt_candidate items[] = {{{3, 0, 1}, 5, 0.5},
                            {{2, 0, 1}, 5, 0.5},
                            {{9, 9, 0}, 5, 0.5},
                            {{0, 0, 9}, 5, 0.7}};
    dt_candidates c = {items, CS_COUNTOF(items), CS_COUNTOF(items)};
    dt_candidates_sort(&c);
    assert_true(items[0].score == 0.7);
    assert_true(items[1].centre[0] == 9);
    assert_true(items[2].centre[0] == 2);
    assert_true(items[3].centre[0] == 3);
}

static void the_best_of_those_that_overlap_stays(void **state)
{
    (void)state;
    dt_candidate items[] = {at(0, 10, 0.6), at(4.9, 4, 0.9), at(5.1, 4, 0.3),
                            at(20, 4, 0.5), at(22.5, 4, 0.4)};
    dt_candidates c = {items, CS_COUNTOF(items), CS_COUNTOF(items)};
    dt_candidates_merge(&c, 2, 0);
    assert_int_equal(c.len, 3);
    assert_true(items[0].score == 0.9);
    assert_true(items[1].score == 0.5);
    assert_true(items[2].score == 0.4);
}

static void no_more_than_asked_for_are_kept(void **state)
{
    (void)state;
    dt_candidate items[] = {at(0, 1, 0.1), at(50, 1, 0.3), at(90, 1, 0.2)};
    dt_candidates c = {items, CS_COUNTOF(items), CS_COUNTOF(items)};
    dt_candidates_merge(&c, 5, 2);
    assert_int_equal(c.len, 2);
    assert_true(items[1].score == 0.2);
    dt_candidates none = CS_VEC_INIT;
    dt_candidates_merge(&none, 5, 2);
    assert_int_equal(none.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_scores_are_ordered_by_place),
        cmocka_unit_test(the_best_of_those_that_overlap_stays),
        cmocka_unit_test(no_more_than_asked_for_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
