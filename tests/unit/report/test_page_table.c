#include "report/pdf_text.h"

static void a_row_has_its_numbers(void **state)
{
    made_case m;
    cs_strbuf text = CS_STRBUF_INIT;
    make_case(&m);
    pdf_text(&m, CS_LANG_EN, *state, &text);
    has(&text, "left, lower third");
    has(&text, "10.0 x 8.0");
    has(&text, "part-solid");
    has(&text, "88 %");
    has(&text, "75 %");
    cs_strbuf_done(&text);
    unmake_case(&m);
}

/* More rows than a page holds: the heads stand above both parts. */
static void a_long_table_goes_on_with_its_heads(void **state)
{
    made_case m;
    static lu_finding many[45];
    cs_strbuf text = CS_STRBUF_INIT;
    make_case(&m);
    for (unsigned i = 0; i < CS_COUNTOF(many); i++)
        many[i] = made_finding(i + 1, 0);
    m.diagnosis.findings.items = many;
    m.diagnosis.findings.len = CS_COUNTOF(many);
    pdf_text(&m, CS_LANG_EN, *state, &text);
    const char *second = strchr(text.data, '\f');
    assert_non_null(second);
    const char *head = strstr(text.data, "long x short mm");
    assert_true(head && head < second);
    assert_non_null(strstr(second, "long x short mm"));
    cs_strbuf_done(&text);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_has_its_numbers, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(a_long_table_goes_on_with_its_heads,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
