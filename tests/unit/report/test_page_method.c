#include "report/pdf_text.h"

static void advice_models_and_limits_are_told(void **state)
{
    made_case m;
    cs_strbuf text = CS_STRBUF_INIT;
    make_case(&m);
    m.diagnosis.warnings.len = 1;
    pdf_text(&m, CS_LANG_EN, *state, &text);
    has(&text, "see a doctor");
    has(&text, "look at nodule 2");
    has(&text, "made-up");
    has(&text, "has never seen a patient");
    has(&text, "SHA-256 00ff");
    has(&text, "not signed");
    has(&text, "Radiology 2017;284:228-43");
    cs_strbuf_done(&text);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(advice_models_and_limits_are_told,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
