#include "base/reader.h"

#include <string.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "support/test.h"
#include "support/tmp.h"

static cs_reader *open_text(void **state, const char *text)
{
    cs_reader *r = NULL;
    assert_int_equal(cs_reader_open(tmp_write(*state, "text", text), &r, NULL),
                     0);
    return r;
}

static void expect_line(cs_reader *r, unsigned number, const char *text)
{
    cs_str line;
    assert_int_equal(cs_reader_line(r, 1000, &line, NULL), 1);
    assert_true(cs_str_is(line, text));
    assert_int_equal(cs_reader_line_number(r), number);
}

static void expect_end(cs_reader *r)
{
    cs_str line = CS_STR("untouched");
    assert_int_equal(cs_reader_line(r, 1000, &line, NULL), 0);
    assert_true(cs_str_is(line, "untouched"));
}

static void lines_come_without_their_ends(void **state)
{
    CS_AUTO(cs_reader) r = open_text(state, "one\ntwo\r\n\n\r\nlast");
    assert_int_equal(cs_reader_line_number(r), 0);
    expect_line(r, 1, "one");
    expect_line(r, 2, "two");
    expect_line(r, 3, "");
    expect_line(r, 4, "");
    expect_line(r, 5, "last");
    expect_end(r);
    expect_end(r);
    assert_int_equal(cs_reader_line_number(r), 5);
}

static void a_final_newline_starts_no_line(void **state)
{
    CS_AUTO(cs_reader) r = open_text(state, "one\n");
    expect_line(r, 1, "one");
    expect_end(r);
}

static void an_empty_file_has_no_lines(void **state)
{
    CS_AUTO(cs_reader) r = open_text(state, "");
    expect_end(r);
}

static void a_carriage_return_elsewhere_is_content(void **state)
{
    CS_AUTO(cs_reader) r = open_text(state, "a\rb\r\r\nc\r");
    expect_line(r, 1, "a\rb\r");
    expect_line(r, 2, "c\r");
    expect_end(r);
}

static void nul_bytes_are_content(void **state)
{
    const char *path = tmp_path(*state, "nul");
    assert_int_equal(cs_file_write(path, "a\0b\nc", 5, 0600, NULL), 0);
    CS_AUTO(cs_reader) r = NULL;
    assert_int_equal(cs_reader_open(path, &r, NULL), 0);
    cs_str line;
    assert_int_equal(cs_reader_line(r, 3, &line, NULL), 1);
    assert_true(cs_str_eq(line, CS_STR("a\0b")));
}

static void the_limit_counts_content_only(void **state)
{
    cs_str line;
    CS_AUTO(cs_reader) r = open_text(state, "12345\r\n12345\n12345");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(cs_reader_line(r, 5, &line, NULL), 1);
        assert_true(cs_str_is(line, "12345"));
    }
    assert_int_equal(cs_reader_line(r, 5, &line, NULL), 0);
}

static void a_line_over_the_limit_is_named_and_stays(void **state)
{
    cs_errinfo info = {0};
    CS_AUTO(cs_reader) r = open_text(state, "ok\n123456\nafter\n");
    expect_line(r, 1, "ok");
    cs_str line = CS_STR("untouched");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cs_reader_line(r, 5, &line, &info), CS_E_LIMIT);
        assert_string_equal(info.message, "the line is longer than 5 bytes");
        assert_int_equal(info.line, 2);
        assert_non_null(strstr(info.place, "/text"));
        assert_true(cs_str_is(line, "untouched"));
    }
    expect_line(r, 2, "123456");
}

static void a_limit_of_zero_allows_empty_lines(void **state)
{
    cs_str line;
    CS_AUTO(cs_reader) r = open_text(state, "\n\r\nx\n");
    assert_int_equal(cs_reader_line(r, 0, &line, NULL), 1);
    assert_int_equal(cs_reader_line(r, 0, &line, NULL), 1);
    assert_int_equal(cs_reader_line(r, 0, &line, NULL), CS_E_LIMIT);
}

