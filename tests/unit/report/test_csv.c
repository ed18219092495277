#include "report/csv.h"

#include "report/case.h"

static void a_line_for_each_finding(void **state)
{
    (void)state;
    made_case m;
    make_case(&m);
    cs_strbuf out = CS_STRBUF_INIT;
    assert_int_equal(rp_csv_rows("1.2.3", &m.diagnosis, &out, NULL), 0);
    assert_string_equal(out.data, "1.2.3,12.5000,-2.5000,3.2500,0.875\n"
                                  "1.2.3,-40.0000,-2.5000,3.2500,0.875\n");
    cs_strbuf_done(&out);
    unmake_case(&m);
}

static void an_odd_name_stays_one_column(void **state)
{
    (void)state;
    made_case m;
    make_case(&m);
    m.diagnosis.findings.len = 1;
    cs_strbuf out = CS_STRBUF_INIT;
    assert_int_equal(rp_csv_rows("a,\"b\"", &m.diagnosis, &out, NULL), 0);
    assert_string_equal(out.data,
                        "\"a,\"\"b\"\"\",12.5000,-2.5000,3.2500,0.875\n");
    cs_strbuf_done(&out);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_for_each_finding),
        cmocka_unit_test(an_odd_name_stays_one_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
