#include <math.h>

#include "support/test.h"
#include "tensor/tensor.h"

static void of_doubles(tn_tensor *t, const double *v, size_t n)
{
    assert_int_equal(tn_tensor_init(t, TN_F64, &TN_SHAPE(n), NULL), 0);
    for (size_t i = 0; i < n; i++)
        ((double *)tn_data(t))[i] = v[i];
}

static void floats_to_integers_are_clamped(void **state)
{
    (void)state;
    const double in[] = {1.9,  -1.9, 300, -300, (double)NAN, (double)INFINITY,
                         1e300};
    const int8_t i8[] = {1, -1, 127, -128, 0, 127, 127};
    const uint8_t u8[] = {1, 0, 255, 0, 0, 255, 255};
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) a = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) b = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) c = TN_TENSOR_INIT;
    of_doubles(&t, in, CS_COUNTOF(in));
    assert_int_equal(tn_copy(&t, TN_I8, &a, NULL), 0);
    assert_memory_equal(tn_data(&a), i8, sizeof(i8));
    assert_int_equal(tn_copy(&t, TN_U8, &b, NULL), 0);
    assert_memory_equal(tn_data(&b), u8, sizeof(u8));
    assert_int_equal(tn_copy(&t, TN_I64, &c, NULL), 0);
    assert_true(((int64_t *)tn_data(&c))[5] == INT64_MAX);
}

static void truth_is_anything_but_zero(void **state)
{
    (void)state;
    const double in[] = {0, -0.0, 0.25, -3};
    const uint8_t out[] = {0, 0, 1, 1};
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) b = TN_TENSOR_INIT;
    of_doubles(&t, in, CS_COUNTOF(in));
    assert_int_equal(tn_copy(&t, TN_BOOL, &b, NULL), 0);
    assert_memory_equal(tn_data(&b), out, sizeof(out));
}

/* 1 + 2^-11 + 2^-40 lies above half way to the next f16. An f32 in between
 * would lose the last term and round to even, downwards. */
static void doubles_are_rounded_once(void **state)
{
    (void)state;
    const double in[] = {1 + 0x1p-11 + 0x1p-40, -(1 + 0x1p-8 + 0x1p-40)};
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) h = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) b = TN_TENSOR_INIT;
    of_doubles(&t, in, CS_COUNTOF(in));
    assert_int_equal(tn_copy(&t, TN_F16, &h, NULL), 0);
    assert_int_equal(((uint16_t *)tn_data(&h))[0], 0x3c01);
    assert_int_equal(tn_copy(&t, TN_BF16, &b, NULL), 0);
    assert_int_equal(((uint16_t *)tn_data(&b))[1], 0xbf81);
}

/* What an integer type holds, every wider type gives back. */
static void integers_survive_the_way_through_wider_types(void **state)
{
    (void)state;
    const tn_dtype small[] = {TN_I8, TN_U8, TN_I16, TN_U16};
    const tn_dtype wide[] = {TN_F32, TN_F64, TN_I32, TN_I64};
    for (size_t s = 0; s < CS_COUNTOF(small); s++) {
        for (size_t w = 0; w < CS_COUNTOF(wide); w++) {
            CS_SCOPED(tn_tensor) a = TN_TENSOR_INIT;
            CS_SCOPED(tn_tensor) b = TN_TENSOR_INIT;
            CS_SCOPED(tn_tensor) c = TN_TENSOR_INIT;
            assert_int_equal(tn_tensor_init(&a, small[s], &TN_SHAPE(256), NULL),
                             0);
            uint8_t *p = tn_data(&a);
            for (size_t i = 0; i < tn_bytes(&a); i++)
                p[i] = (uint8_t)(i * 167 + i / 256);
            assert_int_equal(tn_copy(&a, wide[w], &b, NULL), 0);
            assert_int_equal(tn_copy(&b, small[s], &c, NULL), 0);
            assert_memory_equal(tn_data(&c), p, tn_bytes(&a));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats_to_integers_are_clamped),
        cmocka_unit_test(truth_is_anything_but_zero),
        cmocka_unit_test(doubles_are_rounded_once),
        cmocka_unit_test(integers_survive_the_way_through_wider_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
