#include "report/pdf_text.h"

static void measurements_and_verdicts_stand_beside_the_pictures(void **state)
{
    made_case m;
    cs_strbuf text = CS_STRBUF_INIT;
    make_case(&m);
    m.found[1].measure.segmented = false;
    pdf_text(&m, CS_LANG_EN, *state, &text);
    has(&text, "Nodule 1: left, lower third");
    has(&text, "Nodule 2: left, lower third");
    has(&text, "12.5, -2.5, 3.2 mm");
    has(&text, "Fleischner 2017: consider CT at 3 months");
    has(&text, "the detector's estimate");
    cs_strbuf_done(&text);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            measurements_and_verdicts_stand_beside_the_pictures, tmp_setup,
            tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
