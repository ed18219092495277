#include "kit.h"
#include "weights/le.h"
#include "weights/safetensors.h"

static void what_is_written_reads_back(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(wt_dict) back = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    kit_fill(&d);
    kit_add(&d, "肝脏 \"0\"\n", TN_U16, &TN_SHAPE(3), 3);
    assert_int_equal(wt_dict_note(&d, CS_STR("k"), CS_STR("v\t"), NULL), 0);
    wt_sink to = wt_sink_memory(&out);
    assert_int_equal(wt_safetensors_put(&d, &to, NULL), 0);
    WT_AUTO_BUFFER file = NULL;
    assert_int_equal(wt_load_bytes(cs_strbuf_str(&out), &file, NULL), 0);
    assert_int_equal(wt_safetensors_parse(file, "w", &back, NULL), 0);
    kit_expect_same(&d, &back);
    wt_note note;
    const cs_map_entry *at = NULL;
    assert_true(wt_dict_next_note(&back, &at, &note));
    assert_string_equal(note.text, "v\t");
    for (size_t i = 0; i < wt_dict_count(&back); i++) {
        const tn_tensor *t = &wt_dict_at(&back, i)->tensor;
        if (tn_count(t) > 0) /* nothing needed to be copied */
            assert_ptr_equal(t->buffer, file);
    }
}

static void the_bytes_are_these(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    kit_add(&d, "b", TN_U8, &TN_SHAPE(1), 7);
    kit_add(&d, "a", TN_I16, &TN_SHAPE(1, 1), 1);
    wt_sink to = wt_sink_memory(&out);
    assert_int_equal(wt_safetensors_put(&d, &to, NULL), 0);
    const char table[] =
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]},"
        "\"a\":{\"dtype\":\"I16\",\"shape\":[1,1],\"data_offsets\":[0,2]}}";
    uint64_t length = wt_le64((unsigned char *)out.data);
    assert_int_equal((8 + length) % 64, 0);
    assert_memory_equal(out.data + 8, table, sizeof(table) - 1);
    assert_int_equal(out.data[8 + length - 1], ' ');
    assert_int_equal(out.len, 8 + length + 3);
    assert_memory_equal(out.data + 8 + length, "\1\2\7", 3);
}

static void nothing_is_a_file_too(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    wt_sink to = wt_sink_memory(&out);
    assert_int_equal(wt_safetensors_put(&d, &to, NULL), 0);
    WT_AUTO_BUFFER file = NULL;
    assert_int_equal(wt_load_bytes(cs_strbuf_str(&out), &file, NULL), 0);
    assert_int_equal(wt_safetensors_parse(file, "w", &d, NULL), 0);
}

static void the_name_of_the_notes_is_taken(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    kit_add(&d, "__metadata__", TN_U8, &TN_SHAPE(1), 7);
    wt_sink to = wt_sink_memory(&out);
    assert_int_equal(wt_safetensors_put(&d, &to, NULL), CS_E_FORMAT);
    assert_int_equal(out.len, 0);
}

static int write_again(void *with)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    wt_sink to = wt_sink_memory(&out);
    cs_errinfo info = {0};
    return wt_safetensors_put(with, &to, &info);
}

static void memory_may_run_out_at_any_point(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    kit_fill(&d);
    kit_refuse_each(write_again, &d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_bytes_are_these),
        cmocka_unit_test(nothing_is_a_file_too),
        cmocka_unit_test(the_name_of_the_notes_is_taken),
        cmocka_unit_test(memory_may_run_out_at_any_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
