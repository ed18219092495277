#include "base/parse.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/test.h"

static void whole_numbers_are_read_to_their_limits(void **state)
{
    (void)state;
    int64_t i;
    uint64_t u;
    assert_int_equal(cs_parse_i64(CS_STR("-9223372036854775808"), &i), 0);
    assert_true(i == INT64_MIN);
    assert_int_equal(cs_parse_i64(CS_STR("9223372036854775807"), &i), 0);
    assert_true(i == INT64_MAX);
    assert_int_equal(cs_parse_i64(CS_STR("+007"), &i), 0);
    assert_int_equal(i, 7);
    assert_int_equal(cs_parse_i64(CS_STR("-0x10"), &i), 0);
    assert_int_equal(i, -16);
    assert_int_equal(cs_parse_u64(CS_STR("18446744073709551615"), &u), 0);
    assert_true(u == UINT64_MAX);
    assert_int_equal(cs_parse_u64(CS_STR("0xFFFFffffFFFFffff"), &u), 0);
    assert_true(u == UINT64_MAX);
}

static void what_does_not_fit_is_a_range_error(void **state)
{
    (void)state;
    int64_t i = 5;
    uint64_t u = 5;
    assert_int_equal(cs_parse_i64(CS_STR("9223372036854775808"), &i),
                     CS_E_RANGE);
    assert_int_equal(cs_parse_i64(CS_STR("-9223372036854775809"), &i),
                     CS_E_RANGE);
    assert_int_equal(cs_parse_u64(CS_STR("18446744073709551616"), &u),
                     CS_E_RANGE);
    assert_int_equal(cs_parse_u64(CS_STR("99999999999999999999999x"), &u),
                     CS_E_FORMAT);
    assert_int_equal(i, 5);
    assert_int_equal(u, 5);
}

static void anything_but_a_number_is_a_format_error(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    " 1",  "1 ",   "-",   "+",
                                      "0x",  "1.0", "1e3",  "--1", "+-1",
                                      "0xg", "١",   "1_000"};
    for (size_t k = 0; k < CS_COUNTOF(bad); k++) {
        int64_t i;
        assert_int_equal(cs_parse_i64(cs_str_of(bad[k]), &i), CS_E_FORMAT);
    }
    uint64_t u;
    assert_int_equal(cs_parse_u64(CS_STR("-1"), &u), CS_E_FORMAT);
    assert_int_equal(cs_parse_u64(CS_STR("1\0"), &u), CS_E_FORMAT);
}

static void decimal_numbers_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } rows[] = {{"0.1", 0.1},
                {"-2.5e-3", -2.5e-3},
                {"1e308", 1e308},
                {".5", 0.5},
                {"5.", 5},
                {"+3E+2", 300},
                {"4.9e-324", 4.9e-324},
                {"9007199254740993", 9007199254740992}};
    for (size_t k = 0; k < CS_COUNTOF(rows); k++) {
        double v;
        assert_int_equal(cs_parse_f64(cs_str_of(rows[k].text), &v), 0);
        assert_true(v == rows[k].value);
    }
}

static void decimal_numbers_have_one_spelling_only(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    ".",   "e5",    "1e",    "1e+",
                                      "inf", "nan", "-inf",  "0x1p3", "1,5",
                                      " 1",  "1 ",  "1.2.3", "1f"};
    double v = 7;
    for (size_t k = 0; k < CS_COUNTOF(bad); k++)
        assert_int_equal(cs_parse_f64(cs_str_of(bad[k]), &v), CS_E_FORMAT);
    assert_int_equal(cs_parse_f64(CS_STR("1e309"), &v), CS_E_RANGE);
    char digits[500];
    memset(digits, '1', sizeof(digits));
    assert_int_equal(cs_parse_f64((cs_str){digits, sizeof(digits)}, &v),
                     CS_E_RANGE);
    assert_true(v == 7);
}

static void truth_has_eight_words(void **state)
{
    (void)state;
    bool b = false;
    assert_int_equal(cs_parse_bool(CS_STR("yes"), &b), 0);
    assert_true(b);
    assert_int_equal(cs_parse_bool(CS_STR("off"), &b), 0);
    assert_false(b);
    assert_int_equal(cs_parse_bool(CS_STR("True"), &b), CS_E_FORMAT);
    assert_int_equal(cs_parse_bool(CS_STR(""), &b), CS_E_FORMAT);
}

