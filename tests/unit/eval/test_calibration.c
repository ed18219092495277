#include "eval/calibration.h"

#include <math.h>

#include "support/test.h"

static void a_worked_example_is_met(void **state)
{
    (void)state;
    const ev_case cases[] = {{0.05, false}, {0.05, true}, {0.95, true},
                             {1, true},     {0, false},   {0.1, false}};
    ev_calibration c;
    assert_true(ev_calibration_of(cases, 6, &c));
    double brier = (0.0025 + 0.95 * 0.95 + 0.0025 + 0 + 0 + 0.01) / 6;
    assert_true(fabs(c.brier - brier) < 1e-15);
    assert_true(c.bins[0].positive.n == 3 && c.bins[0].positive.hits == 1);
    assert_true(fabs(c.bins[0].mean - 0.1 / 3) < 1e-15);
    assert_true(c.bins[1].positive.n == 1 && c.bins[1].positive.hits == 0);
    assert_true(c.bins[9].positive.n == 2 && c.bins[9].positive.hits == 2);
    assert_true(c.bins[4].positive.n == 0 && isnan(c.bins[4].mean));
    double ece = (3 * (1.0 / 3 - 0.1 / 3) + 1 * 0.1 + 2 * (1 - 0.975)) / 6;
    assert_true(fabs(c.ece - ece) < 1e-15);
}

static void what_is_no_probability_has_no_calibration(void **state)
{
    (void)state;
    const ev_case high[] = {{0.5, true}, {1.0000001, false}};
    const ev_case low[] = {{-0.1, true}};
    ev_calibration c = {.brier = 7};
    assert_false(ev_calibration_of(high, 2, &c));
    assert_false(ev_calibration_of(low, 1, &c));
    assert_false(ev_calibration_of(low, 0, &c));
    assert_true(c.brier == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worked_example_is_met),
        cmocka_unit_test(what_is_no_probability_has_no_calibration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
