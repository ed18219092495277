#include "base/log_line.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "support/test.h"

static const unsigned char key[CS_LOG_KEY_SIZE] = {1, 2, 3};
static char line[CS_LOG_LINE_MAX];

static const char *make_event(const char *name, cs_log_format format,
                              const cs_log_field *fields, size_t n)
{
    const cs_log_event e = {0, CS_LOG_INFO, name, fields, n};
    size_t len = cs_log_line(&e, format, key, line);
    assert_true(len < sizeof(line));
    assert_int_equal(line[len - 1], '\n');
    assert_ptr_equal(memchr(line, '\n', len), line + len - 1);
    line[len] = '\0';
    return line;
}

static const char *make(cs_log_format format, const cs_log_field *fields,
                        size_t n)
{
    return make_event("event", format, fields, n);
}

static void text_that_is_no_tag_is_masked(void **state)
{
    (void)state;
    static const char *const names[] = {"Zhang San", "张三", "a\nb",
                                        "a\"b",      "a=b",  "",
                                        "a\x1b[2J",  "\xff", "x@y"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        const cs_log_field f = CS_LOG_TAG("k", names[i]);
        const char *at = strstr(make(CS_LOG_TEXT, &f, 1), " k=#");
        assert_non_null(at);
        assert_int_equal(strspn(at + 4, "0123456789abcdef"), 12);
        assert_string_equal(at + 16, "\n");
    }
    const cs_log_field tag = CS_LOG_TAG("k", "round-7/site_a.1:x");
    assert_non_null(
        strstr(make(CS_LOG_TEXT, &tag, 1), " k=round-7/site_a.1:x\n"));
    const cs_log_field masked = CS_LOG_MASKED("k", "plain");
    assert_null(strstr(make(CS_LOG_TEXT, &masked, 1), "plain"));
}

static void equal_texts_have_equal_masks_under_one_key_only(void **state)
{
    (void)state;
    char first[CS_LOG_LINE_MAX];
    const cs_log_field f = CS_LOG_MASKED("k", "Zhang San");
    snprintf(first, sizeof(first), "%s", make(CS_LOG_TEXT, &f, 1));
    assert_string_equal(make(CS_LOG_TEXT, &f, 1), first);
    const cs_log_event e = {0, CS_LOG_INFO, "event", &f, 1};
    static const unsigned char other[CS_LOG_KEY_SIZE] = {9};
    size_t n = cs_log_line(&e, CS_LOG_TEXT, other, line);
    line[n] = '\0';
    assert_string_not_equal(line, first);
}

static void json_lines_are_json_whatever_they_hold(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_fail_at(&info, CS_E_FORMAT, cs_at("Zhang San.mhd", 7, 1),
               "bad \"%s\" \\ here", "Zhang San");
    const cs_log_field fields[] = {
        CS_LOG_INT("i", INT64_MIN),       CS_LOG_FLOAT("f", 0.1),
        CS_LOG_FLOAT("nan", (double)NAN), CS_LOG_BOOL("b", true),
        CS_LOG_TAG("t", "a\"\n"),         CS_LOG_MASKED("m", NULL),
        CS_LOG_SECONDS("s", 1),           CS_LOG_FAILURE(&info),
    };
    const char *text = make(CS_LOG_JSON, fields, CS_COUNTOF(fields));
    assert_null(strstr(text, "Zhang"));
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_true(json_integer_value(json_object_get(json, "i")) == INT64_MIN);
    assert_true(json_is_null(json_object_get(json, "nan")));
    json_t *error = json_object_get(json, "error");
    assert_string_equal(json_string_value(json_object_get(error, "code")),
                        "CS_E_FORMAT");
    assert_string_equal(json_string_value(json_object_get(error, "message")),
                        "bad \"%s\" \\ here");
    assert_int_equal(json_integer_value(json_object_get(error, "line")), 7);
    json_decref(json);
}