static void sizes_know_both_kinds_of_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {{"0", 0},
                {"1048576", 1048576},
                {"64KiB", 65536},
                {"1.5 GiB", 1610612736},
                {"200MB", 200000000},
                {"3kB", 3000},
                {"7 B", 7},
                {"16777215TiB", UINT64_C(16777215) << 40}};
    for (size_t k = 0; k < CS_COUNTOF(rows); k++) {
        uint64_t u;
        assert_int_equal(cs_parse_size(cs_str_of(rows[k].text), &u), 0);
        assert_true(u == rows[k].bytes);
    }
    uint64_t u = 1;
    assert_int_equal(cs_parse_size(CS_STR("16777216TiB"), &u), CS_E_RANGE);
    assert_int_equal(cs_parse_size(CS_STR("99999999999999999999"), &u),
                     CS_E_RANGE);
    assert_int_equal(cs_parse_size(CS_STR("-0.5MiB"), &u), CS_E_RANGE);
    static const char *const bad[] = {"",   "MiB",    "1 ",  "1  MiB", "1mib",
                                      "1M", "1 MiB ", "one", "-5MiB "};
    for (size_t k = 0; k < CS_COUNTOF(bad); k++)
        assert_int_equal(cs_parse_size(cs_str_of(bad[k]), &u), CS_E_FORMAT);
    assert_true(u == 1);
}

static void durations_need_a_unit(void **state)
{
    (void)state;
    int64_t ns;
    assert_int_equal(cs_parse_duration(CS_STR("250ms"), &ns), 0);
    assert_true(ns == 250000000);
    assert_int_equal(cs_parse_duration(CS_STR("1.5min"), &ns), 0);
    assert_true(ns == INT64_C(90000000000));
    assert_int_equal(cs_parse_duration(CS_STR("7d"), &ns), 0);
    assert_true(ns == INT64_C(604800000000000));
    assert_int_equal(cs_parse_duration(CS_STR("30"), &ns), CS_E_FORMAT);
    assert_int_equal(cs_parse_duration(CS_STR("30 s"), &ns), CS_E_FORMAT);
    assert_int_equal(cs_parse_duration(CS_STR("200000d"), &ns), CS_E_RANGE);
    assert_int_equal(cs_parse_duration(CS_STR("-1.0s"), &ns), CS_E_RANGE);
}

static void people_read_short_numbers(void **state)
{
    (void)state;
    char t[CS_FORMAT_SIZE_MAX];
    assert_string_equal(cs_format_size(0, t), "0 B");
    assert_string_equal(cs_format_size(1023, t), "1023 B");
    assert_string_equal(cs_format_size(65536, t), "64.0 KiB");
    assert_string_equal(cs_format_size(1610612736, t), "1.5 GiB");
    assert_string_equal(cs_format_size((UINT64_C(1) << 30) - 1, t), "1.0 GiB");
    assert_string_equal(cs_format_size(UINT64_MAX, t), "16.0 EiB");
    assert_string_equal(cs_format_duration(350000000, t), "0.35 s");
    assert_string_equal(cs_format_duration(INT64_C(9996000000), t), "10 s");
    assert_string_equal(cs_format_duration(INT64_C(59600000000), t),
                        "1 min 00 s");
    assert_string_equal(cs_format_duration(INT64_C(185000000000), t),
                        "3 min 05 s");
    assert_string_equal(cs_format_duration(INT64_C(7800000000000), t),
                        "2 h 10 min");
}

static void a_number_need_not_be_terminated(void **state)
{
    (void)state;
    const char text[] = {'1', '2', '3', '4'};
    int64_t i;
    double f;
    uint64_t u;
    assert_int_equal(cs_parse_i64((cs_str){text, 2}, &i), 0);
    assert_int_equal(i, 12);
    assert_int_equal(cs_parse_f64((cs_str){text + 1, 3}, &f), 0);
    assert_true(f == 234);
    assert_int_equal(cs_parse_size((cs_str){text, 4}, &u), 0);
    assert_int_equal(u, 1234);
    assert_int_equal(cs_parse_f64((cs_str){"1\0"
                                           "2",
                                           3},
                                  &f),
                     CS_E_FORMAT);
    assert_int_equal(cs_parse_f64((cs_str){NULL, 0}, &f), CS_E_FORMAT);
    assert_int_equal(cs_parse_size((cs_str){NULL, 0}, &u), CS_E_FORMAT);
    assert_int_equal(cs_parse_i64((cs_str){NULL, 0}, &i), CS_E_FORMAT);
}

