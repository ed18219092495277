#include "eval/froc.h"

#include <math.h>

#include "support/study.h"

#define SCANS 30
#define POINTS_MAX 300

typedef struct curve {
    double x[POINTS_MAX], y[POINTS_MAX];
    size_t n;
} curve;

static void calls_by_chance(void **state, uint64_t seed, ev_study *s,
                            ev_match *m, ev_calls *calls)
{
    const ev_rule rule = {.marks_max = 100, .threshold = -(double)INFINITY};
    study_by_chance(*state, seed, SCANS, s);
    assert_int_equal(ev_match_study(s, &rule, m, NULL), 0);
    assert_int_equal(ev_calls_of(s, m, calls, NULL), 0);
    assert_int_equal(calls->len, m->counts.tp + m->counts.fp);
}

/* Every threshold there is, counted afresh. */
static void by_definition(const ev_calls *calls, size_t nodules, curve *ret)
{
    assert_true(calls->len < POINTS_MAX);
    ret->n = 1;
    ret->x[0] = ret->y[0] = 0;
    for (size_t i = 0; i < calls->len; i++) {
        if (i && calls->items[i].probability == calls->items[i - 1].probability)
            continue;
        double fp = 0;
        double tp = 0;
        for (size_t k = 0; k < calls->len; k++) {
            if (calls->items[k].probability < calls->items[i].probability)
                continue;
            *(calls->items[k].nodule < 0 ? &fp : &tp) += 1;
        }
        ret->x[ret->n] = fp / SCANS;
        ret->y[ret->n++] = tp / (double)nodules;
    }
}

/* numpy.interp(), looked up from the right. */
static double interp(const curve *c, double x)
{
    for (size_t i = c->n; i-- > 0;) {
        if (c->x[i] > x)
            continue;
        if (c->x[i] == x || i + 1 == c->n)
            return c->y[i];
        double part = (x - c->x[i]) / (c->x[i + 1] - c->x[i]);
        return c->y[i] + part * (c->y[i + 1] - c->y[i]);
    }
    return c->y[0];
}

static void the_curve_is_that_of_the_definition(void **state)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        CS_SCOPED(ev_study) s = EV_STUDY_INIT;
        CS_SCOPED(ev_match) m = EV_MATCH_INIT;
        CS_SCOPED(ev_froc) f = EV_FROC_INIT;
        ev_calls calls = CS_VEC_INIT;
        curve c;
        calls_by_chance(state, seed, &s, &m, &calls);
        size_t nodules = m.counts.tp + m.counts.fn;
        by_definition(&calls, nodules, &c);
        assert_int_equal(ev_froc_of(&calls, nodules, SCANS, &f, NULL), 0);
        assert_true(f.points.len <= c.n);
        double cpm = 0;
        for (size_t i = 0; i < EV_FROC_RATES; i++) {
            assert_true(fabs(f.at[i] - interp(&c, ev_froc_rates[i])) < 1e-12);
            cpm += f.at[i] / 7;
        }
        assert_true(fabs(cpm - f.cpm) < 1e-12);
        for (double x = 0.013; x < 9; x += 0.071)
            assert_true(fabs(ev_froc_at(&f, x) - interp(&c, x)) < 1e-12);
        cs_vec_done(&calls);
    }
}

static void points_on_a_straight_line_are_left_out(void **state)
{
    (void)state;
    ev_call list[] = {{9, 0, 0},  {8, 0, 1}, {7, 0, 2},  {6, 0, -1}, {6, 0, 3},
                      {5, 0, -1}, {5, 0, 4}, {4, 0, -1}, {3, 0, -1}};
    ev_calls calls = {list, CS_COUNTOF(list), 0};
    CS_SCOPED(ev_froc) f = EV_FROC_INIT;
    assert_int_equal(ev_froc_of(&calls, 10, 4, &f, NULL), 0);
    const double thresholds[] = {10, 9, 7, 5, 3};
    assert_int_equal(f.points.len, CS_COUNTOF(thresholds));
    for (size_t i = 0; i < f.points.len; i++)
        assert_true(f.points.items[i].threshold == thresholds[i]);
    assert_true(f.points.items[0].tp == 0 && f.points.items[0].fp_rate == 0);
    assert_true(f.points.items[3].tp == 5 && f.points.items[3].fp == 2);
    assert_true(fabs(f.points.items[3].sensitivity - 0.5) < 1e-15);
    assert_true(fabs(f.points.items[4].fp_rate - 1) < 1e-15);
}

static void no_false_positives_reach_full_height_at_once(void **state)
{
    (void)state;
    ev_call list[] = {{9, 0, 0}, {8, 0, 1}};
    ev_calls calls = {list, 2, 0};
    CS_SCOPED(ev_froc) f = EV_FROC_INIT;
    assert_int_equal(ev_froc_of(&calls, 4, 2, &f, NULL), 0);
    for (size_t i = 0; i < EV_FROC_RATES; i++)
        assert_true(f.at[i] == 0.5);
    assert_true(fabs(f.cpm - 0.5) < 1e-15);
}

static void nothing_found_is_zero_and_nothing_to_find_no_number(void **state)
{
    (void)state;
    ev_call list[] = {{9, 0, -1}, {8, 0, -1}};
    ev_calls calls = {list, 2, 0};
    ev_calls none = CS_VEC_INIT;
    CS_SCOPED(ev_froc) f = EV_FROC_INIT;
    CS_SCOPED(ev_froc) empty = EV_FROC_INIT;
    assert_int_equal(ev_froc_of(&calls, 0, 2, &f, NULL), 0);
    assert_true(isnan(f.cpm) && f.points.len == 3);
    for (size_t i = 0; i < EV_FROC_RATES; i++)
        assert_true(isnan(f.at[i]));
    for (size_t i = 0; i < f.points.len; i++)
        assert_true(isnan(f.points.items[i].sensitivity));
    assert_int_equal(ev_froc_of(&none, 5, 2, &empty, NULL), 0);
    assert_true(empty.cpm == 0 && empty.points.len == 1);
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_curve_is_that_of_the_definition),
        cmocka_unit_test(points_on_a_straight_line_are_left_out),
        cmocka_unit_test(no_false_positives_reach_full_height_at_once),
        cmocka_unit_test(nothing_found_is_zero_and_nothing_to_find_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
