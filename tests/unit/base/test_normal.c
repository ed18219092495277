#include "base/normal.h"

#include <math.h>

#include "support/test.h"

static void the_logarithm_is_that_of_libm(void **state)
{
    (void)state;
    for (double x = 1e-300; x < 1e300; x *= 1.37) {
        double ours = cs_log_portable(x), theirs = log(x);
        assert_true(fabs(ours - theirs) <= 4e-16 * fabs(theirs) + 1e-18);
    }
    assert_true(cs_log_portable(1) == 0);
}

/* Back through the distribution function, as erfc() gives it. */
static void the_quantile_inverts_the_distribution(void **state)
{
    (void)state;
    for (double p = 1e-12; p < 0.9999999; p = p < 0.01 ? p * 1.7 : p + 0.0037) {
        double x = cs_normal_quantile(p);
        double back = 0.5 * erfc(-x / sqrt(2));
        assert_true(fabs(back - p) <= 1e-13 * p + 1e-16);
    }
    assert_true(cs_normal_quantile(0.5) == 0);
}

static void the_quantile_is_odd_and_rises(void **state)
{
    (void)state;
    double last = -40;
    for (int i = 1; i < 1024; i++) {
        double p = i / 1024.0;
        double x = cs_normal_quantile(p);
        assert_true(x > last);
        assert_true(x == -cs_normal_quantile(1 - p));
        last = x;
    }
}

static void known_values_are_met(void **state)
{
    (void)state;
    assert_true(fabs(cs_normal_quantile(0.975) - 1.959963984540054) < 2e-15);
    assert_true(fabs(cs_normal_quantile(0.01) + 2.326347874040841) < 2e-15);
    assert_true(fabs(cs_normal_quantile(1e-9) + 5.997807015007687) < 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_logarithm_is_that_of_libm),
        cmocka_unit_test(the_quantile_inverts_the_distribution),
        cmocka_unit_test(the_quantile_is_odd_and_rises),
        cmocka_unit_test(known_values_are_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