static void the_process_locale_plays_no_part(void **state)
{
    (void)state;
    /* A locale with a decimal comma, where one is installed. */
    const char *old = setlocale(LC_NUMERIC, NULL);
    char *kept = strdup(old);
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        setlocale(LC_NUMERIC, "fr_FR.UTF-8");
    double f = 0;
    char t[CS_FORMAT_SIZE_MAX];
    assert_int_equal(cs_parse_f64(CS_STR("1.5"), &f), 0);
    assert_true(f == 1.5);
    assert_int_equal(cs_parse_f64(CS_STR("1,5"), &f), CS_E_FORMAT);
    assert_string_equal(cs_format_size(1536, t), "1.5 KiB");
    assert_string_equal(cs_format_duration(350000000, t), "0.35 s");
    setlocale(LC_NUMERIC, kept);
    free(kept);
}

static void tiny_numbers_are_kept_or_refused_never_made_zero(void **state)
{
    (void)state;
    double f = 7;
    assert_int_equal(cs_parse_f64(CS_STR("1e-400"), &f), CS_E_RANGE);
    assert_int_equal(cs_parse_f64(CS_STR("-2e-324"), &f), CS_E_RANGE);
    assert_int_equal(cs_parse_f64(CS_STR("-1e309"), &f), CS_E_RANGE);
    assert_int_equal(cs_parse_f64(CS_STR("1e99999999999999999999"), &f),
                     CS_E_RANGE);
    assert_true(f == 7);
    assert_int_equal(cs_parse_f64(CS_STR("3e-324"), &f), 0);
    assert_true(f > 0);
    assert_int_equal(cs_parse_f64(CS_STR("-0.000e-999"), &f), 0);
    assert_true(f == 0 && signbit(f));
    assert_int_equal(cs_parse_f64(CS_STR("1.7976931348623157e308"), &f), 0);
    assert_true(f == DBL_MAX);
}

static void a_number_may_be_as_long_as_any_double_needs(void **state)
{
    (void)state;
    char text[CS_PARSE_F64_MAX + 1];
    memset(text, '0', sizeof(text));
    memcpy(text, "0.5", 3);
    double f = 0;
    assert_int_equal(cs_parse_f64((cs_str){text, CS_PARSE_F64_MAX}, &f), 0);
    assert_true(f == 0.5);
    assert_int_equal(cs_parse_f64((cs_str){text, sizeof(text)}, &f),
                     CS_E_FORMAT);
    char smallest[CS_PARSE_F64_MAX + 1];
    int n = snprintf(smallest, sizeof(smallest), "%.1074f", 5e-324);
    assert_int_equal(cs_parse_f64((cs_str){smallest, (size_t)n}, &f), 0);
    assert_true(f == 5e-324);
}

static void fractions_round_to_the_nearest_byte(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {{"0.1GiB", 107374182},
                {"1.0005kB", 1001},
                {"1.0004kB", 1000},
                {"0.0004kB", 0},
                {"0.5 EiB", UINT64_C(1) << 59},
                {"15.999999999999999999EiB", UINT64_MAX},
                {"1.000000000000000000TB", UINT64_C(1000000000000)},
                {"-0", 0},
                {"18EB", UINT64_C(18000000000000000000)}};
    for (size_t k = 0; k < CS_COUNTOF(rows); k++) {
        uint64_t u = 1;
        assert_int_equal(cs_parse_size(cs_str_of(rows[k].text), &u), 0);
        assert_true(u == rows[k].bytes);
    }
}

static void fractions_of_a_byte_and_other_oddities_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"1.5",
                                      "1.5B",
                                      "1.KiB",
                                      ".5KiB",
                                      "1e3",
                                      "1e3kB",
                                      "0x10KiB",
                                      "+5",
                                      "1 ",
                                      " 1",
                                      "1\tKiB",
                                      "1kiB",
                                      "1KB",
                                      "1 B ",
                                      "1,5MB",
                                      "1.5.5MB",
                                      "--1",
                                      "- 1",
                                      "1.0000000000000000000MB"};
    uint64_t u = 3;
    for (size_t k = 0; k < CS_COUNTOF(bad); k++) {
        if (cs_parse_size(cs_str_of(bad[k]), &u) != CS_E_FORMAT)
            fail_msg("'%s'", bad[k]);
    }
    assert_int_equal(cs_parse_size(CS_STR("16EiB"), &u), CS_E_RANGE);
    assert_int_equal(cs_parse_size(CS_STR("18446744073709551616"), &u),
                     CS_E_RANGE);
    assert_int_equal(cs_parse_size(CS_STR("-1"), &u), CS_E_RANGE);
    assert_int_equal(u, 3);
}

