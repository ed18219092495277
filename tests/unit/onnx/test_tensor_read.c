#include "onnx/tensor_read.h"

#include "onnx/format.h"
#include "onnx/pb_write.h"
#include "support/test.h"
#include "weights/load.h"

/* A message being made: "t", of these dims and this type. */
static void begin(cs_strbuf *b, int64_t dtype, const int64_t *dims, size_t n)
{
    cs_strbuf_init(b);
    ox_put_ints(b, OX_TENSOR_DIMS, dims, n);
    ox_put_int(b, OX_TENSOR_DTYPE, dtype);
    ox_put_text(b, OX_TENSOR_NAME, "t");
}

static int parse(cs_strbuf *b, tn_tensor *ret, cs_errinfo *info)
{
    WT_AUTO_BUFFER file = NULL;
    cs_str name = CS_STR("");
    assert_int_equal(wt_load_bytes(cs_strbuf_str(b), &file, NULL), 0);
    const cs_str all = {tn_buffer_data(file), tn_buffer_size(file)};
    int r = ox_tensor_parse(file, all, &name, ret, info);
    assert_true(r < 0 || cs_str_is(name, "t"));
    cs_strbuf_done(b);
    return r;
}

static void refused(cs_strbuf *b, int code, const char *part)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    cs_errinfo info = {0};
    assert_int_equal(parse(b, &t, &info), code);
    assert_null(t.buffer);
    if (!strstr(info.message, part))
        fail_msg("'%s' is not in: %s", part, info.message);
}

static void raw_elements_are_views_or_copies(void **state)
{
    (void)state;
    static const float raw[] = {1, -2, 3, 0.5F, 5, 6};
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    cs_strbuf b;
    begin(&b, OX_F32, (const int64_t[]){2, 3}, 2);
    ox_put_bytes(&b, OX_TENSOR_RAW, (cs_str){(const char *)raw, sizeof(raw)});
    assert_int_equal(parse(&b, &t, NULL), 0);
    assert_int_equal(t.dtype, TN_F32);
    assert_true(tn_shape_equal(&t.shape, &TN_SHAPE(2, 3)));
    assert_memory_equal(tn_data(&t), raw, sizeof(raw));
}

static void typed_elements_are_converted(void **state)
{
    (void)state;
    CS_SCOPED(tn_tensor) half = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) small = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) single = TN_TENSOR_INIT;
    cs_strbuf b;
    begin(&b, OX_F16, (const int64_t[]){2}, 1);
    ox_put_int(&b, OX_TENSOR_INT32S, 0x3c00);
    ox_put_int(&b, OX_TENSOR_INT32S, 0xc000);
    assert_int_equal(parse(&b, &half, NULL), 0);
    const uint16_t *bits = tn_data(&half);
    assert_true(tn_f16_to_f32(bits[0]) == 1 && tn_f16_to_f32(bits[1]) == -2);
    begin(&b, OX_I8, (const int64_t[]){3}, 1);
    ox_put_bytes(&b, OX_TENSOR_INT32S,
                 CS_STR("\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x7f"));
    assert_int_equal(parse(&b, &small, NULL), 0);
    assert_memory_equal(tn_data(&small), "\x05\xff\x7f", 3);
    begin(&b, OX_F32, NULL, 0);
    ox_put_float(&b, OX_TENSOR_FLOATS, 2.5F);
    assert_int_equal(parse(&b, &single, NULL), 0);
    assert_true(single.shape.rank == 0 && tn_f32(&single)[0] == 2.5F);
}

static void sizes_that_differ_are_refused(void **state)
{
    (void)state;
    cs_strbuf b;
    begin(&b, OX_F32, (const int64_t[]){2}, 1);
    ox_put_bytes(&b, OX_TENSOR_RAW, CS_STR("1234567"));
    refused(&b, CS_E_FORMAT, "'t', [2] of f32, has 7");
    begin(&b, OX_F32, (const int64_t[]){3}, 1);
    ox_put_float(&b, OX_TENSOR_FLOATS, 1);
    refused(&b, CS_E_FORMAT, "'t', [3] of f32, has 1");
    /* Much is claimed, nothing is there: no memory is taken for it. */
    begin(&b, OX_F32, (const int64_t[]){1 << 20, 1 << 30}, 2);
    refused(&b, CS_E_FORMAT, "has 0");
}

static void impossible_tensors_are_refused(void **state)
{
    (void)state;
    cs_strbuf b;
    begin(&b, OX_F32, (const int64_t[]){-1}, 1);
    refused(&b, CS_E_RANGE, "");
    begin(&b, OX_F32, (const int64_t[]){1, 1, 1, 1, 1, 1, 1}, 7);
    refused(&b, CS_E_UNSUPPORTED, "more than 6 dimensions");
    begin(&b, 8, (const int64_t[]){1}, 1);
    refused(&b, CS_E_UNSUPPORTED, "element type 8");
    begin(&b, OX_U8, (const int64_t[]){1}, 1);
    ox_put_int(&b, OX_TENSOR_INT32S, 256);
    refused(&b, CS_E_FORMAT, "holds 256, which is no u8");
    begin(&b, OX_BOOL, (const int64_t[]){1}, 1);
    ox_put_int(&b, OX_TENSOR_INT32S, 2);
    refused(&b, CS_E_FORMAT, "holds 2, which is no bool");
}

static void weights_in_other_files_are_refused(void **state)
{
    (void)state;
    cs_strbuf b;
    begin(&b, OX_F32, (const int64_t[]){1}, 1);
    ox_put_int(&b, OX_TENSOR_LOCATION, 1);
    refused(&b, CS_E_UNSUPPORTED, "kept in another file");
    begin(&b, OX_F32, (const int64_t[]){1}, 1);
    ox_put_text(&b, OX_TENSOR_EXTERNAL, "");
    refused(&b, CS_E_UNSUPPORTED, "kept in another file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_elements_are_views_or_copies),
        cmocka_unit_test(typed_elements_are_converted),
        cmocka_unit_test(sizes_that_differ_are_refused),
        cmocka_unit_test(impossible_tensors_are_refused),
        cmocka_unit_test(weights_in_other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
