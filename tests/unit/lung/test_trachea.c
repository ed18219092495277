#include "lung/trachea.h"

#include "base/mem.h"
#include "lung/chest.h"
#include "lung/cores.h"

static const lu_levels levels = {.cut = -450, .air = -1000};

static void kinds_of(const chest *t, im_volume *ret)
{
    assert_int_equal(im_volume_init(ret, TN_U8, &t->truth.geometry, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&ret->geometry); i++)
        if (im_u8(&t->truth)[i] == CHEST_LEFT ||
            im_u8(&t->truth)[i] == CHEST_RIGHT)
            im_u8(ret)[i] = LU_LUNG;
}

/* Looks in a chest of these axes; `mask` is to be freed. */
static lu_trachea find(const chest *t, double spine_mm, uint8_t **mask)
{
    const im_geometry *g = &t->hu.geometry;
    CS_SCOPED(im_volume) kinds = IM_VOLUME_INIT;
    kinds_of(t, &kinds);
    *mask = cs_calloc(im_geometry_voxels(g), 1);
    assert_non_null(*mask);
    lu_spine s = {true, (spine_mm - g->origin[0]) / g->spacing[0], 0};
    lu_trachea ret;
    assert_int_equal(
        lu_trachea_find(&t->hu, &kinds, &levels, &s, *mask, &ret, NULL), 0);
    return ret;
}

static void the_windpipe_is_followed_to_its_fork(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.6, 3);
    CS_SCOPED(chest) t;
    chest_make(&t, &g, 20);
    CS_AUTO_MEM uint8_t *mask = NULL;
    lu_trachea found = find(&t, 0, &mask);
    assert_true(found.found);
    assert_true((double)found.slices * 2.5 > 80);
    assert_true(fabs(found.radius_mm - 9) < 1);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        if (mask[i])
            assert_true(im_u8(&t.truth)[i] == CHEST_AIRWAY ||
                        im_u8(&t.truth)[i] == CHEST_WALL);
}

static void far_from_the_backbone_nothing_is_a_windpipe(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.6, 3);
    CS_SCOPED(chest) t;
    chest_make(&t, &g, 20);
    CS_AUTO_MEM uint8_t *mask = NULL;
    assert_false(find(&t, 100, &mask).found);
}

/* Air in lung, as wide as a windpipe and as long. */
static void a_tube_in_the_lung_is_no_windpipe(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.6, 3);
    CS_SCOPED(chest) t;
    chest_make(&t, &g, 20);
    int16_t *hu = tn_data(&t.hu.voxels);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        double x = (double)(i % g.size[0]) * 2.1 + g.origin[0];
        double y = (double)(i / g.size[0] % g.size[1]) * 2.1 + g.origin[1];
        if (im_u8(&t.truth)[i] == CHEST_AIRWAY)
            hu[i] = 40;
        if (im_u8(&t.truth)[i] == CHEST_LEFT && hypot(x - 78, y) < 9)
            hu[i] = -1000;
    }
    CS_AUTO_MEM uint8_t *mask = NULL;
    assert_false(find(&t, 78, &mask).found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_windpipe_is_followed_to_its_fork),
        cmocka_unit_test(far_from_the_backbone_nothing_is_a_windpipe),
        cmocka_unit_test(a_tube_in_the_lung_is_no_windpipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
