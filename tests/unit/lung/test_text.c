#include "lung/text.h"

#include "support/test.h"

static void check(const char *text, const double *values, unsigned n,
                  const char *want)
{
    cs_strbuf out = CS_STRBUF_INIT;
    lu_text_add(&out, CS_LANG_EN, text, values, n);
    assert_string_equal(out.data, want);
    cs_strbuf_done(&out);
}

static void numbers_take_their_places(void **state)
{
    (void)state;
    const double v[] = {2.46, 17};
    check("slices of %.1f mm, number %u", v, 2, "slices of 2.5 mm, number 17");
    check("%.0f%% of %u", v, 2, "2% of 17");
    check("nothing to fill", NULL, 0, "nothing to fill");
    check("100 %% sure, 5% is left as it is", NULL, 0,
          "100 % sure, 5% is left as it is");
}

static void a_warning_brings_its_own(void **state)
{
    (void)state;
    const lu_warning w = {"code", "%.1f and %.0f", {1.25, 3}, 2, false};
    cs_strbuf out = CS_STRBUF_INIT;
    lu_warning_add(&out, CS_LANG_ZH, &w);
    assert_string_equal(out.data, "1.2 and 3");
    cs_strbuf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_take_their_places),
        cmocka_unit_test(a_warning_brings_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
