#include "weights/pth.h"

#include <stdio.h>

#include "pth_kit.h"

#define VECTOR TENSOR(SIX, "K\1", "K\5\x85", "K\1\x85")
#define A KEY("\1", "a")
#define B KEY("\1", "b")

static void expect_vector(const wt_dict *d, const char *name)
{
    const tn_tensor *t = wt_dict_find(d, cs_str_of(name));
    assert_non_null(t);
    assert_true(tn_shape_equal(&t->shape, &TN_SHAPE(5)));
    assert_true(tn_f32(t)[0] == 1.0F && tn_f32(t)[4] == 5.0F);
}

static void a_plain_state_dict_is_read(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    pth_kit_good(
        PICKLE(ORDERED "(" B VECTOR A VECTOR "u}" KEY("\1", "m") "Nsb"), &d);
    assert_int_equal(wt_dict_count(&d), 2);
    assert_string_equal(wt_dict_at(&d, 0)->name.data, "b");
    expect_vector(&d, "a");
    expect_vector(&d, "b");
}

static void a_wrapped_state_dict_is_found(void **state)
{
    (void)state;
    static const cs_str wrapped[] = {
        PICKLE("}(" KEY("\12", "state_dict") "}" A VECTOR
                                             "s" KEY("\5", "epoch") "K\3u"),
        PICKLE(
            "}(" KEY("\7", "history") "](G\0\0\0\0\0\0\0\0N\x88" VECTOR "e" KEY(
                "\20", "model_state_dict") "}" A VECTOR "su"),
        PICKLE("}(K\1K\2" KEY("\3", "net") "}" A VECTOR "su"),
        PICKLE("}(" KEY("\5", "model") "}" A VECTOR "s" KEY("\3", "net") "Nu"),
    };
    for (size_t i = 0; i < CS_COUNTOF(wrapped); i++) {
        CS_SCOPED(wt_dict) d = WT_DICT_INIT;
        pth_kit_good(wrapped[i], &d);
        assert_int_equal(wt_dict_count(&d), 1);
        expect_vector(&d, "a");
    }
}

static void tensors_may_share_a_storage(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    pth_kit_good(PICKLE("}(" A VECTOR B TENSOR(SIX, "K\0", "K\3K\2\x86",
                                               "K\1K\3\x86") "u"),
                 &d);
    const tn_tensor *a = wt_dict_find(&d, CS_STR("a"));
    const tn_tensor *b = wt_dict_find(&d, CS_STR("b"));
    assert_ptr_equal(tn_f32(a), tn_f32(b) + 1);
    assert_false(tn_is_contiguous(b));
    CS_SCOPED(tn_tensor) flat = TN_TENSOR_INIT;
    static const float turned[] = {0, 3, 1, 4, 2, 5};
    assert_int_equal(wt_contiguous(b, &flat, NULL), 0);
    assert_memory_equal(tn_data(&flat), turned, sizeof(turned));
}

static void other_formats_are_named(void **state)
{
    (void)state;
    static const char magic[] = "\x80\x02\x8a\nl\xfc\x9c"
                                "F\xf9 j\xa8P\x19.";
    char tar[512] = "sys_info";
    memcpy(tar + 257, "ustar", 5);
    static const struct {
        int code;
        const char *says;
    } expected[] = {{CS_E_UNSUPPORTED, "before PyTorch 1.6"},
                    {CS_E_UNSUPPORTED, "the tar format"},
                    {CS_E_FORMAT, "no file of PyTorch's"},
                    {CS_E_FORMAT, "no file of PyTorch's"},
                    {CS_E_FORMAT, "no zip archive"}};
    const cs_str texts[] = {{magic, sizeof(magic) - 1},
                            {tar, sizeof(tar)},
                            CS_STR("hello"),
                            CS_STR(""),
                            CS_STR("PK\3\4")};
    for (size_t i = 0; i < CS_COUNTOF(texts); i++) {
        tn_buffer *file = NULL;
        assert_int_equal(wt_load_bytes(texts[i], &file, NULL), 0);
        pth_kit_refused(file, expected[i].code, expected[i].says);
    }
}

static void archives_of_something_else_are_refused(void **state)
{
    (void)state;
    const cs_str fine = PICKLE("}");
    pth_kit_refused(pth_kit_file(fine, "x/constants.pkl", ""), CS_E_UNSUPPORTED,
                    "TorchScript");
    pth_kit_refused(pth_kit_file(fine, "x/byteorder", "big"), CS_E_UNSUPPORTED,
                    "little-endian");
    pth_kit_refused(pth_kit_file(fine, "y/data.pkl", ""), CS_E_FORMAT,
                    "2 members data.pkl");
    WT_AUTO_BUFFER file = pth_kit_file(fine, "x/byteorder", "little");
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    assert_int_equal(wt_pth_parse(file, "x", &d, NULL), 0);
    assert_int_equal(wt_dict_count(&d), 0);
}

