#include "lung/measure.h"

#include "lung/nodules.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

static const nodules_ball ball = {{2, -3, 1}, {6, 4.5, 5}, 30};
static const nodules_scene scene = {
    .balls = &ball, .ball_count = 1, .wall_x = 17, .noise = 0};
static const lu_seed seed = {{1, -2, 1.5}, 11};

static lu_measure measured(const im_geometry *g, const nodules_scene *s,
                           const lu_seed *at, im_volume *mask)
{
    CS_SCOPED(nodules) n = {.scan = IM_VOLUME_INIT};
    nodules_make(&n, g, s);
    lu_measure m;
    assert_int_equal(
        lu_measure_nodule(&here, &n.scan, &n.lungs, at, &m, mask, NULL), 0);
    return m;
}

static void an_ellipsoid_is_measured(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    const im_geometry g = nodules_cube(44, 0.8, 1);
    lu_measure m = measured(&g, &scene, &seed, &mask);
    assert_true(m.segmented);
    for (int a = 0; a < 3; a++) {
        assert_near(m.centroid[a], ball.c[a], 0.25);
        assert_near(m.extent_mm[a], 2 * ball.r[a], 0.8);
    }
    assert_near(m.long_mm, 12, 0.5);
    assert_near(m.short_mm, 9, 0.5);
    assert_near(m.mean_mm, (m.long_mm + m.short_mm) / 2, 1e-9);
    assert_near(m.volume_mm3, 4.18879 * 6 * 4.5 * 5, 35);
    assert_int_equal(m.density, LU_SOLID);
    assert_near(m.solid_mm3, m.volume_mm3, 0);
    assert_near(m.pleura_mm, 17 - 8, 1.6);
    assert_true(m.left);
    assert_false(m.spiculated);
    assert_true(m.sphericity > 0.9 && m.sphericity <= 1);
    assert_true(m.edge_hu_mm > 450);
    size_t set = 0;
    for (size_t i = 0; i < im_geometry_voxels(&mask.geometry); i++)
        set += im_u8(&mask)[i];
    assert_near((double)set * 0.64, m.volume_mm3, 40);
}

static void check_same(const lu_measure *a, const lu_measure *b)
{
    for (int k = 0; k < 3; k++) {
        assert_near(a->centroid[k], b->centroid[k], 0.02);
        assert_near(a->extent_mm[k], b->extent_mm[k], 0.6);
    }
    assert_near(a->long_mm, b->long_mm, 0.05);
    assert_near(a->short_mm, b->short_mm, 0.05);
    assert_near(a->volume_mm3, b->volume_mm3, 2);
    assert_near(a->mean_hu, b->mean_hu, 1);
    assert_near(a->edge_hu_mm, b->edge_hu_mm, 3);
    assert_near(a->spiculation, b->spiculation, 1e-6);
    assert_int_equal(a->density, b->density);
    assert_int_equal(a->left, b->left);
    assert_int_equal(a->zone, b->zone);
}

/* The same voxels, stored along other axes. */
static void how_the_scan_is_stored_does_not_matter(void **state)
{
    (void)state;
    const im_geometry g = nodules_cube(44, 0.8, 1);
    const lu_measure want = measured(&g, &scene, &seed, NULL);
    static const unsigned order[][3] = {{0, 1, 2}, {2, 0, 1}};
    static const bool flip[][3] = {{true, true, false}, {true, false, true}};
    for (size_t i = 0; i < CS_COUNTOF(order); i++) {
        const im_geometry t = chest_turned(&g, order[i], flip[i]);
        const lu_measure m = measured(&t, &scene, &seed, NULL);
        check_same(&want, &m);
        assert_near(want.pleura_mm, m.pleura_mm, 0.1);
    }
}

