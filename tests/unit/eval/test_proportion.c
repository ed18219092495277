#include "eval/proportion.h"

#include <math.h>

#include "support/test.h"

/* The bounds are where a proportion p would lie 1.96 standard errors from what
 * was seen: found by bisection. */
static double bound(double seen, double n, double from, double to)
{
    for (int i = 0; i < 200; i++) {
        double p = (from + to) / 2;
        double off = fabs(seen - p) / sqrt(p * (1 - p) / n);
        *(off < 1.959963984540054 ? &from : &to) = p;
    }
    return from;
}

static void bounds_are_the_roots_of_the_score_test(void **state)
{
    (void)state;
    static const size_t cases[][2] = {{1, 2},    {8, 10},    {95, 100},
                                      {1, 1000}, {475, 502}, {264, 279}};
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        double n = (double)cases[i][1];
        double seen = (double)cases[i][0] / n;
        ev_proportion p = ev_proportion_of(cases[i][0], cases[i][1]);
        assert_true(p.value == seen);
        assert_true(fabs(p.low - bound(seen, n, seen, 0)) < 1e-9);
        assert_true(fabs(p.high - bound(seen, n, seen, 1)) < 1e-9);
    }
}

static void published_values_are_met(void **state)
{
    (void)state;
    /* Newcombe (1998), method 3: 81 of 263 and 15 of 148. */
    ev_proportion p = ev_proportion_of(81, 263);
    assert_true(fabs(p.low - 0.2553) < 5e-5 && fabs(p.high - 0.3662) < 5e-5);
    p = ev_proportion_of(15, 148);
    assert_true(fabs(p.low - 0.0624) < 5e-5 && fabs(p.high - 0.1605) < 5e-5);
}

static void none_and_all_have_a_width_and_stay_inside(void **state)
{
    (void)state;
    ev_proportion none = ev_proportion_of(0, 20);
    ev_proportion all = ev_proportion_of(20, 20);
    assert_true(none.low == 0 && fabs(none.high - 0.1611) < 5e-5);
    assert_true(all.high == 1 && fabs(all.low - 0.8389) < 5e-5);
    ev_proportion empty = ev_proportion_of(0, 0);
    assert_true(isnan(empty.value) && isnan(empty.low) && isnan(empty.high));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_the_roots_of_the_score_test),
        cmocka_unit_test(published_values_are_met),
        cmocka_unit_test(none_and_all_have_a_width_and_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