static void what_is_no_state_dict_is_refused(void **state)
{
    (void)state;
    pth_kit_refused_pickle(PICKLE("]"), CS_E_FORMAT, "no dictionary");
    pth_kit_refused_pickle(PICKLE(VECTOR), CS_E_FORMAT, "no dictionary");
    pth_kit_refused_pickle(PICKLE("}" A "K\1s"), CS_E_FORMAT,
                           "'a' is not a tensor");
    pth_kit_refused_pickle(PICKLE("}(" A VECTOR B "]u"), CS_E_FORMAT,
                           "'b' is not a tensor");
    pth_kit_refused_pickle(PICKLE("}K\1" VECTOR "s"), CS_E_FORMAT,
                           "is not a text");
    pth_kit_refused_pickle(PICKLE("}(" A VECTOR A VECTOR "u"), CS_E_EXISTS,
                           "'a' is given twice");
    pth_kit_refused_pickle(
        PICKLE("}(" KEY("\3", "net") "}" KEY("\3", "net") "}u"), CS_E_FORMAT,
        "the key 'net' twice");
    pth_kit_refused_pickle(
        PICKLE("}(" KEY("\3", "net") "}" KEY("\5", "model") "}u"), CS_E_FORMAT,
        "both 'net' and 'model'");
    pth_kit_refused_pickle(PICKLE("c__main__\nUNet\n)R"), CS_E_UNSAFE,
                           "'__main__.UNet'");
}

static void cycles_end(void **state)
{
    (void)state;
    pth_kit_refused_pickle(PICKLE("}q\0" A "h\0s"), CS_E_FORMAT,
                           "'a' is not a tensor");
    pth_kit_refused_pickle(PICKLE("}q\0" KEY("\3", "net") "h\0s"), CS_E_FORMAT,
                           "'net' is not a tensor");
    pth_kit_refused_pickle(PICKLE("]q\0h\0a"), CS_E_FORMAT, "no dictionary");
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    pth_kit_good(
        PICKLE("}(" KEY("\3", "net") "}" KEY("\4", "loss") "]q\0h\0au"), &d);
}

/* Each tensor is honest; all of them together are not. */
static void sharing_has_an_end(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    static const char vector[] = TENSOR(SIX, "K\0", "K\6\x85", "K\1\x85");
    char name[8];
    cs_strbuf_append(&b, "\x80\x02}(", 4);
    for (int i = 0; i < 2000; i++) {
        cs_strbuf_append(&b, "X\4\0\0\0", 5);
        snprintf(name, sizeof(name), "%04d", i);
        cs_strbuf_add(&b, name);
        if (i == 0) {
            cs_strbuf_append(&b, vector, sizeof(vector) - 1);
            cs_strbuf_append(&b, "q\0", 2);
        } else {
            cs_strbuf_append(&b, "h\0", 2);
        }
    }
    cs_strbuf_append(&b, "u.", 2);
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    pth_kit_good(cs_strbuf_str(&b), &d);
    assert_int_equal(wt_dict_count(&d), 2000);
    CS_SCOPED(cs_strbuf) large = CS_STRBUF_INIT;
    cs_strbuf_pad(&large, 'z', 1 << 20);
    /* One storage of a megabyte, seen forty times. */
    CS_SCOPED(cs_strbuf) p = CS_STRBUF_INIT;
    static const char seen[] = TENSOR(STORED("ByteStorage", "2", "J\0\0\20\0"),
                                      "K\0", "J\0\0\20\0\x85", "K\1\x85") "q\0";
    cs_strbuf_append(&p, "\x80\x02}(", 4);
    for (int i = 0; i < 40; i++) {
        cs_strbuf_append(&p, "X\2\0\0\0", 5);
        snprintf(name, sizeof(name), "%02d", i);
        cs_strbuf_add(&p, name);
        if (i == 0)
            cs_strbuf_append(&p, seen, sizeof(seen) - 1);
        else
            cs_strbuf_append(&p, "h\0", 2);
    }
    cs_strbuf_append(&p, "u.", 2);
    pth_kit_refused(pth_kit_file(cs_strbuf_str(&p), "x/data/2", large.data),
                    CS_E_LIMIT, "more than 16 times");
}

static const cs_str whole = PICKLE("}(" A VECTOR B TENSOR(
    STORED("BoolStorage", "1", "K\3"), "K\0", "K\3\x85", "K\1\x85") "u");

static void every_cut_is_refused(void **state)
{
    (void)state;
    WT_AUTO_BUFFER file = pth_kit_file(whole, NULL, NULL);
    for (size_t n = 0; n < tn_buffer_size(file); n++) {
        CS_SCOPED(wt_dict) d = WT_DICT_INIT;
        WT_AUTO_BUFFER part = NULL;
        cs_str bytes = {tn_buffer_data(file), n};
        assert_int_equal(wt_load_bytes(bytes, &part, NULL), 0);
        assert_true(wt_pth_parse(part, "x", &d, NULL) < 0);
    }
}

static int parse_again(void *with)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    cs_errinfo info = {0};
    return wt_pth_parse(with, "x", &d, &info);
}

static void memory_may_run_out_at_any_point(void **state)
{
    (void)state;
    WT_AUTO_BUFFER file = pth_kit_file(whole, NULL, NULL);
    kit_refuse_each(parse_again, file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_state_dict_is_read),
        cmocka_unit_test(a_wrapped_state_dict_is_found),
        cmocka_unit_test(tensors_may_share_a_storage),
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test(archives_of_something_else_are_refused),
        cmocka_unit_test(what_is_no_state_dict_is_refused),
        cmocka_unit_test(cycles_end),
        cmocka_unit_test(sharing_has_an_end),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(memory_may_run_out_at_any_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
