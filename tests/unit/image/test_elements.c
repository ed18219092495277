#include "image/elements.h"

#include <math.h>

#include "support/test.h"

#define N 37

static void integers_are_rounded_to_even_and_clamped(void **state)
{
    (void)state;
    const float in[] = {0.5F,   1.5F,     -0.5F, -1.5F,  2.4999F,
                        1e9F,   NAN,      -1e9F, 40000,  -7,
                        254.5F, INFINITY, 0,     -2.51F, 32766.5F};
    const int16_t i16[] = {0,     2,  0,   -2,    2, 32767, 0,    -32768,
                           32767, -7, 254, 32767, 0, -3,    32766};
    const uint8_t u8[] = {0,   2, 0,   0,   2, 255, 0,  0,
                          255, 0, 254, 255, 0, 0,   255};
    for (cs_cpu_tier tier = CS_CPU_BASELINE; tier <= cs_cpu_tier_best();
         tier++) {
        const im_table *t = im_table_of(tier);
        int16_t a[CS_COUNTOF(in)];
        uint8_t b[CS_COUNTOF(in)];
        im_store_row(t, TN_I16, in, CS_COUNTOF(in), a);
        im_store_row(t, TN_U8, in, CS_COUNTOF(in), b);
        assert_memory_equal(a, i16, sizeof(a));
        assert_memory_equal(b, u8, sizeof(b));
        for (size_t i = 0; i < CS_COUNTOF(in); i++) {
            im_store_value(TN_I16, (double)in[i], &a[i]);
            im_store_value(TN_U8, (double)in[i], &b[i]);
        }
        assert_memory_equal(a, i16, sizeof(a));
        assert_memory_equal(b, u8, sizeof(b));
    }
}

/* Small whole numbers go through every element type and back. */
static void every_type_holds_small_numbers(void **state)
{
    (void)state;
    for (tn_dtype d = 0; d < TN_DTYPES; d++) {
        float in[N], out[N];
        _Alignas(8) char row[N * 8];
        for (int i = 0; i < N; i++)
            in[i] = (float)(d == TN_BOOL ? i % 2 : i);
        const im_table *t = im_table_of(cs_cpu_tier_best());
        im_store_row(t, d, in, N, row);
        im_load_row(t, d, row, N, out);
        assert_memory_equal(in, out, sizeof(in));
    }
}

static void signs_survive(void **state)
{
    (void)state;
    const tn_dtype types[] = {TN_I8, TN_I16, TN_I32, TN_I64, TN_F64, TN_F16};
    for (size_t i = 0; i < CS_COUNTOF(types); i++) {
        float in = -100, out = 0;
        uint64_t element = 0;
        const im_table *t = im_table_of(CS_CPU_BASELINE);
        im_store_row(t, types[i], &in, 1, &element);
        im_load_row(t, types[i], &element, 1, &out);
        assert_true(out == -100);
    }
}

static void extremes_of_wide_integers_are_kept(void **state)
{
    (void)state;
    int64_t wide;
    int32_t narrow;
    im_store_value(TN_I64, 1e300, &wide);
    assert_true(wide == INT64_MAX);
    im_store_value(TN_I64, -1e300, &wide);
    assert_true(wide == INT64_MIN);
    im_store_value(TN_I32, -2147483648.4, &narrow);
    assert_true(narrow == INT32_MIN);
    im_store_value(TN_I32, 2147483646.5, &narrow);
    assert_true(narrow == 2147483646);
}

static void rows_are_filled_with_one_element(void **state)
{
    (void)state;
    const tn_dtype types[] = {TN_U8, TN_I16, TN_F32, TN_F64};
    for (size_t i = 0; i < CS_COUNTOF(types); i++) {
        size_t size = tn_dtype_size(types[i]);
        _Alignas(8) unsigned char row[9 * 8] = {0};
        uint64_t value = 0x0102030405060708U;
        im_fill_row(types[i], &value, 8, row);
        for (size_t k = 0; k < 8; k++)
            assert_memory_equal(row + k * size, &value, size);
        assert_int_equal(row[8 * size], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_rounded_to_even_and_clamped),
        cmocka_unit_test(every_type_holds_small_numbers),
        cmocka_unit_test(signs_survive),
        cmocka_unit_test(extremes_of_wide_integers_are_kept),
        cmocka_unit_test(rows_are_filled_with_one_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
