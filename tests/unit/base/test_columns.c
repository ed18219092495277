#include "base/columns.h"

#include "support/test.h"

static void padding_counts_columns_not_bytes(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_columns_of("会诊a"), 5);
    cs_columns_pad(&b, "会", 4);
    cs_columns_pad(&b, "abc", 2);
    assert_string_equal(b.data, "会  abc");
}

static void cutting_never_splits_a_character(void **state)
{
    (void)state;
    assert_true(cs_str_is(cs_columns_cut(CS_STR("会诊abc"), 3), "会"));
    assert_true(cs_str_is(cs_columns_cut(CS_STR("会诊abc"), 5), "会诊a"));
    assert_true(cs_str_is(cs_columns_cut(CS_STR("ab"), 9), "ab"));
}

static void long_text_wraps_and_is_indented(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_columns_wrap(&b, "one two three four", 4, 13);
    assert_string_equal(b.data, "one two\n    three\n    four");
    cs_strbuf_clear(&b);
    cs_columns_wrap(&b, "unbreakableword x", 2, 8);
    assert_string_equal(b.data, "unbreakableword\n  x");
}

static void chinese_wraps_between_characters_but_not_before_a_stop(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_columns_wrap(&b, "一二三四。五", 0, 8);
    assert_string_equal(b.data, "一二三\n四。五");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_counts_columns_not_bytes),
        cmocka_unit_test(cutting_never_splits_a_character),
        cmocka_unit_test(long_text_wraps_and_is_indented),
        cmocka_unit_test(
            chinese_wraps_between_characters_but_not_before_a_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
