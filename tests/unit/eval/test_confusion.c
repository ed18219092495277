#include "eval/confusion.h"

#include <math.h>

#include "support/test.h"

static void rates_are_those_of_the_four_counts(void **state)
{
    (void)state;
    const ev_confusion c = {.tp = 40, .fp = 18, .tn = 85, .fn = 9};
    ev_rates r = ev_rates_of(&c);
    assert_true(r.sensitivity.hits == 40 && r.sensitivity.n == 49);
    assert_true(r.specificity.hits == 85 && r.specificity.n == 103);
    assert_true(r.ppv.hits == 40 && r.ppv.n == 58);
    assert_true(r.npv.hits == 85 && r.npv.n == 94);
    assert_true(r.accuracy.hits == 125 && r.accuracy.n == 152);
    assert_true(fabs(r.f1 - 80.0 / 107) < 1e-15);
}

static void kappa_is_what_the_textbook_has(void **state)
{
    (void)state;
    /* Two readers of 50 grants: 20 yes by both, 15 no by both, 5 and 10. */
    const ev_confusion c = {.tp = 20, .fp = 5, .fn = 10, .tn = 15};
    ev_kappa k = ev_rates_of(&c).kappa;
    assert_true(fabs(k.value - 0.4) < 1e-12);
    assert_true(k.low < 0.4 && k.high > 0.4);
}

/* The variance by the delta method with numerical derivatives: kappa is a
 * function of four proportions of a multinomial. */
static double kappa_at(const double p[4])
{
    double n = p[0] + p[1] + p[2] + p[3];
    double agree = (p[0] + p[3]) / n;
    double chance =
        ((p[0] + p[1]) * (p[0] + p[2]) + (p[3] + p[1]) * (p[3] + p[2])) /
        (n * n);
    return (agree - chance) / (1 - chance);
}

static void its_interval_follows_from_the_delta_method(void **state)
{
    (void)state;
    const ev_confusion c = {.tp = 40, .fp = 18, .fn = 9, .tn = 85};
    const double n = 152;
    double p[4] = {40 / n, 18 / n, 9 / n, 85 / n};
    double mean = 0;
    double square = 0;
    for (int i = 0; i < 4; i++) {
        double at = p[i];
        p[i] = at + 1e-6;
        double up = kappa_at(p);
        p[i] = at - 1e-6;
        double slope = (up - kappa_at(p)) / 2e-6;
        p[i] = at;
        mean += at * slope;
        square += at * slope * slope;
    }
    double half = 1.959963984540054 * sqrt((square - mean * mean) / n);
    ev_kappa k = ev_rates_of(&c).kappa;
    assert_true(fabs(k.value - kappa_at(p)) < 1e-12);
    assert_true(fabs(k.low - (k.value - half)) < 1e-7);
    assert_true(fabs(k.high - (k.value + half)) < 1e-7);
}

static void perfect_opposed_and_empty_are_told_apart(void **state)
{
    (void)state;
    ev_kappa k = ev_rates_of(&(ev_confusion){.tp = 5, .tn = 5}).kappa;
    assert_true(k.value == 1 && k.high == 1);
    k = ev_rates_of(&(ev_confusion){.fp = 5, .fn = 5}).kappa;
    assert_true(fabs(k.value + 1) < 1e-12);
    k = ev_rates_of(&(ev_confusion){.tn = 9}).kappa;
    assert_true(isnan(k.value));
    ev_rates none = ev_rates_of(&(ev_confusion){.tp = 0});
    assert_true(isnan(none.kappa.value) && isnan(none.f1));
    assert_true(isnan(none.accuracy.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_those_of_the_four_counts),
        cmocka_unit_test(kappa_is_what_the_textbook_has),
        cmocka_unit_test(its_interval_follows_from_the_delta_method),
        cmocka_unit_test(perfect_opposed_and_empty_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