static void durations_end_where_64_bits_do(void **state)
{
    (void)state;
    int64_t ns = 3;
    assert_int_equal(cs_parse_duration(CS_STR("9223372036854775807ns"), &ns),
                     0);
    assert_true(ns == INT64_MAX);
    ns = 3;
    assert_int_equal(cs_parse_duration(CS_STR("9223372036854775808ns"), &ns),
                     CS_E_RANGE);
    assert_int_equal(cs_parse_duration(CS_STR("106752d"), &ns), CS_E_RANGE);
    static const char *const bad[] = {"",      "s",   "1",   "1S",    "1m",
                                      "1 s",   " 1s", "1s ", "1e3s",  "1.s",
                                      "1.5ns", "+1s", ".5s", "1min1s"};
    for (size_t k = 0; k < CS_COUNTOF(bad); k++) {
        if (cs_parse_duration(cs_str_of(bad[k]), &ns) != CS_E_FORMAT)
            fail_msg("'%s'", bad[k]);
    }
    assert_int_equal(ns, 3);
    assert_int_equal(cs_parse_duration(CS_STR("106751d"), &ns), 0);
    assert_int_equal(cs_parse_duration(CS_STR("0.000000001s"), &ns), 0);
    assert_int_equal(ns, 1);
    assert_int_equal(cs_parse_duration(CS_STR("2us"), &ns), 0);
    assert_int_equal(ns, 2000);
    assert_int_equal(cs_parse_duration(CS_STR("12h"), &ns), 0);
    assert_true(ns == INT64_C(43200000000000));
}

static void no_duration_shows_sixty_of_anything(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "0 s"},
        {1, "1 ns"},
        {999, "999 ns"},
        {1000, "1 us"},
        {999499, "999 us"},
        {999500, "1 ms"},
        {99499999, "99 ms"},
        {99500000, "0.10 s"},
        {9994999999, "9.99 s"},
        {9995000000, "10 s"},
        {59499999999, "59 s"},
        {59500000000, "1 min 00 s"},
        {3599499999999, "59 min 59 s"},
        {3599500000000, "1 h 00 min"},
        {86369999999999, "23 h 59 min"},
        {86370000000000, "1 d 00 h"},
        {INT64_C(7) * 86400 * 1000000000, "7 d 00 h"},
        {-350000000, "-0.35 s"},
        {INT64_MIN, "-106752 d 00 h"},
        {INT64_MAX, "106752 d 00 h"},
    };
    for (size_t k = 0; k < CS_COUNTOF(rows); k++) {
        char t[CS_FORMAT_SIZE_MAX];
        assert_string_equal(cs_format_duration(rows[k].ns, t), rows[k].text);
    }
}

static void no_size_shows_1024_of_anything(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {512, "512 B"},
        {1024, "1.0 KiB"},
        {1075, "1.0 KiB"},
        {1076, "1.1 KiB"},
        {1048524, "1023.9 KiB"},
        {1048525, "1.0 MiB"},
        {UINT64_C(1) << 40, "1.0 TiB"},
        {(UINT64_C(1) << 50) - 1, "1.0 PiB"},
        {(UINT64_C(1) << 60) - 1, "1.0 EiB"},
    };
    for (size_t k = 0; k < CS_COUNTOF(rows); k++) {
        char t[CS_FORMAT_SIZE_MAX];
        assert_string_equal(cs_format_size(rows[k].bytes, t), rows[k].text);
    }
}

static void a_shown_size_is_understood_again(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 64; shift++) {
        char t[CS_FORMAT_SIZE_MAX];
        uint64_t u, size = UINT64_C(1) << shift;
        cs_format_size(size, t);
        assert_int_equal(cs_parse_size(cs_str_of(t), &u), 0);
        assert_true(u == size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_read_to_their_limits),
        cmocka_unit_test(what_does_not_fit_is_a_range_error),
        cmocka_unit_test(anything_but_a_number_is_a_format_error),
        cmocka_unit_test(decimal_numbers_are_exact),
        cmocka_unit_test(decimal_numbers_have_one_spelling_only),
        cmocka_unit_test(truth_has_eight_words),
        cmocka_unit_test(sizes_know_both_kinds_of_units),
        cmocka_unit_test(durations_need_a_unit),
        cmocka_unit_test(people_read_short_numbers),
        cmocka_unit_test(a_number_need_not_be_terminated),
        cmocka_unit_test(the_process_locale_plays_no_part),
        cmocka_unit_test(tiny_numbers_are_kept_or_refused_never_made_zero),
        cmocka_unit_test(a_number_may_be_as_long_as_any_double_needs),
        cmocka_unit_test(fractions_round_to_the_nearest_byte),
        cmocka_unit_test(fractions_of_a_byte_and_other_oddities_are_refused),
        cmocka_unit_test(durations_end_where_64_bits_do),
        cmocka_unit_test(no_duration_shows_sixty_of_anything),
        cmocka_unit_test(no_size_shows_1024_of_anything),
        cmocka_unit_test(a_shown_size_is_understood_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
