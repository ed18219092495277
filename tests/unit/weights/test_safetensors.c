#include "weights/safetensors.h"

#include <stdio.h>

#include "kit.h"
#include "weights/le.h"

/* A file with this table and `size` bytes 0, 1, 2, … */
static tn_buffer *file_of(const char *table, size_t size)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    unsigned char length[8];
    wt_le_set(length, 8, strlen(table));
    cs_strbuf_append(&out, length, 8);
    cs_strbuf_add(&out, table);
    for (size_t i = 0; i < size; i++)
        cs_strbuf_putc(&out, (char)i);
    tn_buffer *b = NULL;
    assert_int_equal(wt_load_bytes(cs_strbuf_str(&out), &b, NULL), 0);
    return b;
}

static void expect_refused(const char *table, size_t size, int code,
                           const char *says)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    cs_errinfo info = {0};
    WT_AUTO_BUFFER file = file_of(table, size);
    int r = wt_safetensors_parse(file, "w.safetensors", &d, &info);
    char text[CS_ERR_PLACE_MAX + CS_ERR_MESSAGE_MAX + 32];
    cs_errinfo_format(&info, text, sizeof(text));
    if (r != code || !strstr(text, says))
        fail_msg("%d: %s", r, text);
    assert_memory_equal(text, "w.safetensors:", 14);
    assert_int_equal(wt_dict_count(&d), 0);
}

static void tables_are_read_in_their_order(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    WT_AUTO_BUFFER file = file_of(
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[2,1],\"data_offsets\":[4,6]},"
        "\"__metadata__\":{\"format\":\"pt\",\"of\":\"\"},"
        "\"a\":{\"shape\":[],\"dtype\":\"F32\",\"data_offsets\":[0,4]}}  ",
        6);
    assert_int_equal(wt_safetensors_parse(file, "w", &d, NULL), 0);
    assert_string_equal(wt_dict_at(&d, 0)->name.data, "b");
    const tn_tensor *b = wt_dict_find(&d, CS_STR("b"));
    assert_memory_equal(tn_data(b), "\4\5", 2);
    const tn_tensor *a = wt_dict_find(&d, CS_STR("a"));
    assert_int_equal(a->shape.rank, 0);
    assert_int_equal(a->dtype, TN_F32);
    assert_memory_equal(tn_data(a), "\0\1\2\3", 4);
    assert_int_equal(wt_dict_note_count(&d), 2);
}

static void what_is_no_table_is_refused(void **state)
{
    (void)state;
    expect_refused("", 4, CS_E_FORMAT, "starts with '{'");
    expect_refused("[]", 0, CS_E_FORMAT, "starts with '{'");
    expect_refused(" {}", 0, CS_E_FORMAT, "starts with '{'");
    expect_refused("{\"a\":1}", 0, CS_E_FORMAT, "and nothing else");
    expect_refused("{\"a\":{}}", 0, CS_E_FORMAT, ":1:2: the tensor 'a' needs");
    expect_refused("{\"__metadata__\":[]}", 0, CS_E_FORMAT, "__metadata__");
    expect_refused("{\"__metadata__\":{\"a\":1}}", 0, CS_E_FORMAT,
                   "__metadata__");
    expect_refused("{} x", 0, CS_E_FORMAT, ":1:4");
    expect_refused("{\"a\":{\"dtype\":{\"x\":{\"y\":{}}}}}", 0, CS_E_LIMIT, "");
    expect_refused("{}", 1, CS_E_FORMAT, "no tensor owns byte 0");
}

