#include "lung/airway.h"

#include "lung/chest.h"
#include "lung/regions.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

typedef struct scene {
    chest t;
    im_volume kinds;
    lu_airway found;
} scene;

static void scene_done(scene *s)
{
    chest_done(&s->t);
    im_volume_done(&s->kinds);
    lu_airway_done(&s->found);
}

static void find(scene *s)
{
    const im_geometry *g = &s->t.hu.geometry;
    lu_levels l = {.cut = -450};
    lu_spine spine = {true, -g->origin[0] / g->spacing[0], 0};
    assert_int_equal(lu_regions(&here, &s->t.hu, &l, &s->kinds, NULL), 0);
    assert_int_equal(
        lu_airway_find(&here, &s->t.hu, &s->kinds, &l, &spine, &s->found, NULL),
        0);
}

static void check_main(const scene *s)
{
    size_t found = 0, air = 0, outside = 0;
    const im_geometry *g = &s->t.hu.geometry;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        bool is = im_u8(&s->found.main)[i] == 1;
        uint8_t what = im_u8(&s->t.truth)[i];
        found += is && what == CHEST_AIRWAY;
        air += what == CHEST_AIRWAY;
        outside += is && what != CHEST_AIRWAY;
    }
    assert_true(found * 100 > air * 85);
    assert_true(outside * 20 < air);
    const uint8_t *m = im_u8(&s->found.main);
    assert_int_equal(m[chest_at(g, 0, 15, 100)], 1);
    assert_int_equal(m[chest_at(g, 30, 15, 4)], 1);
    assert_int_equal(m[chest_at(g, 10, 15, 100)], 2); /* wall */
    assert_int_equal(m[chest_at(g, 80, 0, 40)], 0);
    assert_true(fabs(s->found.ml - (double)(found + outside) * lu_voxel_ml(g)) <
                1e-6);
}

static void windpipe_and_main_bronchi_are_found(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.1, 2.5);
    CS_SCOPED(scene) s = {.found = {.ml = 0}};
    chest_make(&s.t, &g, 20);
    find(&s);
    check_main(&s);
}

/* The left bronchus opens into the lung: growth must stop at the hole. */
static void a_hole_in_the_wall_does_not_flood_the_lung(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.1, 2.5);
    CS_SCOPED(scene) s = {.found = {.ml = 0}};
    chest_make(&s.t, &g, 20);
    int16_t *hu = tn_data(&s.t.hu.voxels);
    for (double x = 34; x < 60; x += 1)
        for (double y = 12; y < 19; y += 1)
            hu[chest_at(&g, x, y, 0)] = -900;
    find(&s);
    check_main(&s);
}

static void without_a_windpipe_there_is_none(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.1, 2.5);
    CS_SCOPED(scene) s = {.found = {.ml = 0}};
    chest_make(&s.t, &g, 20);
    int16_t *hu = tn_data(&s.t.hu.voxels);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        if (im_u8(&s.t.truth)[i] == CHEST_AIRWAY)
            hu[i] = 40;
    find(&s);
    assert_false(s.found.trachea.found);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        assert_int_equal(im_u8(&s.found.main)[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windpipe_and_main_bronchi_are_found),
        cmocka_unit_test(a_hole_in_the_wall_does_not_flood_the_lung),
        cmocka_unit_test(without_a_windpipe_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
