#include "lung/confidence.h"

#include <math.h>

#include "support/test.h"

static double plain_logit(double p)
{
    return log(p / (1 - p));
}

static double plain_chance(double logit)
{
    return 1 / (1 + exp(-logit));
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static md_set make(bool check)
{
    md_set s = {.has_check = check};
    s.detect.card.calibration = (md_calibration){0.5, -1};
    s.detect.card.threshold = 0.3;
    s.check.card.calibration = (md_calibration){2, 0.25};
    s.check.card.threshold = 0.8;
    return s;
}

static void a_detector_alone_gives_its_calibrated_score(void **state)
{
    (void)state;
    md_set s = make(false);
    double want = plain_chance(0.5 * plain_logit(0.9) - 1);
    assert_true(near(lu_confidence(&s, 0.9, 77), want));
    assert_true(near(lu_detect_logit(&s, 0.9), plain_logit(want)));
}

static void a_check_has_half_the_say(void **state)
{
    (void)state;
    md_set s = make(true);
    double detect = 0.5 * plain_logit(0.9) - 1, check = 2 * 1.5 + 0.25;
    assert_true(
        near(lu_confidence(&s, 0.9, 1.5), plain_chance((detect + check) / 2)));
}

static void sensitivity_moves_the_threshold_by_three(void **state)
{
    (void)state;
    md_set one = make(false), two = make(true);
    double both = (plain_logit(0.3) + plain_logit(0.8)) / 2;
    assert_true(near(lu_threshold(&one, 0.5), 0.3));
    assert_true(near(lu_threshold(&two, 0.5), plain_chance(both)));
    assert_true(near(lu_threshold(&two, 1), plain_chance(both - 3)));
    assert_true(near(lu_threshold(&two, 0), plain_chance(both + 3)));
}

static void certainty_stays_finite(void **state)
{
    (void)state;
    md_set s = make(true);
    assert_true(isfinite(lu_logit(0)) && isfinite(lu_logit(1)));
    assert_true(lu_logit(0) < -15 && lu_logit(1) > 15);
    assert_true(isfinite(lu_confidence(&s, 1, 500)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_detector_alone_gives_its_calibrated_score),
        cmocka_unit_test(a_check_has_half_the_say),
        cmocka_unit_test(sensitivity_moves_the_threshold_by_three),
        cmocka_unit_test(certainty_stays_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
