#include "eval/roc.h"

#include <math.h>

#include "base/random.h"
#include "support/test.h"

#define N 237

/* Scores with many ties. */
static void make_cases(ev_case *cases, size_t n, uint64_t seed)
{
    cs_rng r = cs_rng_stream(seed, 0);
    for (size_t i = 0; i < n; i++) {
        cases[i].positive = cs_rng_below(&r, 3) == 0;
        double v = cs_rng_normal_f64(&r) + (cases[i].positive ? 1 : 0);
        cases[i].score = seed % 2 ? floor(v * 4) : v;
    }
}

/* How a positive and a negative case compare: DeLong's kernel. */
static double beats(const ev_case *a, const ev_case *b)
{
    return a->score > b->score ? 1 : a->score == b->score ? 0.5 : 0;
}

/* Part of the other kind that case `i` beats, or is beaten by. */
static double component(const ev_case *c, size_t n, size_t i)
{
    double sum = 0;
    double others = 0;
    for (size_t k = 0; k < n; k++) {
        if (c[k].positive == c[i].positive)
            continue;
        others++;
        sum += c[i].positive ? beats(&c[i], &c[k]) : beats(&c[k], &c[i]);
    }
    return sum / others;
}

/* Variance over m of the components of one kind, and their mean. */
static double variance_part(const ev_case *c, size_t n, bool kind,
                            double *ret_mean)
{
    double mean = 0;
    double m = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (c[i].positive != kind)
            continue;
        m++;
        mean += component(c, n, i);
    }
    mean /= m;
    for (size_t i = 0; i < n; i++) {
        double off = component(c, n, i) - mean;
        sum += c[i].positive == kind ? off * off : 0;
    }
    *ret_mean = mean;
    return sum / (m - 1) / m;
}

static void area_and_error_are_delongs_by_all_pairs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        ev_case cases[N];
        make_cases(cases, N, seed);
        double auc;
        double again;
        double variance = variance_part(cases, N, true, &auc) +
                          variance_part(cases, N, false, &again);
        CS_SCOPED(ev_roc) r = EV_ROC_INIT;
        assert_int_equal(ev_roc_of(cases, N, &r, NULL), 0);
        assert_true(fabs(auc - again) < 1e-12);
        assert_true(fabs(r.auc - auc) < 1e-12);
        assert_true(fabs(r.se - sqrt(variance)) < 1e-12);
        assert_true(fabs(r.high - fmin(1, auc + 1.959963984540054 * r.se)) <
                    1e-12);
    }
}

static void points_count_what_a_threshold_calls(void **state)
{
    (void)state;
    ev_case cases[N];
    make_cases(cases, N, 3);
    CS_SCOPED(ev_roc) r = EV_ROC_INIT;
    assert_int_equal(ev_roc_of(cases, N, &r, NULL), 0);
    double area = 0;
    for (size_t i = 0; i < r.points.len; i++) {
        const ev_roc_point *p = &r.points.items[i];
        size_t tp = 0;
        size_t fp = 0;
        for (size_t k = 0; k < N; k++) {
            bool call = cases[k].score >= p->threshold;
            tp += call && cases[k].positive;
            fp += call && !cases[k].positive;
        }
        assert_true(p->tp == tp && p->fp == fp);
        if (i == 0)
            continue;
        assert_true(p->threshold < p[-1].threshold);
        area += (double)(p[0].fp - p[-1].fp) * (double)(p[0].tp + p[-1].tp) / 2;
    }
    area /= (double)r.positives * (double)r.negatives;
    assert_true(fabs(area - r.auc) < 1e-12);
    assert_true(cs_vec_last(&r.points).tp == r.positives);
    assert_true(cs_vec_last(&r.points).fp == r.negatives);
}

static void small_examples_have_the_known_values(void **state)
{
    (void)state;
    /* The example in scikit-learn's documentation. */
    const ev_case cases[] = {
        {0.1, false}, {0.4, false}, {0.35, true}, {0.8, true}};
    CS_SCOPED(ev_roc) r = EV_ROC_INIT;
    assert_int_equal(ev_roc_of(cases, 4, &r, NULL), 0);
    assert_true(fabs(r.auc - 0.75) < 1e-15);
    assert_true(fabs(r.average_precision - 5.0 / 6) < 1e-12);
    const ev_case same[] = {{1, false}, {1, true}, {1, true}, {1, false}};
    CS_SCOPED(ev_roc) flat = EV_ROC_INIT;
    assert_int_equal(ev_roc_of(same, 4, &flat, NULL), 0);
    assert_true(flat.auc == 0.5 && flat.points.len == 2);
}

static void perfect_scores_have_area_one(void **state)
{
    (void)state;
    const ev_case cases[] = {{3, true}, {2, true}, {1, false}, {-1, false}};
    CS_SCOPED(ev_roc) r = EV_ROC_INIT;
    assert_int_equal(ev_roc_of(cases, 4, &r, NULL), 0);
    assert_true(r.auc == 1 && r.se == 0 && r.low == 1 && r.high == 1);
    assert_true(r.average_precision == 1);
}

static void one_kind_or_nothing_has_no_area(void **state)
{
    (void)state;
    const ev_case cases[] = {{3, true}, {2, true}};
    CS_SCOPED(ev_roc) one = EV_ROC_INIT;
    CS_SCOPED(ev_roc) none = EV_ROC_INIT;
    assert_int_equal(ev_roc_of(cases, 2, &one, NULL), 0);
    assert_true(isnan(one.auc) && isnan(one.se) && one.positives == 2);
    assert_int_equal(ev_roc_of(cases, 0, &none, NULL), 0);
    assert_true(isnan(none.auc) && none.points.len == 1);
    const ev_case two[] = {{3, true}, {2, false}};
    CS_SCOPED(ev_roc) pair = EV_ROC_INIT;
    assert_int_equal(ev_roc_of(two, 2, &pair, NULL), 0);
    assert_true(pair.auc == 1 && isnan(pair.se));
}

static void operating_points_keep_what_they_promise(void **state)
{
    (void)state;
    ev_case cases[N];
    make_cases(cases, N, 2);
    CS_SCOPED(ev_roc) r = EV_ROC_INIT;
    assert_int_equal(ev_roc_of(cases, N, &r, NULL), 0);
    size_t sens = ev_roc_at_sensitivity(&r, 0.95);
    size_t spec = ev_roc_at_specificity(&r, 0.95);
    const ev_roc_point *p = r.points.items;
    assert_true(ev_roc_sensitivity(&r, p + sens) >= 0.95);
    assert_true(ev_roc_sensitivity(&r, p + sens - 1) < 0.95);
    assert_true(ev_roc_specificity(&r, p + spec) >= 0.95);
    assert_true(ev_roc_specificity(&r, p + spec + 1) < 0.95);
    size_t best = ev_roc_youden(&r);
    double most =
        ev_roc_sensitivity(&r, p + best) + ev_roc_specificity(&r, p + best);
    for (size_t i = 0; i < r.points.len; i++)
        assert_true(ev_roc_sensitivity(&r, p + i) +
                        ev_roc_specificity(&r, p + i) <=
                    most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_and_error_are_delongs_by_all_pairs),
        cmocka_unit_test(points_count_what_a_threshold_calls),
        cmocka_unit_test(small_examples_have_the_known_values),
        cmocka_unit_test(perfect_scores_have_area_one),
        cmocka_unit_test(one_kind_or_nothing_has_no_area),
        cmocka_unit_test(operating_points_keep_what_they_promise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
