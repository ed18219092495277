#include "base/csv.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support/test.h"
#include "support/tmp.h"

static cs_csv parsed(const char *text)
{
    cs_csv c = CS_CSV_INIT;
    assert_int_equal(cs_csv_parse(cs_str_of(text), "t.csv", &c, NULL), 0);
    return c;
}

/* The next record, its fields joined by '|'. */
static void expect_record(cs_csv *c, unsigned line, const char *joined)
{
    CS_SCOPED(cs_strbuf) got = CS_STRBUF_INIT;
    assert_int_equal(cs_csv_next(c, NULL), 1);
    for (size_t i = 0; i < c->len; i++) {
        cs_strbuf_add(&got, i ? "|" : "");
        cs_strbuf_add_str(&got, c->fields[i]);
    }
    assert_string_equal(got.data, joined);
    assert_int_equal(cs_csv_place(c).line, line);
}

static void expect_end(cs_csv *c)
{
    assert_int_equal(cs_csv_next(c, NULL), 0);
    assert_int_equal(cs_csv_next(c, NULL), 0);
}

/* All of it is read; the first failure must be this. */
static void expect_failure(const char *text, int code, const char *says)
{
    cs_errinfo info = {0};
    char whole[CS_ERR_PLACE_MAX + CS_ERR_MESSAGE_MAX];
    cs_csv c = CS_CSV_INIT;
    double v;
    int r = cs_csv_parse(cs_str_of(text), "t.csv", &c, &info);
    if (r == 0)
        r = cs_csv_header(&c, &info);
    while (r == 0 && (r = cs_csv_next(&c, &info)) > 0)
        r = cs_csv_number(&c, c.len - 1, &v, &info);
    assert_int_equal(r, code);
    assert_string_equal(cs_errinfo_format(&info, whole, sizeof(whole)), says);
    cs_csv_done(&c);
}

static void all_line_ends_and_none_at_the_end_are_read(void **state)
{
    (void)state;
    CS_SCOPED(cs_csv)
    c = parsed("\xef\xbb\xbf"
               "a,b\r\n1,2\n\n \r3,4\r,\n5,");
    expect_record(&c, 1, "a|b");
    expect_record(&c, 2, "1|2");
    expect_record(&c, 5, "3|4");
    expect_record(&c, 6, "|");
    expect_record(&c, 7, "5|");
    expect_end(&c);
}

static void quotes_hold_commas_line_ends_and_quotes(void **state)
{
    (void)state;
    CS_SCOPED(cs_csv)
    c = parsed(
        "\"a,b\",\"c\r\nd\ne\",\"say \"\"x\"\"\"\n\"\",y,\"\"\"\"\nk,l,m");
    expect_record(&c, 1, "a,b|c\r\nd\ne|say \"x\"");
    expect_record(&c, 4, "|y|\"");
    expect_record(&c, 5, "k|l|m");
    expect_end(&c);
}

static void
a_quoted_empty_field_is_a_record_and_an_empty_line_is_none(void **state)
{
    (void)state;
    CS_SCOPED(cs_csv) c = parsed("\"\"\n\n\"\"");
    expect_record(&c, 1, "");
    expect_record(&c, 3, "");
    expect_end(&c);
    CS_SCOPED(cs_csv) none = parsed("\n\r\n  \n");
    expect_end(&none);
}

static void columns_are_found_by_any_of_their_names(void **state)
{
    (void)state;
    CS_SCOPED(cs_csv) c = parsed("CoordX, y ,\"z\"\n 1.5 , -2e1,3");
    size_t x = 9;
    size_t y = 9;
    size_t z = 9;
    double v;
    assert_int_equal(cs_csv_header(&c, NULL), 0);
    assert_int_equal(cs_csv_column(&c, "x|coordX", &x, NULL), 0);
    assert_true(cs_csv_find(&c, "y|z", &y) && cs_csv_find(&c, "q|Z", &z));
    assert_false(cs_csv_find(&c, "coord", &x));
    assert_true(x == 0 && y == 1 && z == 2);
    assert_int_equal(cs_csv_next(&c, NULL), 1);
    assert_int_equal(cs_csv_number(&c, x, &v, NULL), 0);
    assert_true(v == 1.5);
    assert_int_equal(cs_csv_number(&c, y, &v, NULL), 0);
    assert_true(v == -20);
    assert_true(cs_str_is(cs_csv_text(&c, x), "1.5"));
}

static void a_missing_column_is_named_with_those_there_are(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    size_t at = 7;
    CS_SCOPED(cs_csv) c = parsed("a,b\n");
    assert_int_equal(cs_csv_header(&c, NULL), 0);
    assert_int_equal(cs_csv_column(&c, "x|coordX", &at, &info), CS_E_FORMAT);
    assert_string_equal(info.message,
                        "a column 'x|coordX' is missing; there are: a, b");
    assert_int_equal(at, 7);
}

