#include "base/dotenv.h"

#include <string.h>

#include "support/test.h"

static int parse(const char *text, size_t len, cs_arena *arena, cs_dotenv *ret,
                 cs_errinfo *info)
{
    return cs_dotenv_parse(text, len, ".env", arena, ret, info);
}

static void lines_of_every_form_are_read(void **state)
{
    (void)state;
    static const char text[] = "# comment\r\n"
                               "\n"
                               "A=1\r\n"
                               "export B = two words  # rest\n"
                               "C='a # $b\\n'\n"
                               "D=\"a\\n\\\"\\\\\\$b\" # rest\n"
                               "E=\n"
                               "F=a#b\n"
                               "G_1=会诊";
    static const struct {
        const char *key, *value;
        unsigned line;
    } rows[] = {{"A", "1", 3},         {"B", "two words", 4},
                {"C", "a # $b\\n", 5}, {"D", "a\n\"\\$b", 6},
                {"E", "", 7},          {"F", "a#b", 8},
                {"G_1", "会诊", 9}};
    cs_arena arena = CS_ARENA_INIT;
    cs_dotenv d;
    assert_int_equal(parse(text, sizeof(text) - 1, &arena, &d, NULL), 0);
    assert_int_equal(d.len, CS_COUNTOF(rows));
    for (size_t i = 0; i < d.len; i++) {
        assert_string_equal(d.items[i].key, rows[i].key);
        assert_string_equal(d.items[i].value, rows[i].value);
        assert_int_equal(d.items[i].line, rows[i].line);
    }
    cs_arena_done(&arena);
}

static void mistakes_have_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        unsigned line;
        const char *says;
    } rows[] = {
        {"A=1\nB\n", 6, 2, "expected KEY=value"},
        {"1A=1\n", 5, 1, "expected KEY=value"},
        {"=1\n", 3, 1, "expected KEY=value"},
        {"\nA='x\n", 6, 2, "the quote is never closed on this line"},
        {"A=\"x\n", 5, 1, "the quote is never closed on this line"},
        {"A='x' y\n", 8, 1, "text after the closing quote"},
        {"A=\"\\q\"\n", 7, 1,
         "unknown escape; \\n, \\t, \\\\, \\\" and \\$ are known"},
        {"A=\"\\", 4, 1,
         "unknown escape; \\n, \\t, \\\\, \\\" and \\$ are known"},
        {"A=1\n\nA=2\n", 9, 3, "'A' is given twice, the first time on line 1"},
        {"A=1\nB=\xff\n", 8, 2, "the text is not valid UTF-8"},
        {"A=1\nB=\0\n", 8, 2, "the text holds a NUL byte"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        cs_arena arena = CS_ARENA_INIT;
        cs_errinfo info = {0};
        cs_dotenv d = {NULL, 99};
        assert_int_equal(parse(rows[i].text, rows[i].len, &arena, &d, &info),
                         CS_E_FORMAT);
        assert_string_equal(info.message, rows[i].says);
        assert_int_equal(info.line, rows[i].line);
        assert_string_equal(info.place, ".env");
        assert_int_equal(d.len, 99);
        cs_arena_done(&arena);
    }
}

static void size_and_number_are_limited(void **state)
{
    (void)state;
    static char text[CS_DOTENV_SIZE_MAX + 1];
    memset(text, '\n', sizeof(text));
    cs_arena arena = CS_ARENA_INIT;
    cs_dotenv d;
    assert_int_equal(parse(text, sizeof(text), &arena, &d, NULL), CS_E_LIMIT);
    assert_int_equal(parse(text, sizeof(text) - 1, &arena, &d, NULL), 0);
    assert_int_equal(d.len, 0);
    cs_arena_done(&arena);
}

static void a_byte_order_mark_is_skipped_once(void **state)
{
    (void)state;
    cs_arena arena = CS_ARENA_INIT;
    cs_errinfo info = {0};
    cs_dotenv d = {NULL, 0};
    assert_int_equal(parse("\xef\xbb\xbf"
                           "A=1\r\nB=2",
                           11, &arena, &d, &info),
                     0);
    assert_int_equal(d.len, 2);
    assert_string_equal(d.items[0].key, "A");
    assert_string_equal(d.items[0].value, "1");
    assert_int_equal(d.items[1].line, 2);
    assert_int_equal(parse("\xef\xbb\xbf\xef\xbb\xbf"
                           "A=1",
                           9, &arena, &d, &info),
                     CS_E_FORMAT);
    assert_int_equal(info.line, 1);
    cs_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_every_form_are_read),
        cmocka_unit_test(mistakes_have_their_line),
        cmocka_unit_test(size_and_number_are_limited),
        cmocka_unit_test(a_byte_order_mark_is_skipped_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
