#include "eval/detection.h"

#include <math.h>

#include "support/study.h"

static void the_parts_fit_together(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_detection) d = EV_DETECTION_INIT;
    study_by_chance(*state, 4, 30, &s);
    const ev_detection_spec spec = {ev_rule_luna16(), {50, 1, 0.95}};
    assert_int_equal(ev_detection_run(&s, &spec, NULL, &d, NULL), 0);
    assert_int_equal(d.nodules, d.match.counts.tp + d.match.counts.fn);
    assert_int_equal(d.calls.len, d.match.counts.tp + d.match.counts.fp);
    assert_true(d.has_bootstrap && d.bootstrap.samples == 50);
    assert_true(fabs(d.bootstrap.cpm.mean - d.froc.cpm) < 0.1);
    assert_true(d.strata.len > 2);
    const ev_froc_point *last = &cs_vec_last(&d.froc.points);
    assert_true(last->tp == d.match.counts.tp && last->fp == d.match.counts.fp);
}

static void without_nodules_there_is_no_bootstrap(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_detection) d = EV_DETECTION_INIT;
    assert_int_equal(study_read(*state, "a\n", "scan,x,y,z,diameter\n", NULL,
                                "scan,x,y,z,score\na,1,2,3,4\n", &s, NULL),
                     0);
    const ev_detection_spec spec = {ev_rule_luna16(), {50, 1, 0.95}};
    assert_int_equal(ev_detection_run(&s, &spec, NULL, &d, NULL), 0);
    assert_true(!d.has_bootstrap && isnan(d.froc.cpm) && d.strata.len == 0);
    assert_true(d.match.counts.fp == 1 && d.nodules == 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_parts_fit_together),
        T(without_nodules_there_is_no_bootstrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
