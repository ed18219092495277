#include "base/utf8.h"

#include <string.h>

#include "support/test.h"

static bool valid(const char *s)
{
    return cs_utf8_valid(s, strlen(s));
}

static void every_code_point_is_read_back(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        char s[4];
        size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
        static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
        uint32_t rest = cp;
        for (size_t i = n - 1; i > 0; i--, rest >>= 6)
            s[i] = (char)(0x80 | (rest & 0x3f));
        s[0] = (char)(lead[n] | rest);
        bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
        uint32_t got = 0;
        size_t used = cs_utf8_decode(s, n, &got);
        if (used != (surrogate ? 0 : n) || (!surrogate && got != cp))
            fail_msg("U+%04X", cp);
        if (n > 1 && cs_utf8_decode(s, n - 1, NULL) != 0)
            fail_msg("U+%04X cut short", cp);
    }
}

static void malformed_sequences_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xc3(",
        "\xe2\x82",
        "\xf0\x9f\x98",
    };
    for (size_t i = 0; i < CS_COUNTOF(bad); i++)
        assert_false(valid(bad[i]));
    assert_int_equal(cs_utf8_invalid_at("ab\xff"
                                        "c",
                                        4),
                     2);
    assert_int_equal(cs_utf8_invalid_at("abc", 3), 3);
    assert_true(cs_utf8_valid("a\0b", 3));
    assert_int_equal(cs_utf8_decode("", 0, NULL), 0);
}

static void escaping_disarms_and_keeps_the_rest(void **state)
{
    (void)state;
    char out[128];
    const char *in = "会\tA\x7f\xc2\x85\xe2\x80\xa8\xe2\x81\xa6\xff";
    size_t n = cs_utf8_escape(out, sizeof(out), in, strlen(in));
    assert_string_equal(out, "会\\x09A\\x7f\\xc2\\x85\\xe2\\x80\\xa8"
                             "\\xe2\\x81\\xa6\\xff");
    assert_int_equal(n, strlen(out));
    assert_int_equal(cs_utf8_escaped_len(in, strlen(in)), n);
}

static void escaping_stops_before_what_does_not_fit(void **state)
{
    (void)state;
    char out[8];
    assert_int_equal(cs_utf8_escape(out, 4, "a会b", 5), 1);
    assert_string_equal(out, "a");
    assert_int_equal(cs_utf8_escape(out, 5, "a会b", 5), 4);
    assert_string_equal(out, "a会");
    assert_int_equal(cs_utf8_escape(out, 4, "\n", 1), 0);
    assert_int_equal(cs_utf8_escape(out, 0, "x", 1), 0);
}

static void a_suffix_starts_on_a_character(void **state)
{
    (void)state;
    const char *s = "ab会诊";
    assert_int_equal(cs_utf8_escaped_suffix(s, 8, 8), 0);
    assert_int_equal(cs_utf8_escaped_suffix(s, 8, 7), 1);
    assert_int_equal(cs_utf8_escaped_suffix(s, 8, 5), 5);
    assert_int_equal(cs_utf8_escaped_suffix(s, 8, 2), 8);
}

static void width_is_that_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(cs_utf8_width("abc", 3), 3);
    assert_int_equal(cs_utf8_width("会诊 3D", strlen("会诊 3D")), 7);
    assert_int_equal(cs_utf8_width("（ＡＢ）", strlen("（ＡＢ）")), 8);
    assert_int_equal(cs_utf8_width("e\xcc\x81", 3), 1);
    assert_int_equal(cs_utf8_width("\xff\xff", 2), 2);
    assert_int_equal(cs_utf8_width("█▌…", strlen("█▌…")), 3);
}

static void all_that_reorders_a_line_is_disarmed(void **state)
{
    (void)state;
    static const char *const marks[] = {
        "\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
        "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7",
        "\xe2\x81\xa8", "\xe2\x81\xa9", "\xc2\x80",     "\xc2\x9f",
    };
    for (size_t i = 0; i < CS_COUNTOF(marks); i++) {
        char out[32];
        size_t len = strlen(marks[i]);
        assert_int_equal(cs_utf8_escape(out, sizeof(out), marks[i], len),
                         4 * len);
        assert_memory_equal(out, "\\x", 2);
    }
}

static void escaping_twice_is_escaping_once(void **state)
{
    (void)state;
    char once[64], twice[64];
    cs_utf8_escape(once, sizeof(once), "a\nb\xff会\\x0a", 11);
    cs_utf8_escape(twice, sizeof(twice), once, strlen(once));
    assert_string_equal(once, twice);
    assert_string_equal(once, "a\\x0ab\\xff会\\x0a");
}

static void escaping_any_byte_gives_valid_text(void **state)
{
    (void)state;
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            char in[3] = {(char)a, (char)b, '\xe4'}, out[16];
            size_t n = cs_utf8_escape(out, sizeof(out), in, 3);
            if (!cs_utf8_valid(out, n) || memchr(out, '\n', n) ||
                memchr(out, '\x1b', n) || cs_utf8_escaped_len(in, 3) != n)
                fail_msg("%02x %02x", (unsigned)a, (unsigned)b);
        }
    }
}

static void an_invalid_byte_is_found_at_its_offset(void **state)
{
    (void)state;
    assert_int_equal(cs_utf8_invalid_at("会诊\xe4\xbc", 8), 6);
    assert_int_equal(cs_utf8_invalid_at("\xed\xa0\x80", 3), 0);
    assert_int_equal(cs_utf8_invalid_at("a\xf0\x9f\x98\x80\xc0\x80", 7), 5);
    uint32_t cp = 7;
    assert_int_equal(cs_utf8_decode("\xe4\xbc", 2, &cp), 0);
    assert_int_equal(cp, 7);
}

static void width_knows_wide_and_joined_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
    } rows[] = {
        {"", 0},
        {"肺结节", 6},
        {"，。「」", 8},
        {"한국어", 6},
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2}, /* jamo: one syllable */
        {"カナ", 4},
        {"ｶﾅ", 2},
        {"\xf0\xa0\x80\x80", 2}, /* U+20000 */
        {"\xf0\x9f\xab\x80", 2}, /* U+1FAC0 */
        {"a\xe2\x80\x8b"
         "b",
         2}, /* zero width space */
        {"3 mm × 4 mm", 11},
        {"±½°µ", 4},
        {"│─┼", 3},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++)
        assert_int_equal(cs_utf8_width(rows[i].text, strlen(rows[i].text)),
                         rows[i].columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_is_read_back),
        cmocka_unit_test(malformed_sequences_are_refused),
        cmocka_unit_test(escaping_disarms_and_keeps_the_rest),
        cmocka_unit_test(escaping_stops_before_what_does_not_fit),
        cmocka_unit_test(a_suffix_starts_on_a_character),
        cmocka_unit_test(width_is_that_of_a_terminal),
        cmocka_unit_test(all_that_reorders_a_line_is_disarmed),
        cmocka_unit_test(escaping_twice_is_escaping_once),
        cmocka_unit_test(escaping_any_byte_gives_valid_text),
        cmocka_unit_test(an_invalid_byte_is_found_at_its_offset),
        cmocka_unit_test(width_knows_wide_and_joined_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