static void faults_name_file_line_and_field(void **state)
{
    (void)state;
    expect_failure("", CS_E_FORMAT,
                   "t.csv: the file is empty; expected a line with the "
                   "columns' names");
    expect_failure("id,x\n1,2\n\n1,two\n", CS_E_FORMAT,
                   "t.csv:4: field 'x': expected a number, not 'two'");
    expect_failure("id,x\n1,nan\n", CS_E_FORMAT,
                   "t.csv:2: field 'x': expected a number, not 'nan'");
    expect_failure("id,x\n1,1e999\n", CS_E_FORMAT,
                   "t.csv:2: field 'x': expected a number, not '1e999'");
    expect_failure("id,x\n1\n", CS_E_FORMAT,
                   "t.csv:2: the record has 1 fields; the first one has 2");
    expect_failure("id,x\n1,2,3\n", CS_E_FORMAT,
                   "t.csv:2: the record has 3 fields; the first one has 2");
    expect_failure("id,x, ID\n", CS_E_FORMAT,
                   "t.csv:1: two columns are named 'ID'");
    expect_failure("id,x\n1,2\n\"a\nb\nc", CS_E_FORMAT,
                   "t.csv:3: a quote is opened in this record and never "
                   "closed");
    expect_failure("id,x\n\"a\"b,2\n", CS_E_FORMAT,
                   "t.csv:2: after a closing quote a comma or the end of the "
                   "line must follow");
    expect_failure("id,x\na\"b\",2\n", CS_E_FORMAT,
                   "t.csv:2: a quote inside a field; a field with quotes "
                   "stands in quotes itself, with each of its own doubled");
}

static void what_is_not_text_is_refused_with_its_line(void **state)
{
    (void)state;
    expect_failure("id,x\r\n1,2\r\n\xb0\xa1,2\n", CS_E_FORMAT,
                   "t.csv:3: byte 0xb0 is not text in UTF-8; save the file "
                   "as UTF-8");
    expect_failure("\xff\xfei", CS_E_FORMAT,
                   "t.csv: the file is UTF-16; save it as UTF-8");
    cs_errinfo info = {0};
    cs_csv c = CS_CSV_INIT;
    cs_str nul = {"a\n\0b", 4};
    assert_int_equal(cs_csv_parse(nul, "t.csv", &c, &info), CS_E_FORMAT);
    assert_int_equal(info.line, 2);
    assert_null(c.name);
}

static void a_field_without_a_name_is_counted(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    double v = 3;
    CS_SCOPED(cs_csv) c = parsed("1,x");
    assert_int_equal(cs_csv_next(&c, NULL), 1);
    assert_int_equal(cs_csv_number(&c, 1, &v, &info), CS_E_FORMAT);
    assert_string_equal(info.message, "field 2: expected a number, not 'x'");
    assert_true(v == 3);
}

static void a_file_over_its_limit_is_refused(void **state)
{
    cs_csv c = CS_CSV_INIT;
    const char *path = tmp_write(*state, "big.csv", "id,x\n1,2\n");
    assert_int_equal(cs_csv_open(path, 8, &c, NULL), CS_E_LIMIT);
    assert_int_equal(cs_csv_open(path, 9, &c, NULL), 0);
    expect_record(&c, 1, "id|x");
    cs_csv_done(&c);
    assert_int_equal(cs_csv_open(tmp_path(*state, "none.csv"), 9, &c, NULL),
                     CS_E_NOTFOUND);
}

static void one_enormous_line_is_read_or_refused(void **state)
{
    (void)state;
    size_t n = 3 << 20;
    CS_AUTO_MEM char *text = cs_malloc(n + 1);
    assert_non_null(text);
    memset(text, 'x', n);
    text[n] = '\0';
    cs_csv one = parsed(text);
    assert_int_equal(cs_csv_next(&one, NULL), 1);
    assert_int_equal(one.fields[0].len, n);
    cs_csv_done(&one);
    memset(text, ',', n);
    cs_errinfo info = {0};
    CS_SCOPED(cs_csv) many = parsed(text);
    assert_int_equal(cs_csv_next(&many, &info), CS_E_LIMIT);
    assert_string_equal(info.message, "a record has more than 4096 fields");
}

static void ten_thousand_lines_keep_their_numbers(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    for (unsigned i = 0; i < 10000; i++)
        cs_strbuf_printf(&text, "%u\r\n", i);
    assert_int_equal(cs_strbuf_check(&text), 0);
    CS_SCOPED(cs_csv) c = parsed(text.data);
    for (unsigned i = 0; i < 10000; i++) {
        double v = -1;
        assert_int_equal(cs_csv_next(&c, NULL), 1);
        assert_int_equal(cs_csv_number(&c, 0, &v, NULL), 0);
        assert_true(v == i && cs_csv_place(&c).line == i + 1);
    }
    expect_end(&c);
}

static void what_is_put_reads_back(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "plain", "a,b", "say \"x\"", "", "two\r\nlines", "\xe7\xbb\x93"};
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    for (size_t i = 0; i < CS_COUNTOF(fields); i++) {
        cs_strbuf_add(&text, i ? "," : "");
        cs_csv_put(&text, cs_str_of(fields[i]));
    }
    CS_SCOPED(cs_csv) c = parsed(text.data);
    assert_int_equal(cs_csv_next(&c, NULL), 1);
    assert_int_equal(c.len, CS_COUNTOF(fields));
    for (size_t i = 0; i < CS_COUNTOF(fields); i++)
        assert_true(cs_str_is(c.fields[i], fields[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_line_ends_and_none_at_the_end_are_read),
        cmocka_unit_test(quotes_hold_commas_line_ends_and_quotes),
        cmocka_unit_test(
            a_quoted_empty_field_is_a_record_and_an_empty_line_is_none),
        cmocka_unit_test(columns_are_found_by_any_of_their_names),
        cmocka_unit_test(a_missing_column_is_named_with_those_there_are),
        cmocka_unit_test(faults_name_file_line_and_field),
        cmocka_unit_test(what_is_not_text_is_refused_with_its_line),
        cmocka_unit_test(a_field_without_a_name_is_counted),
        cmocka_unit_test_setup_teardown(a_file_over_its_limit_is_refused,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test(one_enormous_line_is_read_or_refused),
        cmocka_unit_test(ten_thousand_lines_keep_their_numbers),
        cmocka_unit_test(what_is_put_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
