#include "lung/halo.h"

#include "lung/nodules.h"

static const im_run here = {NULL, CS_CPU_BASELINE};
static const double seed[] = {0, 0, 0};

/* Of all that stands out from parenchyma by 110 HU. */
static lu_halo halo_of(const nodules_ball *balls, size_t n, double slice)
{
    CS_SCOPED(nodules) scan = {.scan = IM_VOLUME_INIT};
    CS_SCOPED(lu_patch) p = {.mm = 0};
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    const nodules_scene s = {.balls = balls, .ball_count = n, .noise = 15};
    const im_geometry g = nodules_cube(40, 0.8, slice);
    nodules_make(&scan, &g, &s);
    assert_int_equal(
        lu_patch_init(&here, &scan.scan, &scan.lungs, seed, 9, &p, NULL), 0);
    assert_near(p.slice_mm, slice, 1e-9);
    assert_int_equal(im_volume_init(&mask, TN_U8, &p.hu.geometry, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&mask.geometry); i++)
        im_u8(&mask)[i] = (double)im_f32(&p.smooth)[i] > NODULES_LUNG + 110;
    return lu_halo_find(&p, &mask);
}

static void solid_tissue_has_none_however_blurred(void **state)
{
    (void)state;
    const nodules_ball b = {{0, 0, 0}, {5, 5, 5}, 30};
    assert_false(halo_of(&b, 1, 1).is);
    assert_true(halo_of(&b, 1, 1).share < 0.04);
    assert_false(halo_of(&b, 1, 5).is);
}

static void ground_glass_is_all_halo(void **state)
{
    (void)state;
    const nodules_ball b = {{0, 0, 0}, {5, 5, 5}, -600};
    lu_halo h = halo_of(&b, 1, 1);
    assert_true(h.is);
    assert_true(h.share > 0.5);
    assert_near(h.hu, -600, 30);
}

static void around_a_core_it_is_told_apart(void **state)
{
    (void)state;
    const nodules_ball both[] = {{{0, 0, 0}, {5, 5, 5}, -580},
                                 {{1, 0, 0}, {2.6, 2.6, 2.6}, 30}};
    lu_halo h = halo_of(both, 2, 1);
    assert_true(h.is);
    assert_true(h.share > 0.1 && h.share < 0.7);
    assert_near(h.hu, -580, 60);
}

static void nothing_has_none(void **state)
{
    (void)state;
    lu_halo h = halo_of(NULL, 0, 1);
    assert_false(h.is);
    assert_near(h.share, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solid_tissue_has_none_however_blurred),
        cmocka_unit_test(ground_glass_is_all_halo),
        cmocka_unit_test(around_a_core_it_is_told_apart),
        cmocka_unit_test(nothing_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
