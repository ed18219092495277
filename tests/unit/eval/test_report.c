#include "eval/report.h"

#include <string.h>

#include "support/test.h"

static void fill(ev_report *r)
{
    ev_table t = EV_TABLE_INIT(2);
    ev_report_title(r, "Counts");
    ev_report_heading(r, "Counts");
    ev_table_put(&t, "%s", ev_report_text(r, "what"));
    ev_table_put(&t, "%s", ev_report_text(r, "number"));
    ev_table_put(&t, "x");
    ev_table_put(&t, "1");
    ev_report_table(r, &t);
    ev_report_say(r, "%d and %d", 1, 2);
    ev_report_picture(r, "roc", "ROC curve");
    assert_int_equal(ev_report_check(r), 0);
}

static void a_terminal_gets_tables_and_no_pictures(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    ev_report r = {.out = &out, .lang = CS_LANG_EN};
    fill(&r);
    assert_string_equal(out.data,
                        "Counts\nwhat  number\nx          1\n1 and 2\n");
}

static void markdown_says_that_a_doctor_decides(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    ev_report r = {.out = &out, .lang = CS_LANG_EN, .markdown = true};
    fill(&r);
    assert_string_equal(
        out.data, "# Counts\n\n> For research use only. A doctor decides.\n"
                  "\n## Counts\n\n| what | number |\n|---|---:|\n| x | 1 |\n"
                  "\n1 and 2\n\n![ROC curve](roc.png)\n");
}

static void chinese_is_chinese(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    ev_report r = {.out = &out, .lang = CS_LANG_ZH, .markdown = true};
    fill(&r);
    assert_non_null(strstr(out.data, "仅供研究使用。诊断由医生决定。"));
    assert_non_null(strstr(out.data, "## 计数"));
    assert_non_null(strstr(out.data, "| 项目 | 数量 |"));
    assert_non_null(strstr(out.data, "![ROC 曲线](roc.png)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_gets_tables_and_no_pictures),
        cmocka_unit_test(markdown_says_that_a_doctor_decides),
        cmocka_unit_test(chinese_is_chinese),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
