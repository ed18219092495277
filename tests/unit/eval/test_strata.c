#include "eval/strata.h"

#include <math.h>

#include "support/study.h"

static void sizes_fall_into_half_open_groups(void **state)
{
    (void)state;
    const struct {
        double diameter;
        size_t group;
    } rows[] = {{2.999, 0}, {3, 1},    {5.999, 1}, {6, 2},   {9.99, 2},
                {10, 3},    {29.9, 3}, {30, 4},    {300, 4}, {-1, 5}};
    for (size_t i = 0; i < CS_COUNTOF(rows); i++)
        assert_int_equal(ev_size_group(rows[i].diameter), rows[i].group);
}

static void each_group_has_its_own_nodules_and_all_false_positives(void **state)
{
    const ev_rule rule = {.marks_max = 100, .threshold = -(double)INFINITY};
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_match) m = EV_MATCH_INIT;
    ev_calls calls = CS_VEC_INIT;
    ev_strata strata = CS_VEC_INIT;
    study_by_chance(*state, 9, 40, &s);
    assert_int_equal(ev_match_study(&s, &rule, &m, NULL), 0);
    assert_int_equal(ev_calls_of(&s, &m, &calls, NULL), 0);
    assert_int_equal(ev_strata_of(&s, &calls, &strata, NULL), 0);
    size_t sums[2][2] = {{0, 0}, {0, 0}};
    for (size_t i = 0; i < strata.len; i++) {
        const ev_stratum *v = &strata.items[i];
        sums[v->is_type][0] += v->found.hits;
        sums[v->is_type][1] += v->found.n;
        assert_true(v->found.n > 0 && v->at[0] <= v->at[6]);
        assert_true(v->at[6] <= v->found.value);
    }
    size_t nodules = m.counts.tp + m.counts.fn;
    assert_true(sums[0][0] == m.counts.tp && sums[0][1] == nodules);
    assert_true(sums[1][0] == m.counts.tp && sums[1][1] == nodules);
    cs_vec_done(&calls);
    cs_vec_done(&strata);
}

static void a_small_example_is_met(void **state)
{
    const ev_rule rule = {.marks_max = 100, .threshold = -(double)INFINITY};
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_match) m = EV_MATCH_INIT;
    ev_calls calls = CS_VEC_INIT;
    ev_strata strata = CS_VEC_INIT;
    assert_int_equal(
        study_read(*state, "a\nb\n",
                   "scan,x,y,z,diameter\na,0,0,0,4\nb,0,0,0,5\nb,50,0,0,12\n",
                   NULL,
                   "scan,x,y,z,score\na,0,0,0,.9\na,90,0,0,.8\nb,50,0,0,.7\n",
                   &s, NULL),
        0);
    assert_int_equal(ev_match_study(&s, &rule, &m, NULL), 0);
    assert_int_equal(ev_calls_of(&s, &m, &calls, NULL), 0);
    assert_int_equal(ev_strata_of(&s, &calls, &strata, NULL), 0);
    assert_int_equal(strata.len, 2);
    assert_string_equal(strata.items[0].name, "3-6 mm");
    assert_true(strata.items[0].at[0] == 0.5 && strata.items[0].cpm == 0.5);
    assert_string_equal(strata.items[1].name, "10-30 mm");
    assert_true(strata.items[1].at[0] == 0 && strata.items[1].at[2] == 1);
    assert_true(fabs(strata.items[1].cpm - 5.0 / 7) < 1e-12);
    cs_vec_done(&calls);
    cs_vec_done(&strata);
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_fall_into_half_open_groups),
        T(each_group_has_its_own_nodules_and_all_false_positives),
        T(a_small_example_is_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
