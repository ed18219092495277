#include "detect/focal.h"

#include "support/test.h"

static double plain(double x, int yes, double gamma)
{
    double p = 1 / (1 + exp(-x));
    return yes ? -pow(1 - p, gamma) * log(p) : -pow(p, gamma) * log(1 - p);
}

static void expect(double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance * (1 + fabs(wanted))))
        fail_msg("%.12g, expected %.12g", got, wanted);
}

static void value_and_slope_are_the_definition(void **state)
{
    (void)state;
    const double gammas[] = {0, 0.5, 1, 2, 4};
    for (size_t g = 0; g < CS_COUNTOF(gammas); g++)
        for (double x = -6; x <= 6; x += 0.75)
            for (int yes = 0; yes <= 1; yes++) {
                dt_point p = dt_focal(x, yes != 0, gammas[g]);
                expect(p.value, plain(x, yes, gammas[g]), 1e-9);
                double slope = (plain(x + 1e-5, yes, gammas[g]) -
                                plain(x - 1e-5, yes, gammas[g])) /
                               2e-5;
                expect(p.slope, slope, 1e-7);
            }
}

static void extreme_logits_stay_finite(void **state)
{
    (void)state;
    const double gammas[] = {0, 0.5, 2};
    for (size_t g = 0; g < CS_COUNTOF(gammas); g++)
        for (int yes = 0; yes <= 1; yes++) {
            dt_point wrong = dt_focal(yes ? -1e30 : 1e30, yes != 0, gammas[g]);
            expect(wrong.value, 1e30, 1e-12);
            dt_point right = dt_focal(yes ? 1e30 : -1e30, yes != 0, gammas[g]);
            assert_true(right.value == 0);
            assert_true(isfinite(right.slope));
            assert_true(isfinite(wrong.slope));
        }
}

static void not_a_number_stays_so(void **state)
{
    (void)state;
    assert_true(isnan(dt_focal((double)NAN, true, 2).value));
    assert_true(isnan(dt_focal((double)NAN, false, 0.5).slope));
    assert_true(isnan(dt_sigmoid((double)NAN)));
}

static void distances_are_squares_near_and_plain_far(void **state)
{
    (void)state;
    expect(dt_smooth_l1(0.1).value, 4.5 * 0.01, 1e-12);
    expect(dt_smooth_l1(-0.1).slope, -0.9, 1e-12);
    expect(dt_smooth_l1(-2).value, 2 - 1.0 / 18, 1e-12);
    expect(dt_smooth_l1(-2).slope, -1, 0);
    expect(dt_smooth_l1(3).slope, 1, 0);
}

static void sigmoid_is_the_logistic_function(void **state)
{
    (void)state;
    for (double x = -30; x <= 30; x += 0.5)
        expect(dt_sigmoid(x) * (1 + exp(-x)), 1, 1e-14);
    assert_true(dt_sigmoid(-1e300) == 0);
    assert_true(dt_sigmoid(1e300) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_and_slope_are_the_definition),
        cmocka_unit_test(extreme_logits_stay_finite),
        cmocka_unit_test(not_a_number_stays_so),
        cmocka_unit_test(distances_are_squares_near_and_plain_far),
        cmocka_unit_test(sigmoid_is_the_logistic_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
