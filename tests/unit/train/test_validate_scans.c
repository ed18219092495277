#include <math.h>

#include "train/learner.h"
#include "train/validate.h"
#include "train/world_run.h"

static void nodule(ev_study *s, uint32_t scan, double x, double mm,
                   bool excluded)
{
    const ev_nodule v = {.scan = scan,
                         .type = -1,
                         .at = {x, 0, 0},
                         .diameter = mm,
                         .malignant = -1,
                         .excluded = excluded};
    assert_int_equal(cs_vec_push(&s->nodules, v), 0);
}

static void mark(ev_study *s, uint32_t scan, double x, double score)
{
    const ev_mark m = {.scan = scan,
                       .called = -1,
                       .at = {x, 0, 0},
                       .probability = score,
                       .malignancy = (double)NAN};
    assert_int_equal(cs_vec_push(&s->marks, m), 0);
}

/* Two scans, so half a false positive a scan is one. Of four nodules three are
 * found: at 0.9 before any false positive, at 0.7 after one, at 0.5 after
 * three. */
static void study_make(ev_study *s)
{
    s->scan_count = 2;
    nodule(s, 1, 100, 8, false);
    nodule(s, 0, 0, 8, false);
    nodule(s, 0, 50, 4, false);
    nodule(s, 1, 0, 10, false);
    nodule(s, 1, 200, 10, true);
    mark(s, 0, 1, 0.9);
    mark(s, 1, 300, 0.8);
    mark(s, 0, 51, 0.7);
    mark(s, 0, 300, 0.6);
    mark(s, 1, 400, 0.6);
    mark(s, 1, 201, 0.55);
    mark(s, 1, 101, 0.5);
    assert_int_equal(ev_study_group(s, NULL), 0);
}

static void near(const tr_verdict *v, const char *name, double value)
{
    double got = tr_verdict_get(v, name);
    if (!(fabs(got - value) < 1e-12))
        fail_msg("%s is %g, not %g", name, got, value);
}

/* Between points of the curve straight lines: from (0, 1/4) to (1/2, 2/4) the
 * rates of 1/8 and 1/4 lie on a step at (0, 1/4) … (1/2, 1/4). */
static void a_study_gives_the_curve_and_where_to_work(void **state)
{
    (void)state;
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    tr_verdict v = TR_VERDICT_INIT;
    study_make(&s);
    assert_int_equal(tr_judge_study(&s, &v, NULL), 0);
    near(&v, "sensitivity_0.125", 0.25);
    near(&v, "sensitivity_0.25", 0.25);
    near(&v, "sensitivity_0.5", 0.5);
    near(&v, "sensitivity_1", 0.5);
    near(&v, "sensitivity_2", 0.75);
    near(&v, "sensitivity_8", 0.75);
    near(&v, "cpm", (0.25 * 2 + 0.5 * 2 + 0.75 * 3) / 7);
    assert_true(v.threshold == 0.7);
    /* Without the one of 4 mm: one of three at that rate. */
    near(&v, "sensitivity_6mm_0.5", 1.0 / 3);
}

static void ties_beyond_the_rate_do_not_pass(void **state)
{
    (void)state;
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    tr_verdict v = TR_VERDICT_INIT;
    s.scan_count = 2;
    nodule(&s, 0, 0, 8, false);
    mark(&s, 0, 0, 0.8);
    mark(&s, 0, 100, 0.6);
    mark(&s, 1, 100, 0.6);
    assert_int_equal(ev_study_group(&s, NULL), 0);
    assert_int_equal(tr_judge_study(&s, &v, NULL), 0);
    assert_true(v.threshold == 0.8);
}

static void nothing_found_is_0_and_works_at_a_half(void **state)
{
    (void)state;
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    tr_verdict v = TR_VERDICT_INIT;
    s.scan_count = 1;
    nodule(&s, 0, 0, 8, false);
    assert_int_equal(ev_study_group(&s, NULL), 0);
    assert_int_equal(tr_judge_study(&s, &v, NULL), 0);
    near(&v, "cpm", 0);
    assert_true(v.threshold == 0.5);
}

/* --- over scans --- */

typedef struct count {
    size_t calls, done, of;
} count;

static void tell(void *ctx, size_t done, size_t of)
{
    count *c = ctx;
    c->calls++;
    c->done = done;
    c->of = of;
}

static void all_scans_are_looked_at(void **state)
{
    world_run w;
    count c = {.calls = 0};
    const tr_watch watch = {.validating = tell, .ctx = &c};
    tr_dataset *data = NULL;
    tr_learner l = TR_LEARNER_INIT;
    tr_verdict v = TR_VERDICT_INIT;
    world_both(*state, 1, 3);
    world_run_init(&w, *state, MD_DETECT);
    w.plan.validation.scans = 2;
    const tr_dataset_spec spec = {
        .plan = &w.plan, .validation = true, .root = w.root, .cache = w.cache};
    assert_int_equal(tr_dataset_open(&spec, &w.run, &data, NULL), 0);
    assert_int_equal(tr_learner_init(&l, &w.plan, &w.run, 0, NULL), 0);
    const tr_judge j = {.plan = &w.plan,
                        .params = l.params,
                        .run = w.run,
                        .data = data,
                        .watch = &watch};
    assert_int_equal(tr_judge_scans(&j), 2);
    assert_int_equal(tr_validate_scans(&j, &v, NULL), 0);
    assert_true(c.calls == 3 && c.done == 2 && c.of == 2);
    assert_true(tr_verdict_get(&v, "cpm") >= 0);
    tr_learner_done(&l);
    tr_dataset_free(data);
}

#define FILES(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_study_gives_the_curve_and_where_to_work),
        cmocka_unit_test(ties_beyond_the_rate_do_not_pass),
        cmocka_unit_test(nothing_found_is_0_and_works_at_a_half),
        FILES(all_scans_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
