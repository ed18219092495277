#include "weights/elements.h"

#include "kit.h"

static void contiguous_tensors_are_not_copied(void **state)
{
    (void)state;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) same = TN_TENSOR_INIT;
    assert_int_equal(tn_tensor_init(&t, TN_F32, &TN_SHAPE(2, 2), NULL), 0);
    assert_int_equal(wt_contiguous(&t, &same, NULL), 0);
    assert_ptr_equal(tn_data(&t), tn_data(&same));
}

static void copies_keep_every_bit(void **state)
{
    (void)state;
    static const uint32_t bits[] = {0x7f800001U, 0xffc12345U, 0x80000000U,
                                    1U,          0x7f800000U, 0x3f800000U};
    static const uint32_t turned[] = {0x7f800001U, 1U,          0xffc12345U,
                                      0x7f800000U, 0x80000000U, 0x3f800000U};
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) view = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) copy = TN_TENSOR_INIT;
    assert_int_equal(tn_tensor_init(&t, TN_F32, &TN_SHAPE(2, 3), NULL), 0);
    memcpy(tn_data(&t), bits, sizeof(bits));
    const unsigned order[] = {1, 0};
    assert_int_equal(tn_view_permute(&t, order, &view, NULL), 0);
    assert_int_equal(wt_contiguous(&view, &copy, NULL), 0);
    assert_memory_equal(tn_data(&copy), turned, sizeof(turned));
}

static void expect_oddities(tn_dtype dtype, const void *bytes, size_t n,
                            size_t nan, size_t inf)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    wt_oddities found;
    assert_int_equal(tn_tensor_init(&t, dtype, &TN_SHAPE(n), NULL), 0);
    memcpy(tn_data(&t), bytes, tn_bytes(&t));
    assert_int_equal(wt_count_oddities(&t, &found, NULL), 0);
    assert_int_equal(found.nan, nan);
    assert_int_equal(found.inf, inf);
}

static void nan_and_infinity_are_counted_in_every_type(void **state)
{
    (void)state;
    const uint16_t f16[] = {0x7c00, 0xfc00, 0x7c01, 0xffff, 0x7bff, 0};
    const uint16_t bf16[] = {0x7f80, 0xff80, 0x7f81, 0xffff, 0x7f7f, 0};
    const uint32_t f32[] = {0x7f800000, 0xff800000, 0x7f800001, 0x7f7fffff};
    const uint64_t f64[] = {UINT64_C(0x7ff0000000000000),
                            UINT64_C(0xfff0000000000001),
                            UINT64_C(0x7fefffffffffffff)};
    const int64_t i64[] = {INT64_MIN, -1};
    expect_oddities(TN_F16, f16, 6, 2, 2);
    expect_oddities(TN_BF16, bf16, 6, 2, 2);
    expect_oddities(TN_F32, f32, 4, 1, 2);
    expect_oddities(TN_F64, f64, 3, 1, 1);
    expect_oddities(TN_I64, i64, 2, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contiguous_tensors_are_not_copied),
        cmocka_unit_test(copies_keep_every_bit),
        cmocka_unit_test(nan_and_infinity_are_counted_in_every_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
