#include "image/geometry.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

/* Turned by 30 degrees around z, then by 20 around x; written with six
 * digits, as files have it. */
static im_geometry oblique(void)
{
    return (im_geometry){.size = {50, 40, 30},
                         .spacing = {0.7, 0.8, 2.5},
                         .origin = {-120.5, 33, 1000.25},
                         .direction = {0.866025, -0.5, 0, 0.469846, 0.813798,
                                       -0.342020, 0.171010, 0.296198,
                                       0.939693}};
}

static double distance(const double a[3], const double b[3])
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                (a[2] - b[2]) * (a[2] - b[2]));
}

static void there_and_back_is_the_same_place(void **state)
{
    (void)state;
    im_geometry g = oblique();
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    const double grid[3] = {12.25, -3, 29};
    double world[3], back[3];
    im_grid_to_world(&g, grid, world);
    im_world_to_grid(&g, world, back);
    assert_true(distance(grid, back) < 1e-9);
    im_grid_to_world(&g, (double[]){1, 0, 0}, world);
    assert_true(fabs(world[1] - (33 + 0.7 * 0.469846)) < 1e-5);
}

static void six_digits_are_set_right_and_exact_stays_exact(void **state)
{
    (void)state;
    im_geometry g = oblique();
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            double sum = 0;
            for (int r = 0; r < 3; r++)
                sum += g.direction[3 * r + a] * g.direction[3 * r + b];
            assert_true(fabs(sum - (a == b)) < 1e-14);
        }
    const im_geometry before = g;
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    assert_memory_equal(&before, &g, sizeof(g));
}

typedef struct bad_case {
    int field; /* 0 size, 1 spacing, 2 origin, 3 direction */
    double value;
    const char *name;
} bad_case;

static void what_is_no_geometry_is_named(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {0, 0, "DimSize"},
        {0, 0x1p62, "DimSize"},
        {1, 0, "ElementSpacing"},
        {1, -1, "ElementSpacing"},
        {1, 1e-320, "ElementSpacing"},
        {1, 1e308, "ElementSpacing"},
        {2, -1e300, "Offset"},
        {1, (double)NAN, "ElementSpacing"},
        {1, (double)INFINITY, "ElementSpacing"},
        {2, (double)NAN, "Offset"},
        {2, -(double)INFINITY, "Offset"},
        {3, 0, "TransformMatrix"},
        {3, (double)NAN, "TransformMatrix"},
        {3, 1.1, "TransformMatrix"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        im_geometry g = im_geometry_plain(4, 5, 6);
        switch (cases[i].field) {
        case 0:
            g.size[1] = (size_t)cases[i].value;
            break;
        case 1:
            g.spacing[1] = cases[i].value;
            break;
        case 2:
            g.origin[1] = cases[i].value;
            break;
        default:
            g.direction[4] = cases[i].value;
            break;
        }
        cs_errinfo info = {0};
        assert_int_equal(im_geometry_check(&g, &info), CS_E_FORMAT);
        assert_non_null(strstr(info.message, cases[i].name));
    }
}

static void mirrored_axes_are_a_geometry(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(4, 5, 6);
    g.direction[0] = -1;
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    char letters[4];
    assert_string_equal(im_geometry_letters(&g, letters), "RPS");
    g.direction[8] = -1;
    assert_string_equal(im_geometry_letters(&g, letters), "RPI");
}

static void sameness_has_a_tolerance(void **state)
{
    (void)state;
    im_geometry a = oblique();
    im_geometry b = a;
    assert_true(im_geometry_same(&a, &b, 0));
    b.spacing[2] += 0.001;
    assert_false(im_geometry_same(&a, &b, 0.01));
    assert_true(im_geometry_same(&a, &b, 0.03));
    b = a;
    b.size[0]++;
    assert_false(im_geometry_same(&a, &b, 1000));
}

