#include "base/json_write.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "support/test.h"

static void pieces_become_json(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    cs_json w;
    cs_json_init(&w, &out, CS_JSON_COMPACT);
    cs_json_open_object(&w);
    cs_json_key(&w, "a");
    cs_json_open_array(&w);
    cs_json_i64(&w, INT64_MIN);
    cs_json_u64(&w, UINT64_MAX);
    cs_json_bool(&w, true);
    cs_json_null(&w);
    cs_json_double(&w, 0.1);
    cs_json_double(&w, (double)NAN);
    cs_json_close_array(&w);
    cs_json_key(&w, "b");
    cs_json_cstring(&w, "q\"\\\n\x01会");
    cs_json_close_object(&w);
    assert_int_equal(cs_json_finish(&w), 0);
    assert_string_equal(out.data,
                        "{\"a\":[-9223372036854775808,18446744073709551615,"
                        "true,null,0.1,null],\"b\":\"q\\\"\\\\\\n\\u0001会\"}");
}

static void pretty_json_has_a_line_for_each_value(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    cs_json w;
    cs_json_init(&w, &out, CS_JSON_PRETTY);
    cs_json_open_object(&w);
    cs_json_key(&w, "a");
    cs_json_i64(&w, 1);
    cs_json_key(&w, "b");
    cs_json_open_array(&w);
    cs_json_i64(&w, 2);
    cs_json_close_array(&w);
    cs_json_close_object(&w);
    assert_int_equal(cs_json_finish(&w), 0);
    assert_string_equal(out.data, "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}");
}

static void doubles_read_back_exactly(void **state)
{
    (void)state;
    static const double values[] = {
        0.0,     -0.0,    1.0,      0.1,  1.0 / 3,
        DBL_MAX, DBL_MIN, 4.9e-324, 1e21, 123456789012345680.0};
    for (size_t i = 0; i < CS_COUNTOF(values); i++) {
        char text[CS_FORMAT_DOUBLE_MAX];
        double back = strtod(cs_format_double(values[i], text), NULL);
        assert_memory_equal(&back, &values[i], sizeof(back));
        assert_non_null(strpbrk(text, ".e"));
    }
    char text[CS_FORMAT_DOUBLE_MAX];
    assert_string_equal(cs_format_double(0.1, text), "0.1");
    assert_string_equal(cs_format_double(5, text), "5.0");
}

static void text_that_is_not_utf8_is_replaced(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    cs_json w;
    cs_json_init(&w, &out, CS_JSON_COMPACT);
    cs_json_string(&w, CS_STR("a\xff\0b"));
    assert_int_equal(cs_json_finish(&w), 0);
    assert_string_equal(out.data, "\"a\xef\xbf\xbd\\u0000b\"");
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    cs_json w;
    cs_json_init(&w, &out, CS_JSON_PRETTY);
    cs_json_open_array(&w);
    for (int c = 1; c < 128; c++) {
        char text[2] = {(char)c, '\0'};
        cs_json_cstring(&w, text);
    }
    cs_json_close_array(&w);
    assert_int_equal(cs_json_finish(&w), 0);
    CS_AUTO(cs_doc) doc = NULL;
    assert_int_equal(
        cs_doc_parse_json(out.data, out.len, "x", NULL, &doc, NULL), 0);
    int c = 1;
    for (CS_EACH_CHILD(child, cs_doc_root(doc))) {
        assert_int_equal(child->string.len, 1);
        assert_int_equal(child->string.data[0], c++);
    }
    assert_int_equal(c, 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_become_json),
        cmocka_unit_test(pretty_json_has_a_line_for_each_value),
        cmocka_unit_test(doubles_read_back_exactly),
        cmocka_unit_test(text_that_is_not_utf8_is_replaced),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
