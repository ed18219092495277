#include "eval/classes.h"

#include <math.h>

#include "support/json.h"

static const ev_case cases[] = {{0.9, true},  {0.8, true},  {0.7, false},
                                {0.6, true},  {0.4, false}, {0.3, true},
                                {0.2, false}, {0.1, false}};
static const ev_confusion counts = {.tp = 3, .fp = 1, .fn = 1, .tn = 3};

static void scores_give_areas_points_and_calibration(void **state)
{
    (void)state;
    CS_SCOPED(ev_classes) c = EV_CLASSES_INIT;
    assert_int_equal(ev_classes_of(cases, 8, &counts, &c, NULL), 0);
    assert_true(c.has_scores && c.has_calibration);
    assert_true(fabs(c.roc.auc - 13.0 / 16) < 1e-15);
    const ev_operating *o = c.operating;
    assert_true(o[0].threshold == 0.8 && o[0].counts.tp == 2);
    assert_true(o[1].threshold == 0.3 && o[1].counts.fp == 2);
    assert_true(o[2].threshold == 0.8 && o[2].counts.tn == 4);
}

static void scores_beyond_one_have_no_calibration(void **state)
{
    (void)state;
    const ev_case far[] = {{7, true}, {-3, false}};
    CS_SCOPED(ev_classes) c = EV_CLASSES_INIT;
    assert_int_equal(ev_classes_of(far, 2, &counts, &c, NULL), 0);
    assert_true(c.has_scores && !c.has_calibration);
}

static void one_kind_is_told_by_its_calls_alone(void **state)
{
    (void)state;
    CS_SCOPED(ev_classes) c = EV_CLASSES_INIT;
    CS_SCOPED(ev_classes) none = EV_CLASSES_INIT;
    assert_int_equal(ev_classes_of(cases, 2, &counts, &c, NULL), 0);
    assert_true(!c.has_scores && !c.has_calibration && c.counts.tp == 3);
    assert_int_equal(ev_classes_of(NULL, 0, &counts, &none, NULL), 0);
    assert_false(none.has_scores);
}

static void json_has_every_number(void **state)
{
    (void)state;
    CS_SCOPED(ev_classes) c = EV_CLASSES_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    CS_AUTO(cs_doc) doc = NULL;
    cs_json w;
    assert_int_equal(ev_classes_of(cases, 8, &counts, &c, NULL), 0);
    cs_json_init(&w, &out, CS_JSON_COMPACT);
    cs_json_open_object(&w);
    ev_classes_json(&c, &w);
    cs_json_close_object(&w);
    assert_int_equal(cs_json_finish(&w), 0);
    assert_int_equal(
        cs_doc_parse_json(out.data, out.len, "x", NULL, &doc, NULL), 0);
    assert_true(json_number(doc, "calls.tp") == 3);
    assert_true(json_number(doc, "calls.sensitivity.value") == 0.75);
    assert_true(json_number(doc, "calls.npv.n") == 4);
    assert_true(json_number(doc, "calls.kappa.value") == 0.5);
    assert_true(json_number(doc, "auc.value") == c.roc.auc);
    assert_true(json_number(doc, "auc.low") == c.roc.low);
    assert_true(json_number(doc, "average_precision") ==
                c.roc.average_precision);
    assert_true(json_number(doc, "operating_points.1.threshold") == 0.3);
    assert_true(json_number(doc, "operating_points.1.fp") == 2);
    assert_true(json_number(doc, "calibration.brier") == c.calibration.brier);
    assert_true(json_number(doc, "calibration.bins.9.positive.n") == 1);
    assert_int_equal(json_node(doc, "calibration.bins.5.mean")->kind,
                     CS_NODE_NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_give_areas_points_and_calibration),
        cmocka_unit_test(scores_beyond_one_have_no_calibration),
        cmocka_unit_test(one_kind_is_told_by_its_calls_alone),
        cmocka_unit_test(json_has_every_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
