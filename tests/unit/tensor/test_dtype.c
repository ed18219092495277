#include "tensor/dtype.h"

#include <math.h>

#include "support/test.h"

static void names_and_sizes_agree(void **state)
{
    (void)state;
    for (int d = 0; d < TN_DTYPES; d++) {
        tn_dtype back = TN_DTYPES;
        assert_true(tn_dtype_parse(tn_dtype_name((tn_dtype)d), &back));
        assert_int_equal(back, d);
        assert_in_range(tn_dtype_size((tn_dtype)d), 1, 8);
    }
    tn_dtype none;
    assert_false(tn_dtype_parse("f8", &none));
    assert_true(tn_dtype_is_float(TN_BF16));
    assert_false(tn_dtype_is_float(TN_BOOL));
}

/* Every f16 is an f32, and comes back as itself. */
static void every_f16_survives(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        float v = tn_f16_to_f32((uint16_t)bits);
        uint16_t back = tn_f16_from_f32(v);
        if (isnan(v))
            assert_true((back & 0x7fff) > 0x7c00);
        else
            assert_int_equal(back, bits);
    }
}

static void every_bf16_survives(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        float v = tn_bf16_to_f32((uint16_t)bits);
        uint16_t back = tn_bf16_from_f32(v);
        if (isnan(v))
            assert_true((back & 0x7fff) > 0x7f80);
        else
            assert_int_equal(back, bits);
    }
}

/* Between two neighbours the nearer one is taken; half way, the even one. */
static void f16_rounds_to_nearest_even(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 0x7bff; bits++) {
        float low = tn_f16_to_f32((uint16_t)bits);
        float high = tn_f16_to_f32((uint16_t)(bits + 1));
        float middle = low + (high - low) / 2;
        uint32_t even = bits + (bits & 1U);
        assert_int_equal(tn_f16_from_f32(middle), even);
        assert_int_equal(tn_f16_from_f32(nextafterf(middle, low)), bits);
        assert_int_equal(tn_f16_from_f32(nextafterf(middle, high)), bits + 1);
    }
}

static void f16_limits(void **state)
{
    (void)state;
    assert_int_equal(tn_f16_from_f32(65519.0F), 0x7bff);
    assert_int_equal(tn_f16_from_f32(65520.0F), 0x7c00);
    assert_int_equal(tn_f16_from_f32(-1e30F), 0xfc00);
    assert_int_equal(tn_f16_from_f32(0x1p-25F), 0);
    assert_int_equal(tn_f16_from_f32(0x1.8p-25F), 1);
    assert_int_equal(tn_f16_from_f32(-0x1p-30F), 0x8000);
    assert_int_equal(tn_bf16_from_f32(1.00390625F), 0x3f80);
    assert_int_equal(tn_bf16_from_f32(1.01171875F), 0x3f82);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_sizes_agree),
        cmocka_unit_test(every_f16_survives),
        cmocka_unit_test(every_bf16_survives),
        cmocka_unit_test(f16_rounds_to_nearest_even),
        cmocka_unit_test(f16_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
