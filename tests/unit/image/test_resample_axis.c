#include "image/resample_axis.h"

#include "image/plain.h"

static im_axis axis_of(size_t from, size_t to, double origin, double spacing,
                       im_interpolation by)
{
    im_axis a;
    im_map m;
    const im_geometry g = im_geometry_plain(from, 1, 1);
    im_geometry h = im_geometry_plain(to, 1, 1);
    h.origin[0] = origin;
    h.spacing[0] = fabs(spacing);
    h.direction[0] = spacing < 0 ? -1 : 1;
    im_map_init(&m, &g, &h);
    assert_int_equal(im_axis_init(&a, &m, 0, 0, by, NULL), 0);
    return a;
}

static void nearest_rounds_halves_up(void **state)
{
    (void)state;
    CS_SCOPED(im_axis) a = axis_of(4, 5, -0.5, 1, IM_NEAREST);
    assert_int_equal(a.begin, 0);
    assert_int_equal(a.n, 4); /* 3.5 is outside */
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(a.tap[i].at[0], i);
}

static void linear_stops_at_the_outermost_centres(void **state)
{
    (void)state;
    CS_SCOPED(im_axis) a = axis_of(3, 10, -0.4, 0.4, IM_LINEAR);
    assert_int_equal(a.n, 8); /* -0.4, 0, ... 2.4 */
    assert_int_equal(a.tap[0].at[0], 0);
    assert_true(a.tap[0].weight[1] == 0);
    assert_true(fabsf(a.tap[2].weight[1] - 0.4F) < 1e-6F);
    assert_int_equal(a.tap[7].at[0], 2);
    assert_int_equal(a.tap[7].at[1], 2);
}

static void cubic_is_mirrored_at_the_outermost_centres(void **state)
{
    (void)state;
    CS_SCOPED(im_axis) a = axis_of(9, 1, -0.25, 1, IM_CUBIC);
    const uint32_t want[] = {2, 1, 0, 1};
    for (int k = 0; k < 4; k++) {
        assert_int_equal(a.tap[0].at[k], want[k]);
        assert_true(fabs((double)a.tap[0].weight[k] -
                         plain_kernel(IM_CUBIC, k - 1.75)) < 1e-7);
    }
    const ptrdiff_t in[] = {-3, -1, 0, 2, 3, 5, 7};
    const size_t out[] = {1, 1, 0, 2, 1, 1, 1};
    for (size_t i = 0; i < CS_COUNTOF(in); i++)
        assert_int_equal(im_mirror(in[i], 3), out[i]);
    assert_int_equal(im_mirror(-5, 1), 0);
}

static void whole_positions_and_falling_ones_are_told(void **state)
{
    (void)state;
    CS_SCOPED(im_axis) a = axis_of(9, 4, 8, -2, IM_CUBIC);
    assert_true(a.whole && a.falls);
    assert_int_equal(a.tap[1].at[0] + a.source, 6);
    CS_SCOPED(im_axis) b = axis_of(9, 4, 1.5, 1, IM_CUBIC);
    assert_false(b.whole || b.falls);
}

static void only_the_part_that_is_needed_is_looked_at(void **state)
{
    (void)state;
    CS_SCOPED(im_axis) a = axis_of(500, 3, 250.5, 1, IM_LINEAR);
    assert_int_equal(a.source, 250);
    assert_int_equal(a.length, 4);
    CS_SCOPED(im_axis) b = axis_of(500, 3, 250.5, 1, IM_CUBIC);
    assert_int_equal(b.source, 249 - IM_SPLINE_HORIZON);
    assert_int_equal(b.length, 6 + 2 * IM_SPLINE_HORIZON);
    CS_SCOPED(im_axis) none = axis_of(5, 3, 250, 1, IM_CUBIC);
    assert_int_equal(none.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_rounds_halves_up),
        cmocka_unit_test(linear_stops_at_the_outermost_centres),
        cmocka_unit_test(cubic_is_mirrored_at_the_outermost_centres),
        cmocka_unit_test(whole_positions_and_falling_ones_are_told),
        cmocka_unit_test(only_the_part_that_is_needed_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
