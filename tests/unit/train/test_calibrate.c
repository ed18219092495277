#include "train/calibrate.h"

#include <math.h>

#include "base/random.h"
#include "support/test.h"

#define N 400

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

/* Logits that are wrong by a known line: the truth of x is logistic(a x + b).
 */
static void cases(double a, double b, double *logits, bool *positive)
{
    cs_rng r = cs_rng_stream(5, 0);
    for (size_t i = 0; i < N; i++) {
        logits[i] = 6 * cs_rng_uniform_f64(&r) - 3;
        positive[i] = cs_rng_uniform_f64(&r) < logistic(a * logits[i] + b);
    }
}

/* At the best line both derivatives of the loss, which has one lowest point,
 * are 0. */
static void the_line_is_the_best_one(void **state)
{
    (void)state;
    double x[N];
    bool y[N];
    cases(2, -1, x, y);
    md_calibration c = tr_calibrate(x, y, N);
    double yes = 0;
    for (size_t i = 0; i < N; i++)
        yes += y[i];
    double by_a = 0;
    double by_b = 0;
    for (size_t i = 0; i < N; i++) {
        double t = y[i] ? (yes + 1) / (yes + 2) : 1 / (N - yes + 2);
        by_a += (logistic(c.a * x[i] + c.b) - t) * x[i];
        by_b += logistic(c.a * x[i] + c.b) - t;
    }
    assert_true(fabs(by_a) < 1e-4 && fabs(by_b) < 1e-4);
    assert_true(fabs(c.a - 2) < 0.5 && fabs(c.b + 1) < 0.5);
}

/* Nothing bounds the slope but Platt's targets. */
static void what_is_told_apart_without_fault_stays_finite(void **state)
{
    (void)state;
    const double far[] = {-900, -30, -2, 3, 40, 1000};
    const double x[] = {-9, -3, -2, 2.5, 3, 8};
    const bool y[] = {false, false, false, true, true, true};
    md_calibration c = tr_calibrate(far, y, CS_COUNTOF(far));
    assert_true(isfinite(c.a) && isfinite(c.b) && c.a > 0);
    c = tr_calibrate(x, y, CS_COUNTOF(x));
    assert_true(isfinite(c.a) && isfinite(c.b) && c.a > 0);
    assert_true(tr_calibrated(&c, 3) > 0.5 && tr_calibrated(&c, -2) < 0.5);
}

static void is_identity(md_calibration c)
{
    assert_true(c.a == 1 && c.b == 0);
}

static void nothing_to_go_by_changes_nothing(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4};
    const double bad[] = {1, (double)NAN, 3, 4};
    const bool yes[] = {true, true, true, true};
    const bool no[] = {false, false, false, false};
    const bool falling[] = {true, true, false, false};
    const bool rising[] = {false, false, true, true};
    is_identity(tr_calibrate(x, yes, 4));
    is_identity(tr_calibrate(x, no, 4));
    is_identity(tr_calibrate(x, yes, 0));
    is_identity(tr_calibrate(x, falling, 4));
    is_identity(tr_calibrate(bad, rising, 4));
    assert_true(tr_calibrate(x, rising, 4).b < 0);
}

static void a_probability_is_that_of_the_line(void **state)
{
    (void)state;
    const md_calibration c = {2, -1};
    assert_true(fabs(tr_calibrated(&c, 0.75) - logistic(0.5)) < 1e-14);
    assert_true(tr_calibrated(&c, 1e6) == 1);
    assert_true(tr_calibrated(&c, -1e6) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_the_best_one),
        cmocka_unit_test(what_is_told_apart_without_fault_stays_finite),
        cmocka_unit_test(nothing_to_go_by_changes_nothing),
        cmocka_unit_test(a_probability_is_that_of_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
