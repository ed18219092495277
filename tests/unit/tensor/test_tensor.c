#include "tensor/tensor.h"

#include "support/test.h"

/* 0, 1, 2 … in a tensor of the shape. */
static void counted(tn_tensor *t, const tn_shape *shape)
{
    assert_int_equal(tn_tensor_init(t, TN_F32, shape, NULL), 0);
    for (size_t i = 0; i < tn_count(t); i++)
        tn_f32(t)[i] = (float)i;
}

static float at(const tn_tensor *t, size_t i, size_t j)
{
    return tn_f32(t)[(ptrdiff_t)i * t->stride[0] + (ptrdiff_t)j * t->stride[1]];
}

static void views_share_memory(void **state)
{
    (void)state;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) column = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) turned = TN_TENSOR_INIT;
    counted(&t, &TN_SHAPE(3, 4));
    assert_int_equal(tn_view_slice(&t, 1, 1, 3, &column, NULL), 0);
    assert_true(tn_shape_equal(&column.shape, &TN_SHAPE(3, 2)));
    assert_false(tn_is_contiguous(&column));
    assert_true(at(&column, 2, 1) == 10.0F);
    const unsigned order[] = {1, 0};
    assert_int_equal(tn_view_permute(&column, order, &turned, NULL), 0);
    assert_true(at(&turned, 1, 2) == 10.0F);
    tn_f32(&t)[10] = -1;
    assert_true(at(&turned, 1, 2) == -1.0F);
}

static void wrong_views_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) v = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) column = TN_TENSOR_INIT;
    cs_errinfo info = {0};
    counted(&t, &TN_SHAPE(3, 4));
    assert_int_equal(tn_view_slice(&t, 2, 0, 1, &v, &info), CS_E_RANGE);
    assert_int_equal(tn_view_slice(&t, 0, 2, 4, &v, &info), CS_E_RANGE);
    assert_int_equal(tn_view_slice(&t, 0, 2, 1, &v, &info), CS_E_RANGE);
    const unsigned twice[] = {1, 1};
    assert_int_equal(tn_view_permute(&t, twice, &v, &info), CS_E_RANGE);
    assert_int_equal(tn_view_reshape(&t, &TN_SHAPE(5, 2), &v, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message, "[3, 4] cannot be seen as [5, 2]");
    assert_int_equal(tn_view_slice(&t, 1, 0, 2, &column, &info), 0);
    assert_int_equal(tn_view_reshape(&column, &TN_SHAPE(6), &v, &info),
                     CS_E_RANGE);
    assert_int_equal(tn_view_expand(&t, &TN_SHAPE(3, 1), &v, &info),
                     CS_E_RANGE);
    assert_null(v.buffer);
}

static void reshaping_and_repeating(void **state)
{
    (void)state;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) flat = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) wide = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) copy = TN_TENSOR_INIT;
    counted(&t, &TN_SHAPE(3, 1));
    assert_int_equal(tn_view_reshape(&t, &TN_SHAPE(3), &flat, NULL), 0);
    assert_int_equal(tn_view_expand(&t, &TN_SHAPE(2, 3, 4), &wide, NULL), 0);
    assert_int_equal(tn_copy(&wide, TN_F32, &copy, NULL), 0);
    for (size_t i = 0; i < 24; i++)
        assert_true(tn_f32(&copy)[i] == (float)(i / 4 % 3));
}

static void a_tensor_stays_inside_its_buffer(void **state)
{
    (void)state;
    tn_buffer *b = NULL;
    assert_int_equal(tn_buffer_new(40, &b, NULL), 0);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    assert_int_equal(tn_tensor_over(&t, b, 2, TN_F32, &TN_SHAPE(8), NULL), 0);
    CS_SCOPED(tn_tensor) beyond = TN_TENSOR_INIT;
    assert_int_equal(tn_tensor_over(&beyond, b, 3, TN_F32, &TN_SHAPE(8), NULL),
                     CS_E_RANGE);
    assert_int_equal(
        tn_tensor_over(&beyond, b, SIZE_MAX, TN_F64, &TN_SHAPE(1), NULL),
        CS_E_RANGE);
    tn_buffer_unref(b);
    tn_f32(&t)[7] = 1; /* the tensor holds the memory */
}

static void too_large_is_an_error(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    const tn_shape huge = TN_SHAPE(SIZE_MAX, 2);
    assert_int_equal(tn_tensor_init(&t, TN_F32, &huge, &info), CS_E_RANGE);
    const tn_shape rank7 = {.rank = 7};
    assert_int_equal(tn_tensor_init(&t, TN_F32, &rank7, &info), CS_E_RANGE);
    assert_null(t.buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_share_memory),
        cmocka_unit_test(wrong_views_are_refused),
        cmocka_unit_test(reshaping_and_repeating),
        cmocka_unit_test(a_tensor_stays_inside_its_buffer),
        cmocka_unit_test(too_large_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
