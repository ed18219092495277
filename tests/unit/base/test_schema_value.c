#include "base/schema_value.h"

#include <string.h>

#include "support/test.h"

static int read_text(const cs_field *f, const char *text, void *dst,
                     cs_arena *arena, cs_errinfo *info)
{
    cs_subject subject = {CS_SUBJECT_ENVIRONMENT, "X_KEY", {0}, info};
    return cs_value_from_text(f, cs_str_of(text), dst, arena, &subject);
}

static void numbers_are_written_as_they_are_read(void **state)
{
    (void)state;
    static const struct {
        cs_field_kind kind;
        const char *text, *back;
    } rows[] = {
        {CS_FIELD_INT64, "-9", "-9"},       {CS_FIELD_BOOL, "on", "true"},
        {CS_FIELD_FLOAT, "1e3", "1000.0"},  {CS_FIELD_SIZE, "65536", "64KiB"},
        {CS_FIELD_SIZE, "0", "0B"},         {CS_FIELD_SIZE, "1000", "1000B"},
        {CS_FIELD_SIZE, "3GiB", "3GiB"},    {CS_FIELD_DURATION, "90s", "90s"},
        {CS_FIELD_DURATION, "60s", "1min"}, {CS_FIELD_DURATION, "1d", "1d"},
        {CS_FIELD_DURATION, "0s", "0ns"},   {CS_FIELD_STRING, "a b", "a b"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        cs_arena arena = CS_ARENA_INIT;
        CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
        union {
            uint64_t bits;
            const char *text;
        } value = {0};
        cs_field f = {.key = "k", .kind = rows[i].kind};
        assert_int_equal(read_text(&f, rows[i].text, &value, &arena, NULL), 0);
        cs_value_to_text(&f, &value, &out);
        assert_string_equal(out.data, rows[i].back);
        cs_arena_done(&arena);
    }
}

static void lists_are_separated_by_commas(void **state)
{
    (void)state;
    cs_arena arena = CS_ARENA_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    CS_LIST(int) list = {NULL, 0};
    cs_field f = {.key = "k",
                  .kind = CS_FIELD_LIST,
                  .item = CS_FIELD_INT,
                  .size = sizeof(int)};
    assert_int_equal(read_text(&f, " 1, 2,3 ", &list, &arena, NULL), 0);
    assert_int_equal(list.len, 3);
    assert_int_equal(list.items[2], 3);
    cs_value_to_text(&f, &list, &out);
    assert_string_equal(out.data, "1,2,3");
    assert_int_equal(read_text(&f, "", &list, &arena, NULL), 0);
    assert_int_equal(list.len, 0);
    assert_int_equal(read_text(&f, "1,,2", &list, &arena, NULL), CS_E_FORMAT);
    cs_arena_done(&arena);
}

static void a_secret_is_not_repeated_in_a_message(void **state)
{
    (void)state;
    cs_arena arena = CS_ARENA_INIT;
    cs_errinfo info = {0};
    int64_t value = 0;
    cs_field f = {.key = "k", .kind = CS_FIELD_INT64};
    assert_int_equal(read_text(&f, "hunter2", &value, &arena, &info),
                     CS_E_FORMAT);
    assert_string_equal(info.message,
                        "environment variable X_KEY: expected a whole number, "
                        "not 'hunter2'");
    f.secret = true;
    assert_int_equal(read_text(&f, "hunter2", &value, &arena, &info),
                     CS_E_FORMAT);
    assert_string_equal(info.message,
                        "environment variable X_KEY: expected a whole number");
    cs_arena_done(&arena);
}

static void a_secret_out_of_range_is_not_repeated_either(void **state)
{
    (void)state;
    cs_arena arena = CS_ARENA_INIT;
    cs_errinfo info = {.lang = CS_LANG_EN};
    int64_t pin = 5;
    double rate = 0.5;
    cs_field f = {
        .key = "k", .kind = CS_FIELD_INT64, .secret = true, .min = 1, .max = 9};
    assert_int_equal(read_text(&f, "4711", &pin, &arena, &info), CS_E_RANGE);
    assert_string_equal(info.message,
                        "environment variable X_KEY: expected 1 to 9");
    info.lang = CS_LANG_ZH;
    assert_int_equal(read_text(&f, "4711", &pin, &arena, &info), CS_E_RANGE);
    assert_null(strstr(info.message, "4711"));
    info.lang = CS_LANG_EN;
    f.kind = CS_FIELD_FLOAT;
    f.fmax = 1;
    assert_int_equal(read_text(&f, "47.11", &rate, &arena, &info), CS_E_RANGE);
    assert_string_equal(info.message,
                        "environment variable X_KEY: expected 0.0 to 1.0");
    assert_int_equal(pin, 5);
    assert_true(rate == 0.5);
    cs_arena_done(&arena);
}

static void a_lower_limit_alone_leaves_the_top_open(void **state)
{
    (void)state;
    cs_arena arena = CS_ARENA_INIT;
    double rate = 0;
    int64_t n = 0;
    cs_field real = {.key = "k", .kind = CS_FIELD_FLOAT, .fmin = 0.5};
    assert_int_equal(read_text(&real, "0.5", &rate, &arena, NULL), 0);
    assert_int_equal(read_text(&real, "1e300", &rate, &arena, NULL), 0);
    assert_int_equal(read_text(&real, "0.4", &rate, &arena, NULL), CS_E_RANGE);
    assert_true(rate == 1e300);
    cs_field whole = {.key = "k", .kind = CS_FIELD_INT64, .min = 2};
    assert_int_equal(read_text(&whole, "9223372036854775807", &n, &arena, NULL),
                     0);
    assert_int_equal(read_text(&whole, "1", &n, &arena, NULL), CS_E_RANGE);
    assert_true(n == INT64_MAX);
    cs_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_as_they_are_read),
        cmocka_unit_test(lists_are_separated_by_commas),
        cmocka_unit_test(a_secret_is_not_repeated_in_a_message),
        cmocka_unit_test(a_secret_out_of_range_is_not_repeated_either),
        cmocka_unit_test(a_lower_limit_alone_leaves_the_top_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
