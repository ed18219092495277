#include "lung/onscan.h"

#include "lung/nodules.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

static void make_ball(im_volume *v, double x, double y, double z, double r)
{
    im_geometry g = nodules_cube(20, 0.5, 0.5);
    const double c[] = {x, y, z};
    for (int a = 0; a < 3; a++)
        g.origin[a] += c[a];
    assert_int_equal(im_volume_init(v, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        double p[3];
        chest_mm(&g, i, p);
        double mid = 0.25 * (double)(g.size[0] - 1);
        im_u8(v)[i] = chest_ball(p, mid, mid, mid, r) < 0;
    }
}

/* World places of all voxels that should be set, and of those that are. */
static void check_ball(const im_geometry *scan, const double c[3], double r)
{
    CS_SCOPED(im_volume) ball = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) on = IM_VOLUME_INIT;
    make_ball(&ball, c[0], c[1], c[2], r);
    assert_int_equal(lu_mask_on_scan(&here, &ball, scan, c, &on, NULL), 0);
    double first[3];
    im_world_to_grid(scan, on.geometry.origin, first);
    for (int a = 0; a < 3; a++) /* a part of the scan's own grid */
        assert_near(first[a], rint(first[a]), 1e-6);
    size_t both = 0, all = 0;
    for (size_t z = 0, i = 0; z < on.geometry.size[2]; z++)
        for (size_t y = 0; y < on.geometry.size[1]; y++)
            for (size_t x = 0; x < on.geometry.size[0]; x++, i++) {
                const double at[] = {(double)x, (double)y, (double)z};
                double p[3];
                im_grid_to_world(&on.geometry, at, p);
                bool in = chest_ball(p, c[0], c[1], c[2], r) < 0;
                both += in && im_u8(&on)[i];
                all += (size_t)in + im_u8(&on)[i];
            }
    assert_true(all > 0);
    assert_true(2 * (double)both / (double)all > 0.95);
}

static void a_ball_is_a_ball_on_any_grid(void **state)
{
    (void)state;
    const double c[] = {3.2, -1.1, 2.3};
    im_geometry g = nodules_cube(40, 0.7, 1.25);
    check_ball(&g, c, 5);
    static const unsigned order[] = {1, 2, 0};
    static const bool flip[] = {false, true, true};
    im_geometry turned = chest_turned(&g, order, flip);
    check_ball(&turned, c, 5);
    const double tilt[] = {0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1};
    memcpy(g.direction, tilt, sizeof(tilt));
    im_grid_to_world(&g, (const double[]){0, 0, 0}, g.origin);
    g.origin[0] = -4;
    g.origin[1] = -28;
    check_ball(&g, c, 5);
}

static void between_thick_slices_the_nearest_voxel_is_set(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) ball = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) on = IM_VOLUME_INIT;
    const im_geometry g = nodules_cube(40, 0.7, 5);
    const double c[] = {0, 0, 2.2};
    make_ball(&ball, c[0], c[1], c[2], 1.4);
    assert_int_equal(lu_mask_on_scan(&here, &ball, &g, c, &on, NULL), 0);
    size_t set = 0;
    for (size_t i = 0; i < im_geometry_voxels(&on.geometry); i++)
        set += im_u8(&on)[i];
    assert_int_equal(set, 1);
}

static void outside_the_scan_is_an_error(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) ball = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) on = IM_VOLUME_INIT;
    const im_geometry g = nodules_cube(40, 0.7, 1);
    const double c[] = {60, 0, 0};
    make_ball(&ball, c[0], c[1], c[2], 4);
    cs_errinfo info = {.lang = CS_LANG_EN};
    assert_int_equal(lu_mask_on_scan(&here, &ball, &g, c, &on, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message,
                        "the nodule at 60.0, 0.0, 0.0 mm is not in the scan");
    assert_null(on.voxels.buffer);
    memset(im_u8(&ball), 0, im_geometry_voxels(&ball.geometry));
    assert_int_equal(lu_mask_on_scan(&here, &ball, &g, c, &on, NULL),
                     CS_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ball_is_a_ball_on_any_grid),
        cmocka_unit_test(between_thick_slices_the_nearest_voxel_is_set),
        cmocka_unit_test(outside_the_scan_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
