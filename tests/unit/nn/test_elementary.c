#include "nn/elementary.h"

#include <math.h>

#include "base/random.h"
#include "support/test.h"

/* Distance of a from b in units of b's last place. */
static double ulps(double a, double b)
{
    if (a == b)
        return 0;
    return fabs(a - b) / (nextafter(fabs(b), (double)INFINITY) - fabs(b));
}

/* The largest such distance of f from libm's g over [low, high]. */
static double worst(double (*f)(double), double (*g)(double), double low,
                    double high)
{
    cs_rng r = cs_rng_stream(7, 0);
    double most = 0;
    for (int i = 0; i < 100000; i++) {
        double x = low + (high - low) * cs_rng_uniform_f64(&r);
        most = fmax(most, ulps(f(x), g(x)));
    }
    return most;
}

static void exponentials_agree_with_libm(void **state)
{
    (void)state;
    assert_true(worst(nn_exp, exp, -1, 1) <= 2);
    assert_true(worst(nn_exp, exp, -708, 709) <= 2);
    assert_true(nn_exp(0) == 1);
    assert_true(nn_exp(-1e4) == 0);
    assert_true(nn_exp(-740) > 0);
    assert_true(isinf(nn_exp(1e4)));
    assert_true(isinf(nn_exp((double)INFINITY)));
    assert_true(nn_exp(-(double)INFINITY) == 0);
    assert_true(isnan(nn_exp((double)NAN)));
}

static void logarithms_agree_with_libm(void **state)
{
    (void)state;
    assert_true(worst(nn_log, log, 0.5, 2) <= 2);
    assert_true(worst(nn_log, log, 1e-300, 1e-290) <= 2);
    assert_true(worst(nn_log, log, 1, 1e300) <= 2);
    assert_true(ulps(nn_log(0x1p-1070), log(0x1p-1070)) <= 2);
    assert_true(nn_log(1) == 0);
    assert_true(isinf(nn_log(0)) && nn_log(0) < 0);
    assert_true(isnan(nn_log(-1)));
    assert_true(isnan(nn_log((double)NAN)));
    assert_true(isinf(nn_log((double)INFINITY)));
}

static void log1p_keeps_what_one_would_swallow(void **state)
{
    (void)state;
    assert_true(worst(nn_log1p, log1p, -0.5, 1) <= 3);
    assert_true(worst(nn_log1p, log1p, 0, 1e-6) <= 3);
    assert_true(worst(nn_log1p, log1p, 1, 1e9) <= 3);
    assert_true(nn_log1p(1e-300) == 1e-300);
    assert_true(nn_log1p(0) == 0);
    assert_true(isnan(nn_log1p(-2)));
}

static double cos_pi_by_libm(double x)
{
    return cos(acos(-1) * x);
}

static void cosine_is_exact_at_its_landmarks(void **state)
{
    (void)state;
    assert_true(nn_cos_pi(0) == 1);
    assert_true(nn_cos_pi(0.5) == 0);
    assert_true(nn_cos_pi(1) == -1);
    assert_true(nn_cos_pi(-2) == 1);
    assert_true(nn_cos_pi(7.5) == 0);
    for (double x = -2; x <= 2; x += 0x1p-10)
        assert_true(fabs(nn_cos_pi(x) - cos_pi_by_libm(x)) < 1e-15);
}

static void powers_are_products(void **state)
{
    (void)state;
    assert_true(nn_pow_int(0.5, 0) == 1);
    assert_true(nn_pow_int(0, 0) == 1);
    assert_true(nn_pow_int(-2, 5) == -32);
    assert_true(ulps(nn_pow_int(0.999, 1000000), pow(0.999, 1e6)) < 1e6);
    assert_true(fabs(nn_pow_int(0.9, 37) / pow(0.9, 37) - 1) < 1e-14);
}

static void logistic_stays_finite_and_sharp(void **state)
{
    (void)state;
    nn_logistic a = nn_logistic_at(1e4);
    assert_true(a.pos == 1 && a.neg == 0);
    assert_true(a.minus_log_pos == 0 && a.minus_log_neg == 1e4);
    nn_logistic b = nn_logistic_at(-1e4);
    assert_true(b.pos == 0 && b.neg == 1);
    assert_true(b.minus_log_pos == 1e4 && b.minus_log_neg == 0);
    nn_logistic c = nn_logistic_at(-40);
    assert_true(ulps(c.pos, exp(-40)) < 8);
    nn_logistic d = nn_logistic_at(0);
    assert_true(d.pos == 0.5 && d.neg == 0.5);
    assert_true(isnan(nn_logistic_at((double)NAN).pos));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponentials_agree_with_libm),
        cmocka_unit_test(logarithms_agree_with_libm),
        cmocka_unit_test(log1p_keeps_what_one_would_swallow),
        cmocka_unit_test(cosine_is_exact_at_its_landmarks),
        cmocka_unit_test(powers_are_products),
        cmocka_unit_test(logistic_stays_finite_and_sharp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
