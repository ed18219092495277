#include "lung/place.h"

#include "lung/nodules.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

/* Two lungs, boxes of 80 x 120 x 180 mm with 40 mm between. */
static void make_lungs(im_volume *v, const im_geometry *g)
{
    assert_int_equal(im_volume_init(v, TN_U8, g, NULL), 0);
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                const double grid[] = {(double)x, (double)y, (double)z};
                double p[3];
                im_grid_to_world(g, grid, p);
                double out = fmax(fabs(fabs(p[0]) - 60) - 40,
                                  fmax(fabs(p[1]) - 60, fabs(p[2]) - 90));
                if (out < 0)
                    im_u8(v)[i] = p[0] > 0 ? LU_LEFT : LU_RIGHT;
            }
}

/* Of a ball of radius 4 mm. */
static lu_measure place_of(const im_volume *lungs, double x, double y, double z)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(21, 21, 21);
    lu_measure m = {.centroid = {x, y, z}};
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = 0.5;
        g.origin[a] = m.centroid[a] - 5;
    }
    assert_int_equal(im_volume_init(&mask, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        double p[3];
        chest_mm(&g, i, p);
        im_u8(&mask)[i] = chest_ball(p, 5, 5, 5, 4) < 0;
    }
    assert_int_equal(lu_place_find(&here, lungs, &mask, &m, NULL), 0);
    return m;
}

static void check_places(const im_volume *lungs)
{
    lu_measure m = place_of(lungs, 60, -20, 70);
    assert_true(m.left);
    assert_int_equal(m.zone, LU_ZONE_UPPER);
    assert_true(m.upper_lobe_likely);
    assert_true(m.perifissural_unknown);
    assert_near(m.pleura_mm, 20 - 4, 1.6);
    m = place_of(lungs, -60, 0, 5);
    assert_false(m.left);
    assert_int_equal(m.zone, LU_ZONE_MIDDLE);
    assert_near(m.pleura_mm, 36, 1.6);
    m = place_of(lungs, -97, 50, -70);
    assert_int_equal(m.zone, LU_ZONE_LOWER);
    assert_false(m.upper_lobe_likely);
    assert_near(m.pleura_mm, 0, 0.01);
    m = place_of(lungs, -60, 0, 0);
    assert_near(m.pleura_mm, 36, 1.6);
}

static void places_in_two_boxes(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) lungs = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(110, 75, 100);
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = 2;
        g.origin[a] = -((double)g.size[a] - 1);
    }
    make_lungs(&lungs, &g);
    check_places(&lungs);
}

static void axes_of_the_scan_do_not_matter(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) lungs = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(110, 75, 100);
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = 2;
        g.origin[a] = -((double)g.size[a] - 1);
    }
    static const unsigned order[] = {2, 0, 1};
    static const bool flip[] = {true, false, true};
    const im_geometry turned = chest_turned(&g, order, flip);
    make_lungs(&lungs, &turned);
    check_places(&lungs);
}

/* The front of the left lung is upper lobe far down; its back is not. */
static void the_fissure_runs_from_the_back_down_to_the_front(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) lungs = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(110, 75, 100);
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = 2;
        g.origin[a] = -((double)g.size[a] - 1);
    }
    make_lungs(&lungs, &g);
    assert_true(place_of(&lungs, 60, -45, -30).upper_lobe_likely);
    assert_false(place_of(&lungs, 60, 50, 20).upper_lobe_likely);
    assert_true(place_of(&lungs, 60, 50, 75).upper_lobe_likely);
    /* On the right that is the middle lobe. */
    assert_false(place_of(&lungs, -60, -45, -30).upper_lobe_likely);
    assert_true(place_of(&lungs, -60, -45, 30).upper_lobe_likely);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_in_two_boxes),
        cmocka_unit_test(axes_of_the_scan_do_not_matter),
        cmocka_unit_test(the_fissure_runs_from_the_back_down_to_the_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
