#include "lung/regions.h"

#include "base/mem.h"
#include "lung/chest.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

static void put_ball(im_volume *v, double x, double y, double z, double r,
                     int hu)
{
    const im_geometry *g = &v->geometry;
    int16_t *p = tn_data(&v->voxels);
    for (size_t k = 0; k < g->size[2]; k++)
        for (size_t j = 0; j < g->size[1]; j++)
            for (size_t i = 0; i < g->size[0]; i++) {
                const double grid[] = {(double)i, (double)j, (double)k};
                double at[3];
                im_grid_to_world(g, grid, at);
                if (chest_ball(at, x, y, z, r) < 0)
                    p[im_at(g, i, j, k)] = (int16_t)hu;
            }
}

static void find(const im_volume *hu, im_volume *ret)
{
    lu_levels l = {.cut = -450};
    assert_int_equal(lu_regions(&here, hu, &l, ret, NULL), 0);
}

static lu_kind kind_at(const im_volume *kinds, double x, double y, double z)
{
    return (lu_kind)im_u8(kinds)[chest_at(&kinds->geometry, x, y, z)];
}

static void every_low_voxel_gets_its_regions_kind(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.6, 3);
    CS_SCOPED(chest) t;
    CS_SCOPED(im_volume) kinds = IM_VOLUME_INIT;
    chest_make(&t, &g, 20);
    find(&t.hu, &kinds);
    size_t lung = 0, wrong = 0;
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        bool low = im_i16(&t.hu)[i] < -450;
        bool is = im_u8(&t.truth)[i] == CHEST_LEFT ||
                  im_u8(&t.truth)[i] == CHEST_RIGHT;
        lung += low && is;
        wrong += low && is != (im_u8(&kinds)[i] == LU_LUNG);
        if (!low)
            assert_int_equal(im_u8(&kinds)[i], LU_TISSUE);
    }
    assert_true(wrong * 500 < lung);
    assert_int_equal(kind_at(&kinds, 0, 15, 100), LU_GAS);
    assert_int_equal(kind_at(&kinds, 60, -20, -115), LU_GAS);
    assert_int_equal(kind_at(&kinds, 0, 119, 60), LU_OUTSIDE);
}

static void a_bulla_belongs_to_its_lung(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.6, 3);
    CS_SCOPED(chest) t;
    CS_SCOPED(im_volume) kinds = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) again = IM_VOLUME_INIT;
    chest_make(&t, &g, 20);
    put_ball(&t.hu, 85, 20, 50, 19, 40); /* its wall, and its air */
    put_ball(&t.hu, 85, 20, 50, 16, -1000);
    find(&t.hu, &kinds);
    assert_int_equal(kind_at(&kinds, 85, 20, 50), LU_GAS);
    CS_AUTO_MEM uint8_t *main = cs_calloc(im_geometry_voxels(&g), 1);
    assert_non_null(main);
    main[chest_at(&g, 0, 15, 100)] = 1;
    assert_int_equal(lu_regions_settle(&here, &kinds, main, NULL), 0);
    assert_int_equal(kind_at(&kinds, 85, 20, 50), LU_LUNG);
    assert_int_equal(kind_at(&kinds, 60, -20, -115), LU_GAS);
    assert_int_equal(kind_at(&kinds, 0, 15, 80), LU_BRANCH);
    /* Were it an airway, it would not be a bulla. */
    find(&t.hu, &again);
    main[chest_at(&g, 85, 20, 50)] = 1;
    assert_int_equal(lu_regions_settle(&here, &again, main, NULL), 0);
    assert_int_equal(kind_at(&again, 85, 20, 50), LU_BRANCH);
}

static void gut_that_is_not_plain_is_no_lung(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.6, 3);
    CS_SCOPED(chest) t;
    CS_SCOPED(im_volume) kinds = IM_VOLUME_INIT;
    chest_make(&t, &g, 20);
    put_ball(&t.hu, 60, -20, -115, 24, -700); /* below the lungs */
    find(&t.hu, &kinds);
    assert_int_equal(kind_at(&kinds, 60, -20, -115), LU_GAS);
    assert_int_equal(kind_at(&kinds, 80, 0, 40), LU_LUNG);
}

static void no_lung_is_no_failure(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(40, 40, 40);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) kinds = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    put_ball(&v, 20, 20, 20, 12, -1000);
    find(&v, &kinds);
    assert_int_equal(kind_at(&kinds, 20, 20, 20), LU_GAS);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        assert_int_not_equal(im_u8(&kinds)[i], LU_LUNG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_low_voxel_gets_its_regions_kind),
        cmocka_unit_test(a_bulla_belongs_to_its_lung),
        cmocka_unit_test(gut_that_is_not_plain_is_no_lung),
        cmocka_unit_test(no_lung_is_no_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
