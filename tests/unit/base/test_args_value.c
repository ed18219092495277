#include <string.h>

#include "base/args_impl.h"
#include "support/test.h"

static void what_is_shown_is_safe_and_short(void **state)
{
    (void)state;
    char shown[CS_ARG_SHOWN_MAX];
    assert_string_equal(cs_arg_shown(shown, CS_STR("plain")), "plain");
    assert_string_equal(cs_arg_shown(shown, CS_STR("a\x1b\xff")),
                        "a\\x1b\\xff");
    char word[4000];
    memset(word, 'w', sizeof(word));
    cs_arg_shown(shown, (cs_str){word, sizeof(word)});
    assert_in_range(strlen(shown), 50, CS_ARG_SHOWN_MAX - 1);
}

static void checking_alone_stores_nothing(void **state)
{
    (void)state;
    struct values {
        int64_t n;
    } values = {5};
    static const cs_arg rows[] = {
        CS_ARG_INT(struct values, n, 'n', "n", "N", 0, 9, NULL, "n")};
    cs_arg_slot slot = {&rows[0], &values, 0};
    assert_int_equal(cs_arg_value(slot, "-n", "7", false, NULL), 0);
    assert_int_equal(values.n, 5);
    assert_int_equal(cs_arg_value(slot, "-n", "7", true, NULL), 0);
    assert_int_equal(values.n, 7);
    assert_int_equal(cs_arg_value(slot, "-n", "10", true, NULL), CS_E_USAGE);
    assert_int_equal(values.n, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_is_safe_and_short),
        cmocka_unit_test(checking_alone_stores_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
