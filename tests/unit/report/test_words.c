#include "report/words.h"

#include "support/test.h"

static void both_languages_know_them(void **state)
{
    (void)state;
    const lu_measure m = {.left = true, .zone = LU_ZONE_UPPER};
    assert_string_equal(rp_where(CS_LANG_EN, &m), "left, upper third");
    assert_string_equal(rp_where(CS_LANG_ZH, &m), "左肺上部");
    const lu_measure other = {.zone = LU_ZONE_LOWER};
    assert_string_equal(rp_where(CS_LANG_EN, &other), "right, lower third");
    assert_string_equal(rp_density(CS_LANG_EN, LU_PART_SOLID), "part-solid");
    assert_string_equal(rp_density(CS_LANG_ZH, LU_GROUND_GLASS), "磨玻璃");
    assert_string_equal(rp_risk(CS_LANG_EN, LU_RISK_HIGH), "HIGH");
    assert_string_equal(rp_risk(CS_LANG_ZH, LU_RISK_LOW), "低");
}

static void numbers_have_the_digits_that_mean_something(void **state)
{
    (void)state;
    cs_strbuf b = CS_STRBUF_INIT;
    rp_mm(&b, 8.249);
    rp_percent(&b, 0.876);
    assert_string_equal(b.data, "8.2 mm88 %");
    cs_strbuf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_know_them),
        cmocka_unit_test(numbers_have_the_digits_that_mean_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
