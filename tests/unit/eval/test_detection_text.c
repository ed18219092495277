#include <string.h>

#include "eval/detection.h"
#include "support/study.h"

#define SCANS "a\nb\n"
#define NODULES                                                                \
    "scan,x,y,z,diameter,type\na,0,0,0,4,a|b\nb,0,0,0,12,soft\n"               \
    "z,0,0,0,12,soft\n"
#define MARKS "scan,x,y,z,score\na,0,0,0,.9\na,90,0,0,.8\nb,50,0,0,.7\n"

static void write_text(void **state, cs_lang lang, bool markdown,
                       cs_strbuf *out)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_detection) d = EV_DETECTION_INIT;
    assert_int_equal(study_read(*state, SCANS, NODULES, NULL, MARKS, &s, NULL),
                     0);
    const ev_detection_spec spec = {ev_rule_luna16(), {20, 8, 0.95}};
    assert_int_equal(ev_detection_run(&s, &spec, NULL, &d, NULL), 0);
    assert_int_equal(ev_detection_text(&d, lang, markdown, out, NULL), 0);
}

static void expect(const cs_strbuf *out, const char *part)
{
    if (!strstr(out->data, part))
        fail_msg("no '%s' in:\n%s", part, out->data);
}

static void a_terminal_is_told_the_counts_and_rates(void **state)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    write_text(state, CS_LANG_EN, false, &out);
    expect(&out, "scans                                  2\n");
    expect(&out, "true positives (nodules found)         1\n");
    expect(&out, "false positives                        2\n");
    expect(&out, "their scan is not in the list: 1 annotations, 0 exclusions, "
                 "0 marks.\n");
    expect(&out, "\n1/8                            0.5000 ");
    expect(&out, "3-6 mm    1 / 1       1.0000  0.2065 - 1.0000  1.0000\n");
    expect(&out, "a|b       1 / 1 ");
    expect(&out, "20 bootstrap samples of the scans, seed 8.\n");
}

static void a_chinese_report_has_pictures_and_escapes(void **state)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    write_text(state, CS_LANG_ZH, true, &out);
    expect(&out, "## 计数\n");
    expect(&out, "| 真阳性（找到的结节） | 1 |\n");
    expect(&out, "(froc.png)");
    expect(&out, "(strata.png)");
    expect(&out, "| a\\|b | 1 / 1 |");
    expect(&out, "| 3–6 mm | 1 / 1 |");
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_terminal_is_told_the_counts_and_rates),
        T(a_chinese_report_has_pictures_and_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