static void wrong_entries_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *entry;
        int code;
        const char *says;
    } rows[] = {
        {"\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]",
         CS_E_UNSUPPORTED, "element type 'f32'"},
        {"\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]",
         CS_E_UNSUPPORTED, "element type 'F8_E4M3'"},
        {"\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[0,8]",
         CS_E_UNSUPPORTED, "element type 'U64'"},
        {"\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,8]", CS_E_FORMAT,
         "the tensor 'a' needs"},
        {"\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":0",
         CS_E_FORMAT, "nothing else"},
        {"\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]", CS_E_FORMAT,
         ":1:29: expected a shape"},
        {"\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]",
         CS_E_FORMAT, "expected a shape"},
        {"\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]", CS_E_FORMAT,
         "expected a shape"},
        {"\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,2],"
         "\"data_offsets\":[0,8]",
         CS_E_FORMAT, "expected a shape"},
        {"\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],"
         "\"data_offsets\":[0,0]",
         CS_E_RANGE, "too large"},
        {"\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9]", CS_E_FORMAT,
         "expected two data_offsets"},
        {"\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]", CS_E_FORMAT,
         "expected two data_offsets"},
        {"\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]", CS_E_FORMAT,
         "expected two data_offsets"},
        {"\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]", CS_E_FORMAT,
         "expected two data_offsets"},
        {"\"dtype\":\"F32\",\"shape\":[2],"
         "\"data_offsets\":[0,9223372036854775807]",
         CS_E_FORMAT, "expected two data_offsets"},
        {"\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]", CS_E_FORMAT,
         "'a', [1] of f32, does not take 8 bytes"},
        {"\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]", CS_E_FORMAT,
         "no tensor owns byte 0"},
        {"\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]", CS_E_FORMAT,
         "no tensor owns byte 4"},
        {"\"dtype\":\"BOOL\",\"shape\":[8],\"data_offsets\":[0,8]", CS_E_FORMAT,
         "neither 0 nor 1"},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        char table[256];
        snprintf(table, sizeof(table), "{\"a\":{%s}}", rows[i].entry);
        expect_refused(table, 8, rows[i].code, rows[i].says);
    }
}

#define U8(name, from, to)                                                     \
    "\"" name "\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[" from     \
    "," to "]}"

static void overlaps_and_holes_are_refused(void **state)
{
    (void)state;
    expect_refused("{" U8("a", "0", "4") "," U8("b", "3", "7") "}", 7,
                   CS_E_FORMAT, "overlap at byte 3");
    expect_refused("{" U8("a", "0", "4") "," U8("b", "0", "4") "}", 4,
                   CS_E_FORMAT, "overlap at byte 0");
    expect_refused("{" U8("a", "5", "9") "," U8("b", "0", "4") "}", 9,
                   CS_E_FORMAT, "no tensor owns byte 4");
    expect_refused("{" U8("a", "0", "4") "," U8("a", "4", "8") "}", 8,
                   CS_E_FORMAT, "given twice");
    expect_refused("{" U8("", "0", "4") "}", 4, CS_E_FORMAT, "has no name");
}

static void tables_are_limited(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    cs_errinfo info = {0};
    unsigned char bytes[16] = {0};
    static const uint64_t lengths[] = {9, WT_SAFETENSORS_HEADER_MAX + 1,
                                       UINT64_MAX, UINT64_MAX - 7};
    for (size_t i = 0; i < CS_COUNTOF(lengths); i++) {
        WT_AUTO_BUFFER file = NULL;
        wt_le_set(bytes, 8, lengths[i]);
        cs_str text = {(char *)bytes, sizeof(bytes)};
        assert_int_equal(wt_load_bytes(text, &file, NULL), 0);
        assert_int_equal(wt_safetensors_parse(file, "w", &d, &info),
                         i == 0 ? CS_E_FORMAT : CS_E_LIMIT);
    }
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    kit_fill(&d);
    wt_sink to = wt_sink_memory(&out);
    assert_int_equal(wt_safetensors_put(&d, &to, NULL), 0);
    for (size_t n = 0; n < out.len; n++) {
        CS_SCOPED(wt_dict) back = WT_DICT_INIT;
        WT_AUTO_BUFFER file = NULL;
        cs_str part = {out.data, n};
        assert_int_equal(wt_load_bytes(part, &file, NULL), 0);
        assert_true(wt_safetensors_parse(file, "w", &back, NULL) < 0);
    }
}

static int parse_again(void *with)
{
    CS_SCOPED(wt_dict) back = WT_DICT_INIT;
    cs_errinfo info = {0};
    return wt_safetensors_parse(with, "w", &back, &info);
}

static void memory_may_run_out_at_any_point(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    kit_fill(&d);
    assert_int_equal(wt_dict_note(&d, CS_STR("k"), CS_STR("v"), NULL), 0);
    wt_sink to = wt_sink_memory(&out);
    assert_int_equal(wt_safetensors_put(&d, &to, NULL), 0);
    WT_AUTO_BUFFER file = NULL;
    assert_int_equal(wt_load_bytes(cs_strbuf_str(&out), &file, NULL), 0);
    kit_refuse_each(parse_again, file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_read_in_their_order),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(wrong_entries_are_refused),
        cmocka_unit_test(overlaps_and_holes_are_refused),
        cmocka_unit_test(tables_are_limited),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(memory_may_run_out_at_any_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
