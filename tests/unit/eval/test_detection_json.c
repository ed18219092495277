#include "eval/detection.h"
#include "support/json.h"
#include "support/study.h"

static void every_number_is_in_its_place(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_detection) d = EV_DETECTION_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    CS_AUTO(cs_doc) doc = NULL;
    cs_json w;
    study_by_chance(*state, 4, 30, &s);
    const ev_detection_spec spec = {ev_rule_luna16(), {50, 8, 0.95}};
    assert_int_equal(ev_detection_run(&s, &spec, NULL, &d, NULL), 0);
    cs_json_init(&w, &out, CS_JSON_COMPACT);
    cs_json_open_object(&w);
    ev_detection_json(&d, &w);
    cs_json_close_object(&w);
    assert_int_equal(cs_json_finish(&w), 0);
    assert_int_equal(
        cs_doc_parse_json(out.data, out.len, "x", NULL, &doc, NULL), 0);
    assert_true(json_number(doc, "counts.scans") == 30);
    assert_true(json_number(doc, "counts.true_positives") ==
                (double)d.match.counts.tp);
    assert_true(json_number(doc, "counts.double_detections") ==
                (double)d.match.counts.doubles);
    assert_true(json_number(doc, "froc.fp_per_scan.0") == 0.125);
    assert_true(json_number(doc, "froc.sensitivities.6") == d.froc.at[6]);
    assert_true(json_number(doc, "froc.cpm") == d.froc.cpm);
    assert_true(json_number(doc, "bootstrap.samples") == 50);
    assert_true(json_number(doc, "bootstrap.seed") == 8);
    assert_true(json_number(doc, "bootstrap.sensitivities.3.low") ==
                d.bootstrap.at[3].low);
    assert_true(json_number(doc, "bootstrap.cpm.high") == d.bootstrap.cpm.high);
    assert_string_equal(json_text(doc, "strata.0.by"), "size");
    assert_string_equal(json_text(doc, "strata.0.name"),
                        d.strata.items[0].name);
    assert_true(json_number(doc, "strata.0.sensitivities.2") ==
                d.strata.items[0].at[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_number_is_in_its_place, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
