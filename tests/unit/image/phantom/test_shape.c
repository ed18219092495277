#include "image/phantom/shape.h"

#include "base/vec.h"
#include "support/test.h"

static void a_tube_is_a_cone_with_round_ends(void **state)
{
    (void)state;
    const ph_tube t = {.a = {0, 0, 0}, .b = {10, 0, 0}, .ra = 2, .rb = 1};
    assert_true(fabsf(ph_tube_distance(&t, (ph_vec){5, 4, 0}) - 2.5F) < 1e-5F);
    assert_true(fabsf(ph_tube_distance(&t, (ph_vec){-3, 0, 4}) - 3) < 1e-5F);
    assert_true(fabsf(ph_tube_distance(&t, (ph_vec){13, 0, 0}) - 2) < 1e-5F);
    assert_true(fabsf(ph_tube_distance(&t, (ph_vec){0, 0, 0}) + 2) < 1e-5F);
    const ph_tube ball = {.a = {1, 1, 1}, .b = {1, 1, 1}, .ra = 3, .rb = 3};
    assert_true(fabsf(ph_tube_distance(&ball, (ph_vec){1, 1, 6}) - 2) < 1e-5F);
}

static void a_rod_is_oval(void **state)
{
    (void)state;
    const ph_rod r = {.a = {0, 0, 0},
                      .b = {0, 0, 20},
                      .n = {1, 0, 0},
                      .across = 3,
                      .along = 6};
    assert_true(fabsf(ph_rod_distance(&r, (ph_vec){3, 0, 10})) < 1e-4F);
    assert_true(fabsf(ph_rod_distance(&r, (ph_vec){0, 6, 10})) < 1e-4F);
    assert_true(fabsf(ph_rod_distance(&r, (ph_vec){4, 0, 10}) - 1) < 0.3F);
    assert_true(ph_rod_distance(&r, (ph_vec){0, 0, 10}) < -2.5F);
    assert_true(fabsf(ph_rod_distance(&r, (ph_vec){0, 0, 23})) < 1e-4F);
    ph_rod flat = r;
    flat.flat = true;
    assert_true(ph_rod_distance(&flat, (ph_vec){0, 0, 22}) > 1.5F);
    assert_true(ph_rod_distance(&flat, (ph_vec){0, 0, 16}) < -2);
}

static void a_curve_goes_through_its_points(void **state)
{
    (void)state;
    static const float points[][4] = {
        {0, 0, 0, 3}, {10, 5, 0, 2}, {20, 0, 8, 1}};
    ph_tubes list = {NULL, 0, 0};
    const ph_tube like = {.kind = PH_TISSUE, .hu = 40};
    assert_int_equal(ph_tubes_curve(&list, points, 3, 4, &like), 0);
    assert_int_equal(list.len, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_true(list.items[i].hu == 40);
        if (i > 0)
            assert_true(ph_length(ph_sub(list.items[i].a,
                                         list.items[i - 1].b)) < 1e-5F);
    }
    assert_true(ph_length(ph_sub(list.items[4].a, (ph_vec){10, 5, 0})) < 1e-5F);
    assert_true(fabsf(list.items[7].rb - 1) < 1e-5F);
    cs_vec_done(&list);
}

static void a_band_lists_what_reaches_into_it_in_order(void **state)
{
    (void)state;
    enum { N = 50 };
    float reach[2 * N];
    for (int i = 0; i < N; i++) {
        reach[2 * i] = (float)(i * 17 % 90) - 10;
        reach[2 * i + 1] = reach[2 * i] + (float)(i % 9) * 3;
    }
    CS_SCOPED(ph_buckets) b = PH_BUCKETS_INIT;
    assert_int_equal(ph_buckets_init(&b, 0, 70, 4, reach, N), 0);
    for (float z = 0.5F; z < 70; z += 1) {
        size_t n;
        const uint32_t *list = ph_buckets_at(&b, z, &n);
        bool found[N] = {false};
        for (size_t i = 0; i < n; i++) {
            assert_in_range(list[i], 0, N - 1);
            found[list[i]] = true;
            if (i > 0)
                assert_true(list[i - 1] < list[i]);
        }
        for (int i = 0; i < N; i++)
            if (reach[2 * i] <= z && z <= reach[2 * i + 1])
                assert_true(found[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tube_is_a_cone_with_round_ends),
        cmocka_unit_test(a_rod_is_oval),
        cmocka_unit_test(a_curve_goes_through_its_points),
        cmocka_unit_test(a_band_lists_what_reaches_into_it_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
