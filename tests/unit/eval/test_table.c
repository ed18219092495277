#include "eval/table.h"

#include <math.h>

#include "support/test.h"

static void fill(ev_table *t)
{
    ev_proportion p = ev_proportion_of(1, 2);
    ev_table_put(t, "%s", "名称");
    ev_table_put(t, "%s", "n");
    ev_table_put(t, "%s", "v");
    ev_table_put(t, "%s", "i");
    ev_table_put(t, "%s", "a|b_c");
    ev_table_proportion(t, &p);
    ev_table_put(t, "x");
    ev_table_put(t, " ");
    ev_table_number(t, (double)NAN, 2);
    ev_table_interval(t, (double)NAN, 1, 2);
}

static void columns_line_up_with_chinese_too(void **state)
{
    (void)state;
    ev_table t = EV_TABLE_INIT(4);
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    fill(&t);
    assert_int_equal(ev_table_text(&t, &out), 0);
    assert_string_equal(out.data, "名称       n       v                i\n"
                                  "a|b_c  1 / 2  0.5000  0.0945 - 0.9055\n"
                                  "x                n/a              n/a\n");
    ev_table_done(&t);
}

static void markdown_is_escaped(void **state)
{
    (void)state;
    ev_table t = EV_TABLE_INIT(4);
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    fill(&t);
    assert_int_equal(ev_table_markdown(&t, &out), 0);
    assert_string_equal(out.data,
                        "| 名称 | n | v | i |\n|---|---:|---:|---:|\n"
                        "| a\\|b\\_c | 1 / 2 | 0.5000 | 0.0945 - 0.9055 |\n"
                        "| x |   | n/a | n/a |\n");
    ev_table_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_line_up_with_chinese_too),
        cmocka_unit_test(markdown_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
