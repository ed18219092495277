#include <string.h>

#include "eval/clinical.h"
#include "support/json.h"
#include "support/picture.h"
#include "support/study.h"

static void run(void **state, ev_study *s, ev_clinical *c)
{
    const ev_clinical_spec spec = {.radius = 5,
                                   .threshold = 0.5,
                                   .malignant = 0.5,
                                   .bootstrap = {0, 1, 0.95}};
    study_by_chance(*state, 12, 40, s);
    assert_int_equal(ev_clinical_run(s, &spec, NULL, c, NULL), 0);
    assert_true(c->has_malignancy);
}

static void json_has_every_number(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    CS_AUTO(cs_doc) doc = NULL;
    cs_json w;
    run(state, &s, &c);
    cs_json_init(&w, &out, CS_JSON_COMPACT);
    cs_json_open_object(&w);
    ev_clinical_json(&c, &w);
    cs_json_close_object(&w);
    assert_int_equal(cs_json_finish(&w), 0);
    assert_int_equal(
        cs_doc_parse_json(out.data, out.len, "x", NULL, &doc, NULL), 0);
    assert_true(json_number(doc, "threshold") == 0.5);
    assert_true(json_number(doc, "detection.sensitivity.value") ==
                c.sensitivity.value);
    assert_string_equal(json_text(doc, "detection.sensitivity_by_size.0.name"),
                        "below 3 mm");
    assert_true(json_number(doc, "detection.false_positives_per_scan.sd") ==
                c.fp.sd);
    assert_true(json_number(doc, "malignancy.judged") ==
                (double)c.malignancy.judged);
    assert_true(json_number(doc, "malignancy.auc.value") ==
                c.malignancy.classes.roc.auc);
    assert_true(json_number(doc, "all_marks.counts.scans") == 40);
}

static void texts_name_what_was_measured(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    CS_SCOPED(cs_strbuf) en = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) zh = CS_STRBUF_INIT;
    run(state, &s, &c);
    assert_int_equal(ev_clinical_text(&c, CS_LANG_EN, false, &en, NULL), 0);
    assert_non_null(strstr(en.data, "probability 0.5 or more less than 5 mm"));
    assert_non_null(strstr(en.data, "Over all 40 scans"));
    assert_non_null(strstr(en.data, "Cohen's kappa"));
    assert_int_equal(ev_clinical_text(&c, CS_LANG_ZH, true, &zh, NULL), 0);
    assert_non_null(strstr(zh.data, "## 所找到结节的良恶性"));
    assert_non_null(strstr(zh.data, "(sizes.png)"));
}

static void every_picture_of_the_report_is_among_the_files(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    ev_files f = EV_FILES_INIT;
    run(state, &s, &c);
    assert_int_equal(ev_clinical_text(&c, CS_LANG_EN, true, &text, NULL), 0);
    assert_int_equal(ev_clinical_files(&c, CS_LANG_EN, &f, NULL), 0);
    size_t pictures = 0;
    for (const char *at = text.data; (at = strstr(at, "](")); pictures++) {
        char name[64];
        at += 2;
        size_t n = strcspn(at, ")");
        assert_in_range(n, 1, sizeof(name) - 1);
        memcpy(name, at, n);
        name[n] = '\0';
        assert_true(file_named(&f, name)->content.len > 1000);
    }
    assert_int_equal(pictures, 7);
    ev_files_done(&f);
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(json_has_every_number),
        T(texts_name_what_was_measured),
        T(every_picture_of_the_report_is_among_the_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