/* Edges stay: the first voxel's outer corner, seen from both grids. */
static void a_new_spacing_covers_the_same_box(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(512, 10, 3);
    g.spacing[0] = g.spacing[1] = 0.7;
    g.spacing[2] = 2.5;
    im_geometry to;
    const double wanted[3] = {1, 0.7, 1.25};
    assert_int_equal(im_geometry_respaced(&g, wanted, &to, NULL), 0);
    assert_int_equal(to.size[0], 359); /* 358.4 mm */
    assert_int_equal(to.size[1], 10);
    assert_int_equal(to.size[2], 6);
    assert_true(fabs(to.origin[0] - (-0.35 + 0.5 - 0.3)) < 1e-12);
    assert_true(to.origin[1] == 0);
    assert_true(fabs(to.origin[2] - (-1.25 + 0.625)) < 1e-12);
    const double none[3] = {1, 0, 1};
    assert_int_equal(im_geometry_respaced(&g, none, &to, NULL), CS_E_RANGE);
    const double tiny[3] = {1e-300, 1, 1};
    assert_int_equal(im_geometry_respaced(&g, tiny, &to, NULL), CS_E_RANGE);
}

static void a_part_keeps_its_place(void **state)
{
    (void)state;
    im_geometry g = oblique();
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    im_geometry part = im_geometry_part(&g, (const ptrdiff_t[]){-2, 3, 4},
                                        (const size_t[]){5, 6, 7});
    assert_int_equal(part.size[2], 7);
    double there[3], here[3];
    im_grid_to_world(&part, (double[]){2, 1, 1}, here);
    im_grid_to_world(&g, (double[]){0, 4, 5}, there);
    assert_true(distance(here, there) < 1e-12);
}

/* Moved along one of its own axes by the whole of it, a grid touches itself
 * and shares nothing; by a little less it shares a slab. */
static void grids_meet_where_they_share_space(void **state)
{
    (void)state;
    im_geometry g = oblique();
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    for (int axis = 0; axis < 3; axis++)
        for (int side = -1; side <= 1; side += 2) {
            im_geometry near = g, far = g;
            double at[3] = {0, 0, 0};
            at[axis] = side * ((double)g.size[axis] - 0.01);
            im_grid_to_world(&g, at, near.origin);
            at[axis] = side * ((double)g.size[axis] + 0.01);
            im_grid_to_world(&g, at, far.origin);
            assert_true(im_geometry_meet(&g, &near));
            assert_true(im_geometry_meet(&near, &g));
            assert_false(im_geometry_meet(&g, &far));
            assert_false(im_geometry_meet(&far, &g));
        }
    const ptrdiff_t inside[3] = {20, 20, 10};
    const size_t one[3] = {1, 1, 1};
    im_geometry voxel = im_geometry_part(&g, inside, one);
    assert_true(im_geometry_meet(&g, &voxel));
    assert_true(im_geometry_meet(&voxel, &g));
    /* only the turned box's own side tells these two apart */
    im_geometry plain = im_geometry_plain(10, 10, 10);
    im_geometry turned = im_geometry_plain(10, 10, 10);
    const double s = sqrt(0.5);
    const double turn[9] = {s, -s, 0, s, s, 0, 0, 0, 1};
    memcpy(turned.direction, turn, sizeof(turn));
    turned.origin[0] = 15.2;
    turned.origin[1] = 9.2;
    assert_false(im_geometry_meet(&plain, &turned));
    turned.origin[0] = 9;
    assert_true(im_geometry_meet(&plain, &turned));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_is_the_same_place),
        cmocka_unit_test(six_digits_are_set_right_and_exact_stays_exact),
        cmocka_unit_test(what_is_no_geometry_is_named),
        cmocka_unit_test(mirrored_axes_are_a_geometry),
        cmocka_unit_test(sameness_has_a_tolerance),
        cmocka_unit_test(a_new_spacing_covers_the_same_box),
        cmocka_unit_test(grids_meet_where_they_share_space),
        cmocka_unit_test(a_part_keeps_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
