#include "lung/cores.h"

#include "lung/chest.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

static lu_kind kind_at(const lu_cores *c, const im_geometry *g, double x,
                       double y, double z)
{
    int32_t label = lu_parts_labels(&c->parts)[chest_at(g, x, y, z)];
    assert_true(label > 0 && (size_t)label <= c->count);
    return (lu_kind)c->kind[label];
}

static void gas_and_lung_are_told_apart(void **state)
{
    (void)state;
    static const int noises[] = {0, 30, 120};
    im_geometry g = chest_geometry(2.6, 3);
    for (size_t i = 0; i < CS_COUNTOF(noises); i++) {
        CS_SCOPED(chest) t;
        CS_SCOPED(lu_cores) c = LU_CORES_INIT;
        chest_make(&t, &g, noises[i]);
        lu_levels l = {.cut = -450};
        assert_int_equal(lu_cores_find(&here, &t.hu, &l, &c, NULL), 0);
        assert_int_equal(kind_at(&c, &g, 80, 0, 40), LU_LUNG);
        assert_int_equal(kind_at(&c, &g, -80, 0, 40), LU_LUNG);
        assert_int_equal(kind_at(&c, &g, 60, -20, -115), LU_GAS);
        assert_int_equal(kind_at(&c, &g, 0, 15, 100), LU_GAS);
        assert_int_equal(kind_at(&c, &g, -160, -120, 0), LU_OUTSIDE);
        assert_int_equal(kind_at(&c, &g, 0, 119, 0), LU_OUTSIDE);
        assert_true(fabs(l.air + 1000) < 20 + noises[i] / 3.0);
    }
}

/* A crop whose edge runs through the right lung, from front to back. */
static void a_lung_that_sees_the_edge_is_still_lung(void **state)
{
    (void)state;
    im_geometry whole = chest_geometry(2.6, 3);
    const ptrdiff_t begin[] = {0, 0, 0};
    const size_t size[] = {45, whole.size[1], whole.size[2]};
    im_geometry g = im_geometry_part(&whole, begin, size);
    CS_SCOPED(chest) t;
    CS_SCOPED(lu_cores) c = LU_CORES_INIT;
    chest_make(&t, &g, 20);
    lu_levels l = {.cut = -450};
    assert_int_equal(lu_cores_find(&here, &t.hu, &l, &c, NULL), 0);
    assert_int_equal(kind_at(&c, &g, -90, 0, 40), LU_LUNG);
    assert_int_equal(kind_at(&c, &g, -160, -120, 0), LU_OUTSIDE);
}

/* Nothing but lung all round: there is no air to compare it with. */
static void a_crop_from_within_the_lung_is_lung(void **state)
{
    (void)state;
    im_geometry whole = chest_geometry(2.6, 3);
    const ptrdiff_t begin[] = {30, 45, 50};
    const size_t size[] = {28, 30, 30};
    im_geometry g = im_geometry_part(&whole, begin, size);
    CS_SCOPED(chest) t;
    CS_SCOPED(lu_cores) c = LU_CORES_INIT;
    chest_make(&t, &g, 20);
    lu_levels l = {.cut = -450};
    assert_int_equal(lu_cores_find(&here, &t.hu, &l, &c, NULL), 0);
    assert_int_equal(kind_at(&c, &g, -80, 0, 22), LU_LUNG);
}

static void padding_counts_as_the_edge(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.6, 3);
    CS_SCOPED(chest) t;
    CS_SCOPED(lu_cores) c = LU_CORES_INIT;
    chest_make(&t, &g, 20);
    int16_t *hu = tn_data(&t.hu.voxels);
    size_t nx = g.size[0];
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        if (i % nx < 12 || i % nx >= nx - 12 || i / nx % g.size[1] < 6)
            hu[i] = LU_PADDING;
    lu_levels l = {.cut = -450};
    assert_int_equal(lu_cores_find(&here, &t.hu, &l, &c, NULL), 0);
    assert_int_equal(kind_at(&c, &g, -140, -100, 0), LU_OUTSIDE);
    assert_int_equal(kind_at(&c, &g, 80, 0, 40), LU_LUNG);
}

static void without_gas_there_are_no_cores(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(20, 20, 20);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(lu_cores) c = LU_CORES_INIT;
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    lu_levels l = {.cut = -450};
    assert_int_equal(lu_cores_find(&here, &v, &l, &c, NULL), 0);
    assert_int_equal(c.count, 0);
    assert_int_equal(c.kind[0], LU_TISSUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gas_and_lung_are_told_apart),
        cmocka_unit_test(a_lung_that_sees_the_edge_is_still_lung),
        cmocka_unit_test(a_crop_from_within_the_lung_is_lung),
        cmocka_unit_test(padding_counts_as_the_edge),
        cmocka_unit_test(without_gas_there_are_no_cores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
