#include "eval/bootstrap.h"

#include <math.h>

#include "support/study.h"

#define SCANS 40

typedef struct made {
    ev_study study;
    ev_match match;
    ev_calls calls;
    uint32_t nodules[SCANS];
} made;

static void make(const char *dir, made *ret)
{
    const ev_rule rule = {.marks_max = 100, .threshold = -(double)INFINITY};
    *ret = (made){.study = EV_STUDY_INIT};
    study_by_chance(dir, 5, SCANS, &ret->study);
    assert_int_equal(ev_match_study(&ret->study, &rule, &ret->match, NULL), 0);
    assert_int_equal(ev_calls_of(&ret->study, &ret->match, &ret->calls, NULL),
                     0);
    for (size_t i = 0; i < ret->study.nodules.len; i++)
        ret->nodules[ret->study.nodules.items[i].scan] +=
            !ret->study.nodules.items[i].excluded;
}

static void made_done(made *m)
{
    ev_study_done(&m->study);
    ev_match_done(&m->match);
    cs_vec_done(&m->calls);
}

/* Sample `i` written out: every drawn scan's calls, copied as often as it was
 * drawn, and the curve of them. */
static double sample_cpm(const made *m, uint64_t seed, size_t sample,
                         double at[EV_FROC_RATES])
{
    cs_rng root = cs_rng_stream(seed, 0);
    cs_rng rng = cs_rng_derive(&root, "froc-bootstrap", sample);
    ev_calls calls = CS_VEC_INIT;
    CS_SCOPED(ev_froc) f = EV_FROC_INIT;
    uint32_t drawn[SCANS] = {0};
    size_t nodules = 0;
    for (size_t i = 0; i < SCANS; i++) {
        size_t scan = (size_t)cs_rng_below(&rng, SCANS);
        drawn[scan]++;
        nodules += m->nodules[scan];
    }
    for (size_t i = 0; i < m->calls.len; i++)
        for (uint32_t k = 0; k < drawn[m->calls.items[i].scan]; k++)
            assert_int_equal(cs_vec_push(&calls, m->calls.items[i]), 0);
    assert_int_equal(ev_froc_of(&calls, nodules, SCANS, &f, NULL), 0);
    cs_vec_done(&calls);
    memcpy(at, f.at, sizeof(f.at));
    return f.cpm;
}

static void means_are_those_of_samples_written_out(void **state)
{
    made m;
    make(*state, &m);
    const ev_bootstrap_spec spec = {30, 77, 0.95};
    ev_bootstrap b;
    assert_int_equal(
        ev_bootstrap_froc(&m.calls, m.nodules, SCANS, &spec, NULL, &b, NULL),
        0);
    double mean[EV_FROC_RATES] = {0};
    double cpm = 0;
    double least = 1;
    double most = 0;
    for (size_t i = 0; i < 30; i++) {
        double at[EV_FROC_RATES];
        double own = sample_cpm(&m, 77, i, at);
        cpm += own / 30;
        least = fmin(least, own);
        most = fmax(most, own);
        for (size_t k = 0; k < EV_FROC_RATES; k++)
            mean[k] += at[k] / 30;
    }
    assert_int_equal(b.samples, 30);
    assert_true(fabs(b.cpm.mean - cpm) < 1e-12);
    for (size_t k = 0; k < EV_FROC_RATES; k++)
        assert_true(fabs(b.at[k].mean - mean[k]) < 1e-12);
    /* floor(0.025 * 30) = 0, floor(0.975 * 30) = 29 */
    assert_true(fabs(b.cpm.low - least) < 1e-12);
    assert_true(fabs(b.cpm.high - most) < 1e-12);
    made_done(&m);
}

static void threads_do_not_change_a_bit_and_the_seed_does(void **state)
{
    made m;
    make(*state, &m);
    ev_bootstrap_spec spec = {200, 1, 0.95};
    ev_bootstrap one;
    ev_bootstrap three;
    ev_bootstrap other;
    CS_AUTO(cs_pool) pool = NULL;
    memset(&one, 0, sizeof(one));
    memset(&three, 0, sizeof(three));
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    assert_int_equal(
        ev_bootstrap_froc(&m.calls, m.nodules, SCANS, &spec, NULL, &one, NULL),
        0);
    assert_int_equal(ev_bootstrap_froc(&m.calls, m.nodules, SCANS, &spec, pool,
                                       &three, NULL),
                     0);
    assert_memory_equal(&one, &three, sizeof(one));
    spec.seed = 2;
    assert_int_equal(ev_bootstrap_froc(&m.calls, m.nodules, SCANS, &spec, pool,
                                       &other, NULL),
                     0);
    assert_true(other.cpm.mean != one.cpm.mean);
    for (size_t i = 0; i < EV_BAND_POINTS; i++)
        assert_true(one.band[i].low <= one.band[i].mean &&
                    one.band[i].mean <= one.band[i].high);
    assert_true(one.rate[0] == 0.125 && one.rate[EV_BAND_STEPS] == 8);
    made_done(&m);
}

static void samples_without_nodules_are_left_out(void **state)
{
    (void)state;
    ev_call list[] = {{9, 0, 0}, {8, 1, -1}};
    ev_calls calls = {list, 2, 0};
    const uint32_t nodules[] = {1, 0};
    const uint32_t none[] = {0, 0};
    const ev_bootstrap_spec spec = {400, 1, 0.95};
    ev_bootstrap b;
    assert_int_equal(
        ev_bootstrap_froc(&calls, nodules, 2, &spec, NULL, &b, NULL), 0);
    assert_in_range(b.samples, 260, 340); /* three of four */
    assert_true(b.at[6].mean == 1);
    assert_int_equal(ev_bootstrap_froc(&calls, none, 2, &spec, NULL, &b, NULL),
                     CS_E_RANGE);
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(means_are_those_of_samples_written_out),
        T(threads_do_not_change_a_bit_and_the_seed_does),
        cmocka_unit_test(samples_without_nodules_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
