#include "lung/patch.h"

#include "lung/nodules.h"

static const im_run here = {NULL, CS_CPU_BASELINE};
static const nodules_ball ball = {{1, 2, -3}, {4, 4, 4}, 40};

static void init(lu_patch *p, const nodules *n, double diameter)
{
    static const double centre[] = {1, 2, -3};
    *p = (lu_patch){.mm = 0};
    assert_int_equal(
        lu_patch_init(&here, &n->scan, &n->lungs, centre, diameter, p, NULL),
        0);
}

static void
the_seed_is_in_the_middle_and_grey_values_are_the_scans(void **state)
{
    (void)state;
    CS_SCOPED(nodules) n = {.scan = IM_VOLUME_INIT};
    CS_SCOPED(lu_patch) p = {.mm = 0};
    const nodules_scene s = {.balls = &ball, .ball_count = 1, .noise = 20};
    im_geometry g = nodules_cube(45, 0.7, 1.1);
    nodules_make(&n, &g, &s);
    init(&p, &n, 8);
    const im_geometry *to = &p.hu.geometry;
    size_t mid = to->size[0] / 2;
    const double at[] = {(double)mid, (double)mid, (double)mid};
    double world[3];
    im_grid_to_world(to, at, world);
    assert_near(world[0], 1, 1e-9);
    assert_near(world[2], -3, 1e-9);
    assert_near(p.mm, 0.54, 0.05); /* 26 mm in 48 steps or so */
    assert_near((double)im_f32(&p.smooth)[im_at(to, mid, mid, mid)], 40, 25);
    assert_near(p.parenchyma, NODULES_LUNG, 5);
    /* What smoothing leaves of 20 HU. */
    assert_true(p.noise > 4 && p.noise < 16);
    assert_near((double)im_f32(&p.hu)[0], NODULES_LUNG, 90);
}

static void the_wall_counts_as_parenchyma(void **state)
{
    (void)state;
    CS_SCOPED(nodules) n = {.scan = IM_VOLUME_INIT};
    CS_SCOPED(lu_patch) p = {.mm = 0};
    const nodules_scene s = {.wall_x = 5};
    im_geometry g = nodules_cube(45, 0.7, 0.7);
    nodules_make(&n, &g, &s);
    init(&p, &n, 6);
    const im_geometry *to = &p.hu.geometry;
    size_t mid = to->size[0] / 2, far = to->size[0] - 3;
    size_t i = im_at(to, far, mid, mid);
    assert_near((double)im_f32(&p.hu)[i], 40, 1);
    assert_near((double)im_f32(&p.smooth)[i], NODULES_LUNG, 5);
    assert_int_equal(im_u8(&p.domain)[i], 0);
    assert_int_equal(im_u8(&p.domain)[im_at(to, mid, mid, mid)], 1);
}

/* The mask of the lungs leaves out a ball that reaches into the lung. */
static void what_the_mask_left_out_is_taken_in(void **state)
{
    (void)state;
    CS_SCOPED(nodules) n = {.scan = IM_VOLUME_INIT};
    CS_SCOPED(lu_patch) p = {.mm = 0};
    const nodules_scene s = {.balls = &ball, .ball_count = 1, .wall_x = 3};
    im_geometry g = nodules_cube(45, 0.7, 0.7);
    nodules_make(&n, &g, &s);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        if (im_i16(&n.scan)[i] > -400)
            im_u8(&n.lungs)[i] = 0;
    init(&p, &n, 8);
    const im_geometry *to = &p.hu.geometry;
    size_t mid = to->size[0] / 2;
    assert_int_equal(im_u8(&p.domain)[im_at(to, mid, mid, mid)], 1);
    assert_int_equal(im_u8(&p.domain)[im_at(to, mid + 12, mid, mid)], 0);
}

static void beyond_the_scan_there_is_air_and_no_lung(void **state)
{
    (void)state;
    CS_SCOPED(nodules) n = {.scan = IM_VOLUME_INIT};
    CS_SCOPED(lu_patch) p = {.mm = 0};
    const nodules_scene s = {.ball_count = 0};
    im_geometry g = nodules_cube(11, 0.7, 0.7);
    nodules_make(&n, &g, &s);
    init(&p, &n, 5);
    assert_near((double)im_f32(&p.hu)[0], -1000, 0);
    assert_int_equal(im_u8(&p.domain)[0], 0);
    assert_near(p.parenchyma, NODULES_LUNG, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_seed_is_in_the_middle_and_grey_values_are_the_scans),
        cmocka_unit_test(the_wall_counts_as_parenchyma),
        cmocka_unit_test(what_the_mask_left_out_is_taken_in),
        cmocka_unit_test(beyond_the_scan_there_is_air_and_no_lung),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