/* Other voxels of the same body: slices tilted by 20 degrees. */
static void oblique_slices_show_the_same_nodule(void **state)
{
    (void)state;
    im_geometry g = nodules_cube(44, 0.8, 1);
    const lu_measure want = measured(&g, &scene, &seed, NULL);
    const double c = 0.9396926208, s = 0.3420201433;
    const double tilt[] = {1, 0, 0, 0, c, -s, 0, s, c};
    memcpy(g.direction, tilt, sizeof(tilt));
    double mid[3], world[3];
    for (int a = 0; a < 3; a++)
        mid[a] = ((double)g.size[a] - 1) / 2;
    im_grid_to_world(&g, mid, world);
    for (int a = 0; a < 3; a++)
        g.origin[a] -= world[a];
    const lu_measure m = measured(&g, &scene, &seed, NULL);
    assert_near(want.long_mm, m.long_mm, 0.3);
    assert_near(want.short_mm, m.short_mm, 0.3);
    assert_near(want.volume_mm3, m.volume_mm3, 15);
    assert_near(want.pleura_mm, m.pleura_mm, 1.5);
    assert_int_equal(want.density, m.density);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    CS_SCOPED(nodules) n = {.scan = IM_VOLUME_INIT};
    CS_SCOPED(im_volume) one = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) three = IM_VOLUME_INIT;
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    const im_geometry g = nodules_cube(44, 0.8, 1);
    nodules_make(&n, &g, &scene);
    const im_run with = {pool, CS_CPU_BASELINE};
    lu_measure a, b;
    assert_int_equal(
        lu_measure_nodule(&here, &n.scan, &n.lungs, &seed, &a, &one, NULL), 0);
    assert_int_equal(
        lu_measure_nodule(&with, &n.scan, &n.lungs, &seed, &b, &three, NULL),
        0);
    assert_true(a.long_mm == b.long_mm && a.short_mm == b.short_mm);
    assert_true(a.volume_mm3 == b.volume_mm3 && a.mean_hu == b.mean_hu);
    assert_true(a.sphericity == b.sphericity && a.edge_hu_mm == b.edge_hu_mm);
    assert_true(im_geometry_same(&one.geometry, &three.geometry, 0));
    assert_memory_equal(im_u8(&one), im_u8(&three),
                        im_geometry_voxels(&one.geometry));
}

static void without_a_border_it_has_the_seeds_size(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    const im_geometry g = nodules_cube(44, 0.8, 1);
    const nodules_scene empty = {.wall_x = 17, .noise = 20};
    lu_measure m = measured(&g, &empty, &seed, &mask);
    assert_false(m.segmented);
    assert_near(m.mean_mm, 11, 0);
    assert_near(m.volume_mm3, 4.18879 * 5.5 * 5.5 * 5.5, 0.01);
    assert_near(m.centroid[1], -2, 0);
    assert_near(m.long_axis.to[0] - m.long_axis.from[0], 11, 1e-9);
    assert_near(m.mean_hu, NODULES_LUNG, 10);
    assert_near(m.pleura_mm, 17 - 1 - 5.5, 1.6);
    assert_false(m.spiculated);
    assert_int_equal(m.density, LU_GROUND_GLASS);
    size_t set = 0;
    for (size_t i = 0; i < im_geometry_voxels(&mask.geometry); i++)
        set += im_u8(&mask)[i];
    assert_near((double)set * 0.64, m.volume_mm3, 40);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    CS_SCOPED(nodules) n = {.scan = IM_VOLUME_INIT};
    const im_geometry g = nodules_cube(30, 1, 1);
    const nodules_scene empty = {.noise = 0};
    nodules_make(&n, &g, &empty);
    const lu_seed bad[] = {{{60, 0, 0}, 8},
                           {{0, 0, 0}, 0},
                           {{0, 0, 0}, -3},
                           {{0, (double)NAN, 0}, 8},
                           {{0, 0, 0}, (double)INFINITY}};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        cs_errinfo info = {.lang = CS_LANG_EN};
        lu_measure m;
        assert_int_equal(lu_measure_nodule(&here, &n.scan, &n.lungs, &bad[i],
                                           &m, NULL, &info),
                         CS_E_RANGE);
        assert_non_null(strstr(info.message, "not in the scan"));
    }
    lu_measure m;
    const lu_seed good = {{0, 0, 0}, 8};
    n.lungs.geometry.origin[0] += 3;
    assert_int_equal(
        lu_measure_nodule(&here, &n.scan, &n.lungs, &good, &m, NULL, NULL),
        CS_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ellipsoid_is_measured),
        cmocka_unit_test(how_the_scan_is_stored_does_not_matter),
        cmocka_unit_test(oblique_slices_show_the_same_nodule),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(without_a_border_it_has_the_seeds_size),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
