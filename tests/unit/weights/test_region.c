#include "weights/region.h"

#include "kit.h"

static tn_buffer *counting(size_t size)
{
    tn_buffer *b = NULL;
    assert_int_equal(tn_buffer_new(size, &b, NULL), 0);
    unsigned char *p = tn_buffer_data(b);
    for (size_t i = 0; i < size; i++)
        p[i] = (unsigned char)i;
    return b;
}

static int make(wt_region file, const wt_layout *l, tn_tensor *ret,
                cs_errinfo *info)
{
    CS_SCOPED(wt_region) region = WT_REGION_INIT;
    int r = wt_region_init(&region, &file, CS_STR("w"), info);
    return r < 0 ? r : wt_region_tensor(&region, l, CS_STR("w"), ret, info);
}

static void aligned_tensors_share_the_file(void **state)
{
    (void)state;
    WT_AUTO_BUFFER b = counting(64);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    wt_layout l = {.shape = TN_SHAPE(2, 3)};
    wt_layout_contiguous(&l);
    wt_region file = {b, 8, 24, TN_F32};
    assert_int_equal(make(file, &l, &t, NULL), 0);
    assert_ptr_equal(tn_data(&t), (char *)tn_buffer_data(b) + 8);
    assert_true(tn_is_contiguous(&t));
}

static void others_are_copied_to_where_they_are_aligned(void **state)
{
    (void)state;
    WT_AUTO_BUFFER b = counting(64);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    wt_layout l = {.shape = TN_SHAPE(3)};
    wt_layout_contiguous(&l);
    wt_region file = {b, 7, 24, TN_F64};
    assert_int_equal(make(file, &l, &t, NULL), 0);
    assert_int_equal((uintptr_t)tn_data(&t) % 8, 0);
    assert_int_equal(*(unsigned char *)tn_data(&t), 7);
}

static void strides_are_followed(void **state)
{
    (void)state;
    WT_AUTO_BUFFER b = counting(16);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) flat = TN_TENSOR_INIT;
    const wt_layout l = {
        .shape = TN_SHAPE(3, 2), .stride = {1, 4}, .offset = 2};
    assert_int_equal(make((wt_region){b, 1, 10, TN_U8}, &l, &t, NULL), 0);
    assert_int_equal(wt_contiguous(&t, &flat, NULL), 0);
    assert_memory_equal(tn_data(&flat), "\3\7\4\10\5\11", 6);
}

static void nothing_reaches_beyond_its_region(void **state)
{
    (void)state;
    static const wt_layout wrong[] = {
        {.shape = {1, {11}}, .stride = {1}},
        {.shape = {1, {10}}, .stride = {1}, .offset = 1},
        {.shape = {1, {1}}, .stride = {1}, .offset = 10},
        {.shape = {1, {1}}, .stride = {1}, .offset = UINT64_MAX},
        {.shape = {1, {2}}, .stride = {UINT64_MAX}},
        {.shape = {1, {2}}, .stride = {UINT64_MAX}, .offset = 2},
        {.shape = {1, {3}}, .stride = {UINT64_MAX / 2 + 1}},
        {.shape = {2, {2, 2}}, .stride = {9, 1}},
        {.shape = {1, {0}}, .stride = {1}, .offset = 11},
    };
    WT_AUTO_BUFFER b = counting(64);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    for (size_t i = 0; i < CS_COUNTOF(wrong); i++) {
        wt_region file = {b, 4, 10, TN_U8};
        assert_int_equal(make(file, &wrong[i], &t, NULL), CS_E_RANGE);
    }
}

static void a_few_bytes_cannot_claim_much_memory(void **state)
{
    (void)state;
    WT_AUTO_BUFFER b = counting(64);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    cs_errinfo info = {0};
    const wt_layout l = {.shape = TN_SHAPE((size_t)1 << 50), .stride = {0}};
    wt_region file = {b, 0, 64, TN_U8};
    assert_int_equal(make(file, &l, &t, &info), CS_E_FORMAT);
    assert_string_equal(info.message, "the tensor 'w' repeats its elements; "
                                      "save a contiguous copy of it");
}

static void empty_tensors_stay_inside(void **state)
{
    (void)state;
    WT_AUTO_BUFFER b = counting(8);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    const wt_layout l = {.shape = TN_SHAPE(0, 5), .stride = {5, 1}};
    assert_int_equal(make((wt_region){b, 8, 0, TN_F32}, &l, &t, NULL), 0);
    assert_int_equal(tn_count(&t), 0);
}

static void strides_that_are_not_walked_do_not_matter(void **state)
{
    (void)state;
    WT_AUTO_BUFFER b = counting(8);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) flat = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) none = TN_TENSOR_INIT;
    const wt_layout l = {.shape = TN_SHAPE(3, 1, 1),
                         .stride = {2, UINT64_MAX, PTRDIFF_MAX}};
    assert_int_equal(make((wt_region){b, 1, 6, TN_U8}, &l, &t, NULL), 0);
    assert_int_equal(wt_contiguous(&t, &flat, NULL), 0);
    assert_memory_equal(tn_data(&flat), "\1\3\5", 3);
    const wt_layout empty = {.shape = TN_SHAPE(5, 0, 2),
                             .stride = {PTRDIFF_MAX, 1, UINT64_MAX}};
    assert_int_equal(make((wt_region){b, 1, 6, TN_U8}, &empty, &none, NULL), 0);
    assert_int_equal(none.stride[0], 2);
}

static void bools_are_0_or_1(void **state)
{
    (void)state;
    WT_AUTO_BUFFER b = counting(8);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    wt_layout l = {.shape = TN_SHAPE(2), .stride = {1}};
    assert_int_equal(make((wt_region){b, 0, 2, TN_BOOL}, &l, &t, NULL), 0);
    tn_tensor_done(&t);
    assert_int_equal(make((wt_region){b, 1, 2, TN_BOOL}, &l, &t, NULL),
                     CS_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_tensors_share_the_file),
        cmocka_unit_test(others_are_copied_to_where_they_are_aligned),
        cmocka_unit_test(strides_are_followed),
        cmocka_unit_test(nothing_reaches_beyond_its_region),
        cmocka_unit_test(a_few_bytes_cannot_claim_much_memory),
        cmocka_unit_test(empty_tensors_stay_inside),
        cmocka_unit_test(strides_that_are_not_walked_do_not_matter),
        cmocka_unit_test(bools_are_0_or_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
