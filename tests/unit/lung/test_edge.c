#include "lung/edge.h"

#include "lung/outlines.h"

static const double seed[] = {0, 0, 0};

static double edge_of(double hu, double wall_x)
{
    CS_SCOPED(outlined) o = {.outline = {.found = false}};
    const nodules_ball b = {{0, 0, 0}, {5, 5, 5}, hu};
    const nodules_scene s = {
        .balls = &b, .ball_count = 1, .wall_x = wall_x, .noise = 10};
    outlined_make(&o, &s, seed, 10);
    assert_true(o.outline.found);
    double ret;
    assert_int_equal(lu_edge_find(&o.patch, &o.outline, &ret, NULL), 0);
    return ret;
}

/* The scene's edge falls evenly over 1 mm, which voxels of 0.7 and 1 mm blur
 * to some 2: of the way from -0.75 to 0.75 mm five sixths of the contrast. */
static void the_slope_is_the_contrast_over_the_way(void **state)
{
    (void)state;
    assert_near(edge_of(40, 0), 0.85 * 900 / 1.5, 50);
    assert_near(edge_of(-410, 0), 0.85 * 450 / 1.5, 25);
}

static void the_wall_is_no_edge(void **state)
{
    (void)state;
    assert_near(edge_of(40, 2), 0.85 * 900 / 1.5, 50);
}

static void no_border_has_no_slope(void **state)
{
    (void)state;
    CS_SCOPED(outlined) o = {.outline = {.found = false}};
    const nodules_ball b = {{0, 0, 0}, {5, 5, 5}, 40};
    const nodules_scene s = {.balls = &b, .ball_count = 1};
    outlined_make(&o, &s, seed, 10);
    memset(im_u8(&o.outline.mask), 0,
           im_geometry_voxels(&o.outline.mask.geometry));
    double ret = 1;
    assert_int_equal(lu_edge_find(&o.patch, &o.outline, &ret, NULL), 0);
    assert_near(ret, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slope_is_the_contrast_over_the_way),
        cmocka_unit_test(the_wall_is_no_edge),
        cmocka_unit_test(no_border_has_no_slope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
