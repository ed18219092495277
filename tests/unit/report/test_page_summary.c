#include "report/pdf_text.h"

static void an_unreliable_result_says_so_and_gives_no_risk(void **state)
{
    made_case m;
    cs_strbuf text = CS_STRBUF_INIT;
    make_case(&m);
    pdf_text(&m, CS_LANG_EN, *state, &text);
    has(&text, "THIS RESULT IS NOT RELIABLE");
    has(&text, "a lung is cut");
    has(&text, "slices of 5.0 mm");
    has(&text, "No risk is given");
    has_not(&text, "Risk by the rules");
    has_not(&text, "see a doctor");
    cs_strbuf_done(&text);
    unmake_case(&m);
}

static void a_reliable_one_gives_risk_and_category(void **state)
{
    made_case m;
    cs_strbuf text = CS_STRBUF_INIT;
    make_case(&m);
    m.diagnosis.warnings.len = 1;
    pdf_text(&m, CS_LANG_EN, *state, &text);
    has_not(&text, "NOT RELIABLE");
    has(&text, "Risk by the rules of LungAI: HIGH");
    has(&text, "category 4A");
    has(&text, "Series 1.2.3");
    has(&text, "Possible nodules: 2");
    cs_strbuf_done(&text);
    unmake_case(&m);
}

static void none_found_is_not_called_healthy(void **state)
{
    made_case m;
    cs_strbuf text = CS_STRBUF_INIT;
    make_case(&m);
    m.diagnosis.warnings.len = 1;
    m.diagnosis.findings.len = 0;
    pdf_text(&m, CS_LANG_EN, *state, &text);
    has(&text, "does not mean that there is none");
    cs_strbuf_done(&text);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            an_unreliable_result_says_so_and_gives_no_risk, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(a_reliable_one_gives_risk_and_category,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(none_found_is_not_called_healthy,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
