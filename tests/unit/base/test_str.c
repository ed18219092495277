#include "base/str.h"

#include "support/test.h"

static void comparing_looks_at_bytes_and_length(void **state)
{
    (void)state;
    assert_true(cs_str_eq(CS_STR("a\0b"), (cs_str){"a\0b", 3}));
    assert_false(cs_str_eq(CS_STR("a\0b"), CS_STR("a\0c")));
    assert_true(cs_str_eq(CS_STR(""), (cs_str){NULL, 0}));
    assert_true(cs_str_is(CS_STR("zoo"), "zoo"));
    assert_true(cs_str_cmp(CS_STR("a"), CS_STR("ab")) < 0);
    assert_true(cs_str_cmp(CS_STR("b"), CS_STR("ab")) > 0);
    assert_true(cs_str_cmp(CS_STR("\xff"), CS_STR("a")) > 0);
    assert_int_equal(cs_str_cmp(CS_STR("x"), CS_STR("x")), 0);
}

static void parts_never_leave_the_string(void **state)
{
    (void)state;
    cs_str s = CS_STR("hello");
    assert_true(cs_str_is(cs_str_sub(s, 1, 3), "el"));
    assert_true(cs_str_is(cs_str_sub(s, 3, 100), "lo"));
    assert_true(cs_str_is(cs_str_sub(s, 9, 100), ""));
    assert_true(cs_str_is(cs_str_sub(s, 4, 2), ""));
    assert_true(cs_str_starts_with(s, CS_STR("he")));
    assert_false(cs_str_starts_with(CS_STR("h"), CS_STR("he")));
    assert_true(cs_str_ends_with(s, CS_STR("lo")));
    assert_false(cs_str_ends_with(s, CS_STR("hellohello")));
}

static void trimming_takes_blanks_from_both_ends_only(void **state)
{
    (void)state;
    assert_true(cs_str_is(cs_str_trim(CS_STR(" \t\r\n a b \v\f")), "a b"));
    assert_true(cs_str_is(cs_str_trim(CS_STR(" \n ")), ""));
    assert_true(cs_str_is(cs_str_trim(CS_STR("")), ""));
}

static void cutting_gives_both_sides(void **state)
{
    (void)state;
    cs_str head, rest = CS_STR("a=b=c");
    assert_true(cs_str_cut(rest, '=', &head, &rest));
    assert_true(cs_str_is(head, "a"));
    assert_true(cs_str_is(rest, "b=c"));
    assert_true(cs_str_cut(CS_STR("a="), '=', &head, &rest));
    assert_true(cs_str_is(rest, ""));
    assert_false(cs_str_cut(CS_STR("abc"), '=', &head, &rest));
    assert_true(cs_str_is(head, "abc"));
    assert_true(cs_str_is(rest, ""));
}

static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(cs_str_distance(CS_STR("kitten"), CS_STR("sitting"), 9),
                     3);
    assert_int_equal(cs_str_distance(CS_STR(""), CS_STR("abc"), 9), 3);
    assert_int_equal(cs_str_distance(CS_STR("same"), CS_STR("same"), 9), 0);
    assert_int_equal(cs_str_distance(CS_STR("abcdef"), CS_STR("uvwxyz"), 2), 3);
    char longer[65];
    memset(longer, 'a', sizeof(longer));
    assert_int_equal(cs_str_distance((cs_str){longer, 65}, CS_STR("a"), 2), 3);
}

static void a_slip_is_recognised_and_a_stranger_is_not(void **state)
{
    (void)state;
    static const char *const words[] = {"threads", "level", "data", "log"};
    size_t n = CS_COUNTOF(words);
    assert_string_equal(cs_str_suggest(CS_STR("thread"), words, n), "threads");
    assert_string_equal(cs_str_suggest(CS_STR("lvel"), words, n), "level");
    assert_string_equal(cs_str_suggest(CS_STR("dta"), words, n), "data");
    assert_string_equal(cs_str_suggest(CS_STR("thraeds"), words, n), "threads");
    assert_null(cs_str_suggest(CS_STR("epochs"), words, n));
    assert_null(cs_str_suggest(CS_STR("x"), words, n));
    assert_null(cs_str_suggest(CS_STR("x"), words, 0));
}

static void neighbours_swapped_are_one_slip(void **state)
{
    (void)state;
    assert_int_equal(cs_str_distance(CS_STR("hlep"), CS_STR("help"), 9), 1);
    assert_int_equal(cs_str_distance(CS_STR("ba"), CS_STR("ab"), 9), 1);
    assert_int_equal(cs_str_distance(CS_STR("ca"), CS_STR("abc"), 9), 3);
    static const char *const words[] = {"help", "version"};
    assert_string_equal(cs_str_suggest(CS_STR("hlep"), words, 2), "help");
}

static void one_letter_resembles_nothing(void **state)
{
    (void)state;
    static const char *const words[] = {"y", "xy", ""};
    assert_null(cs_str_suggest(CS_STR("x"), words, 3));
    assert_null(cs_str_suggest(CS_STR(""), words, 2));
}

static void the_closest_word_wins_and_the_first_of_equals(void **state)
{
    (void)state;
    static const char *const words[] = {"serves", "server", "serve"};
    assert_string_equal(cs_str_suggest(CS_STR("serve"), words, 3), "serve");
    assert_string_equal(cs_str_suggest(CS_STR("servex"), words, 3), "serves");
    assert_null(cs_str_suggest(CS_STR("sxxxer"), words, 3));
    assert_string_equal(cs_str_suggest(CS_STR("sxrvxr"), words, 3), "server");
}

static void words_of_64_bytes_are_compared_and_of_65_are_not(void **state)
{
    (void)state;
    char a[65], b[65];
    memset(a, 'a', sizeof(a));
    memset(b, 'a', sizeof(b));
    b[63] = 'b';
    assert_int_equal(cs_str_distance((cs_str){a, 64}, (cs_str){b, 64}, 5), 1);
    assert_int_equal(cs_str_distance((cs_str){a, 64}, (cs_str){b, 65}, 5), 6);
    assert_int_equal(cs_str_distance((cs_str){NULL, 0}, (cs_str){NULL, 0}, 5),
                     0);
}

static void nothing_reads_through_a_null(void **state)
{
    (void)state;
    cs_str none = cs_str_of(NULL), head, rest;
    assert_null(none.data);
    assert_int_equal(none.len, 0);
    assert_int_equal(cs_str_index(none, 'x'), 0);
    assert_int_equal(cs_str_trim(none).len, 0);
    assert_int_equal(cs_str_sub(none, 3, 9).len, 0);
    assert_false(cs_str_cut(none, '=', &head, &rest));
    assert_true(cs_str_starts_with(CS_STR("a"), none));
    assert_true(cs_str_ends_with(none, none));
    assert_int_equal(cs_str_cmp(none, CS_STR("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing_looks_at_bytes_and_length),
        cmocka_unit_test(parts_never_leave_the_string),
        cmocka_unit_test(trimming_takes_blanks_from_both_ends_only),
        cmocka_unit_test(cutting_gives_both_sides),
        cmocka_unit_test(distance_counts_edits),
        cmocka_unit_test(a_slip_is_recognised_and_a_stranger_is_not),
        cmocka_unit_test(neighbours_swapped_are_one_slip),
        cmocka_unit_test(one_letter_resembles_nothing),
        cmocka_unit_test(the_closest_word_wins_and_the_first_of_equals),
        cmocka_unit_test(words_of_64_bytes_are_compared_and_of_65_are_not),
        cmocka_unit_test(nothing_reads_through_a_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
