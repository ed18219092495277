#include "base/checked.h"

#include "support/test.h"

static void results_that_fit_are_given(void **state)
{
    (void)state;
    size_t r = 0;
    assert_true(cs_add_size(SIZE_MAX - 1, 1, &r));
    assert_int_equal(r, SIZE_MAX);
    assert_true(cs_sub_size(5, 5, &r));
    assert_int_equal(r, 0);
    assert_true(cs_mul_size(SIZE_MAX / 3, 3, &r));
    assert_int_equal(r, SIZE_MAX / 3 * 3);
    assert_true(cs_align_size(17, 16, &r));
    assert_int_equal(r, 32);
    assert_true(cs_align_size(0, 64, &r));
    assert_int_equal(r, 0);
    assert_true(cs_size_from_u64(77, &r));
    assert_int_equal(r, 77);
}

static void what_does_not_fit_leaves_the_result_alone(void **state)
{
    (void)state;
    size_t r = 42;
    assert_false(cs_add_size(SIZE_MAX, 1, &r));
    assert_false(cs_sub_size(4, 5, &r));
    assert_false(cs_mul_size(SIZE_MAX / 2 + 1, 2, &r));
    assert_false(cs_align_size(SIZE_MAX - 3, 16, &r));
    const size_t volume[] = {(size_t)1 << 32, (size_t)1 << 31, 2};
    assert_false(cs_product_size(volume, 3, &r));
    assert_int_equal(r, 42);
}

static void a_product_with_a_zero_is_zero_only_if_the_rest_fits(void **state)
{
    (void)state;
    size_t r = 42;
    const size_t empty[] = {512, 0, 300};
    assert_true(cs_product_size(empty, 3, &r));
    assert_int_equal(r, 0);
    const size_t hostile[] = {SIZE_MAX, 0, 2};
    assert_false(cs_product_size(hostile, 3, &r));
    assert_true(cs_product_size(NULL, 0, &r));
    assert_int_equal(r, 1);
}

static void ranges_are_checked_without_wrapping(void **state)
{
    (void)state;
    assert_true(cs_range_fits(0, 10, 10));
    assert_true(cs_range_fits(10, 0, 10));
    assert_false(cs_range_fits(1, 10, 10));
    assert_false(cs_range_fits(11, 0, 10));
    assert_false(cs_range_fits(UINT64_MAX, 2, 10));
    assert_false(cs_range_fits(2, UINT64_MAX, 10));
}

static void aligning_covers_each_remainder(void **state)
{
    (void)state;
    for (size_t align = 1; align <= 4096; align *= 2) {
        for (size_t n = 0; n < 3 * align; n += align / 2 + 1) {
            size_t r = 0;
            assert_true(cs_align_size(n, align, &r));
            assert_int_equal(r % align, 0);
            assert_in_range(r, n, n + align - 1);
        }
    }
    size_t r = 0;
    assert_true(cs_align_size(SIZE_MAX - 15, 16, &r));
    assert_int_equal(r, SIZE_MAX - 15);
    assert_false(cs_align_size(SIZE_MAX - 14, 16, &r));
}

static void a_volume_on_the_edge_fits(void **state)
{
    (void)state;
    size_t r = 0;
    const size_t ct[] = {512, 512, 1000, sizeof(int16_t)};
    assert_true(cs_product_size(ct, 4, &r));
    assert_int_equal(r, 524288000);
    const size_t edge[] = {(size_t)1 << 31, (size_t)1 << 32, 1};
    assert_true(cs_product_size(edge, 3, &r));
    assert_true(r == (size_t)1 << 63);
    assert_true(cs_size_from_u64(UINT64_MAX, &r));
    assert_true(r == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_that_fit_are_given),
        cmocka_unit_test(what_does_not_fit_leaves_the_result_alone),
        cmocka_unit_test(a_product_with_a_zero_is_zero_only_if_the_rest_fits),
        cmocka_unit_test(ranges_are_checked_without_wrapping),
        cmocka_unit_test(aligning_covers_each_remainder),
        cmocka_unit_test(a_volume_on_the_edge_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