/* Line ends fall on every position around the end of the 64 KiB buffer. */
static void lines_cross_the_buffer_anywhere(void **state)
{
    const char *path = tmp_path(*state, "long");
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    for (int i = 0; i < 40; i++) {
        cs_strbuf_pad(&text, (char)('a' + i % 26), (size_t)(65530 - i));
        cs_strbuf_add(&text, i % 2 ? "\r\n" : "\n");
    }
    assert_int_equal(cs_file_write(path, text.data, text.len, 0600, NULL), 0);
    CS_AUTO(cs_reader) r = NULL;
    assert_int_equal(cs_reader_open(path, &r, NULL), 0);
    for (int i = 0; i < 40; i++) {
        cs_str line;
        assert_int_equal(cs_reader_line(r, SIZE_MAX, &line, NULL), 1);
        assert_int_equal(line.len, 65530 - i);
        assert_int_equal(line.data[0], 'a' + i % 26);
        assert_int_equal(line.data[line.len - 1], 'a' + i % 26);
    }
    expect_end(r);
}

static void a_line_larger_than_the_buffer_is_one_line(void **state)
{
    const char *path = tmp_path(*state, "huge");
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_strbuf_pad(&text, 'x', 1000000);
    cs_strbuf_add(&text, "\ny");
    assert_int_equal(cs_file_write(path, text.data, text.len, 0600, NULL), 0);
    CS_AUTO(cs_reader) r = NULL;
    assert_int_equal(cs_reader_open(path, &r, NULL), 0);
    cs_str line;
    assert_int_equal(cs_reader_line(r, 999999, &line, NULL), CS_E_LIMIT);
    assert_int_equal(cs_reader_line(r, 1000000, &line, NULL), 1);
    assert_int_equal(line.len, 1000000);
    expect_line(r, 2, "y");
}

static void bytes_and_lines_may_be_mixed(void **state)
{
    char bytes[8];
    CS_AUTO(cs_reader) r = open_text(state, "P5\n12345678\nrest\n");
    expect_line(r, 1, "P5");
    assert_int_equal(cs_reader_read(r, bytes, 8, NULL), 8);
    assert_memory_equal(bytes, "12345678", 8);
    expect_line(r, 2, "");
    expect_line(r, 3, "rest");
    assert_int_equal(cs_reader_read(r, bytes, 8, NULL), 0);
}

static void reading_gives_less_only_at_the_end(void **state)
{
    char bytes[100];
    CS_AUTO(cs_reader) r = open_text(state, "0123456789");
    assert_int_equal(cs_reader_read(r, bytes, 4, NULL), 4);
    assert_int_equal(cs_reader_read(r, bytes, 0, NULL), 0);
    assert_int_equal(cs_reader_read(r, bytes, 100, NULL), 6);
    assert_memory_equal(bytes, "456789", 6);
    assert_int_equal(cs_reader_read(r, bytes, 100, NULL), 0);
}

static void what_cannot_be_opened_is_an_error(void **state)
{
    cs_errinfo info = {0};
    cs_reader *r = NULL;
    assert_int_equal(cs_reader_open("/nowhere", &r, &info), CS_E_NOTFOUND);
    assert_string_equal(info.message, "cannot open '/nowhere': "
                                      "no such file or directory");
    assert_int_equal(cs_reader_open(*state, &r, &info), CS_E_FORMAT);
    assert_null(r);
    cs_reader_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_without_their_ends),
        cmocka_unit_test(a_final_newline_starts_no_line),
        cmocka_unit_test(an_empty_file_has_no_lines),
        cmocka_unit_test(a_carriage_return_elsewhere_is_content),
        cmocka_unit_test(nul_bytes_are_content),
        cmocka_unit_test(the_limit_counts_content_only),
        cmocka_unit_test(a_line_over_the_limit_is_named_and_stays),
        cmocka_unit_test(a_limit_of_zero_allows_empty_lines),
        cmocka_unit_test(lines_cross_the_buffer_anywhere),
        cmocka_unit_test(a_line_larger_than_the_buffer_is_one_line),
        cmocka_unit_test(bytes_and_lines_may_be_mixed),
        cmocka_unit_test(reading_gives_less_only_at_the_end),
        cmocka_unit_test(what_cannot_be_opened_is_an_error),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
