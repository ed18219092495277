#include "image/phantom/tree.h"

#include "base/random.h"
#include "base/vec.h"
#include "support/test.h"

static void every_point_gets_a_twig_and_radii_follow_murray(void **state)
{
    (void)state;
    enum { N = 300 };
    static ph_vec points[N], before[N];
    const cs_rng rng = cs_rng_stream(5, 0);
    float u[3 * N];
    cs_rng_fill_uniform_f32(&rng, 0, u, (size_t)3 * N);
    for (int i = 0; i < N; i++)
        before[i] = points[i] =
            (ph_vec){30 + 60 * u[3 * i], 80 * u[3 * i + 1], 70 * u[3 * i + 2]};
    ph_growth g = {.root = {0, 40, 35},
                   .direction = {1, 0, 0},
                   .points = points,
                   .n = N,
                   .twig = 0.3F};
    ph_branches list = {NULL, 0, 0};
    assert_int_equal(ph_tree_grow(&g, &list), 0);
    assert_int_equal(list.len, 2 * N - 1); /* of a binary tree */
    size_t leaves = 0, acute = 0;
    for (size_t i = 0; i < list.len; i++) {
        const ph_branch *b = &list.items[i];
        assert_true(b->parent < (int32_t)i);
        float r = 0.3F * powf((float)b->leaves, 1 / 2.8F);
        assert_true(fabsf(b->radius - r) < 1e-4F);
        if (b->parent >= 0) {
            const ph_branch *up = &list.items[b->parent];
            assert_true(ph_length(ph_sub(up->b, b->a)) < 1e-5F);
            assert_true(b->radius < up->radius);
            acute += ph_dot(ph_sub(up->b, up->a), ph_sub(b->b, b->a)) > 0;
        }
        if (b->leaves > 1)
            assert_int_equal(list.items[i + 1].parent, i);
        leaves += b->leaves == 1;
    }
    assert_int_equal(leaves, N);
    assert_true(acute > list.len * 9 / 10);
    for (int k = 0; k < N; k++) {
        bool met = false;
        for (size_t i = 0; i < list.len && !met; i++)
            met = list.items[i].leaves == 1 &&
                  ph_length(ph_sub(list.items[i].b, before[k])) < 1e-4F;
        assert_true(met);
    }
    cs_vec_done(&list);
}

static void no_points_no_tree_and_equal_points_end(void **state)
{
    (void)state;
    ph_vec points[9];
    for (int i = 0; i < 9; i++)
        points[i] = (ph_vec){5, 5, 5};
    ph_growth g = {.direction = {0, 0, 1}, .points = points, .twig = 1};
    ph_branches list = {NULL, 0, 0};
    assert_int_equal(ph_tree_grow(&g, &list), 0);
    assert_int_equal(list.len, 0);
    g.n = 9;
    assert_int_equal(ph_tree_grow(&g, &list), 0);
    assert_int_equal(list.len, 17);
    cs_vec_done(&list);
}

static void a_branch_is_one_line_of_tubes(void **state)
{
    (void)state;
    const ph_branch b = {.a = {1, 2, 3},
                         .b = {21, 2, 3},
                         .from = {0.8F, 0.6F, 0},
                         .radius = 2,
                         .leaves = 4};
    ph_tubes list = {NULL, 0, 0};
    const ph_tube like = {.kind = PH_VESSEL};
    assert_int_equal(ph_branch_tubes(&b, 1.5F, &like, &list), 0);
    assert_true(list.len >= 3);
    assert_true(ph_length(ph_sub(list.items[0].a, b.a)) < 1e-5F);
    assert_true(ph_length(ph_sub(list.items[list.len - 1].b, b.b)) < 1e-4F);
    assert_true(fabsf(list.items[list.len - 1].rb - 1.5F) < 1e-5F);
    assert_true(list.items[0].b.y > 2); /* it bends */
    cs_vec_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_gets_a_twig_and_radii_follow_murray),
        cmocka_unit_test(no_points_no_tree_and_equal_points_end),
        cmocka_unit_test(a_branch_is_one_line_of_tubes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