static void a_line_too_long_is_cut_between_fields(void **state)
{
    (void)state;
    static const char tag[] =
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    cs_log_field fields[60];
    for (size_t i = 0; i < CS_COUNTOF(fields); i++)
        fields[i] = CS_LOG_TAG("field", tag);
    json_t *json =
        json_loads(make(CS_LOG_JSON, fields, CS_COUNTOF(fields)), 0, NULL);
    assert_non_null(json);
    assert_true(json_is_true(json_object_get(json, "cut")));
    json_decref(json);
    assert_non_null(
        strstr(make(CS_LOG_TEXT, fields, CS_COUNTOF(fields)), " cut=true\n"));
}

static void check_hostile(const char *text)
{
    const cs_errinfo info = {.code = CS_E_FORMAT, .msgid = text};
    const cs_log_field fields[] = {
        {.key = text, .kind = CS_LOG_KIND_BOOL, .integer = 1},
        CS_LOG_FAILURE(&info),
    };
    const char *json_line = make_event(text, CS_LOG_JSON, fields, 2);
    json_t *json = json_loads(json_line, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    assert_int_equal(json_object_size(json), 5);
    assert_non_null(json_object_get(json_object_get(json, "error"), "message"));
    json_decref(json);
    const char *plain = make_event(text, CS_LOG_TEXT, fields, 2);
    assert_int_equal(cs_utf8_escaped_len(plain, strlen(plain) - 1),
                     strlen(plain) - 1);
}

static void names_and_formats_never_break_a_line(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a\"b\\", "\\",       "a\nb\r\t", "\x1b[2J\x7f", "\xc2\x85\xe2\x80\xa8",
        "",       "\xff\xc3", "\xe5\xbc", NULL};
    for (size_t i = 0; i < CS_COUNTOF(texts); i++)
        check_hostile(texts[i]);
}

/* With every start, so that each limit falls within a character once. */
static void long_names_and_formats_are_cut_between_characters(void **state)
{
    (void)state;
    static const char *const units[] = {"\xc3\xa9", "\xe5\xbc\xa0", "\"", "\n",
                                        "\xff"};
    for (size_t i = 0; i < CS_COUNTOF(units); i++) {
        for (size_t shift = 0; shift < 4; shift++) {
            char text[3000];
            size_t n = shift, len = strlen(units[i]);
            memset(text, 'x', shift);
            for (; n + len < sizeof(text); n += len)
                memcpy(text + n, units[i], len);
            text[n] = '\0';
            check_hostile(text);
        }
    }
}

static void the_error_of_nobody_is_written_as_none(void **state)
{
    (void)state;
    const cs_log_field f = CS_LOG_FAILURE(NULL);
    assert_non_null(strstr(make(CS_LOG_TEXT, &f, 1), " event error=none\n"));
    assert_non_null(strstr(make(CS_LOG_JSON, &f, 1), ",\"error\":null}\n"));
}

static void infinities_keep_their_sign(void **state)
{
    (void)state;
    const cs_log_field fields[] = {CS_LOG_FLOAT("a", (double)-INFINITY),
                                   CS_LOG_FLOAT("b", (double)INFINITY)};
    assert_non_null(strstr(make(CS_LOG_TEXT, fields, 2), " a=-inf b=inf\n"));
    assert_non_null(
        strstr(make(CS_LOG_JSON, fields, 2), "\"a\":null,\"b\":null}\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_is_no_tag_is_masked),
        cmocka_unit_test(equal_texts_have_equal_masks_under_one_key_only),
        cmocka_unit_test(json_lines_are_json_whatever_they_hold),
        cmocka_unit_test(a_line_too_long_is_cut_between_fields),
        cmocka_unit_test(names_and_formats_never_break_a_line),
        cmocka_unit_test(long_names_and_formats_are_cut_between_characters),
        cmocka_unit_test(the_error_of_nobody_is_written_as_none),
        cmocka_unit_test(infinities_keep_their_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
