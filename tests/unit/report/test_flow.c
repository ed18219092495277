#include "report/pdf_text.h"

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;
    while ((text = strstr(text, what)) != NULL) {
        n++;
        text += strlen(what);
    }
    return n;
}

static void every_page_says_whose_it_is_and_what_it_is_not(void **state)
{
    made_case m;
    cs_strbuf text = CS_STRBUF_INIT;
    char last[32];
    make_case(&m);
    pdf_text(&m, CS_LANG_EN, *state, &text);
    unsigned pages = pdf_pages(text.data);
    assert_true(pages >= 2);
    assert_int_equal(count(text.data, "a doctor decides"), pages);
    assert_int_equal(count(text.data, "THIS RESULT IS NOT RELIABLE"), pages);
    snprintf(last, sizeof(last), "%u/%u", pages, pages);
    has(&text, last);
    has(&text, "1.2.3 · consilium 0");
    cs_strbuf_done(&text);
    unmake_case(&m);
}

static void chinese_is_chinese(void **state)
{
    made_case m;
    cs_strbuf text = CS_STRBUF_INIT;
    make_case(&m);
    pdf_text(&m, CS_LANG_ZH, *state, &text);
    has(&text, "胸部 CT 肺结节报告");
    has(&text, "须由医生判定");
    has(&text, "部分实性");
    has_not(&text, "Research use");
    cs_strbuf_done(&text);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            every_page_says_whose_it_is_and_what_it_is_not, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(chinese_is_chinese, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
