#include "image/distance.h"

#include <math.h>

#include "mask_case.h"

static const double spacings[][3] = {
    {1, 1, 1}, {0.7, 0.7, 1.25}, {2.5, 0.31, 0.9}};

/* The distance from voxel `at` to the nearest voxel that `is` chosen. */
typedef bool chosen(const im_volume *mask, ptrdiff_t x, ptrdiff_t y,
                    ptrdiff_t z);

static bool is_set(const im_volume *mask, ptrdiff_t x, ptrdiff_t y, ptrdiff_t z)
{
    return mk_get(mask, x, y, z, false);
}

static bool is_clear(const im_volume *mask, ptrdiff_t x, ptrdiff_t y,
                     ptrdiff_t z)
{
    return !mk_get(mask, x, y, z, false);
}

static bool is_rim(const im_volume *mask, ptrdiff_t x, ptrdiff_t y, ptrdiff_t z)
{
    if (!mk_get(mask, x, y, z, false))
        return false;
    for (int k = 0; k < 27; k++)
        if (!mk_get(mask, x + k % 3 - 1, y + k / 3 % 3 - 1, z + k / 9 - 1,
                    true))
            return true;
    return false;
}

/* Positions of the chosen voxels, in mm; returns how many. */
static size_t list_chosen(const im_volume *mask, chosen *is, double (*mm)[3])
{
    const im_geometry *g = &mask->geometry;
    size_t n = 0;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        const size_t at[] = {i % g->size[0], i / g->size[0] % g->size[1],
                             i / g->size[0] / g->size[1]};
        if (!is(mask, (ptrdiff_t)at[0], (ptrdiff_t)at[1], (ptrdiff_t)at[2]))
            continue;
        for (unsigned a = 0; a < 3; a++)
            mm[n][a] = (double)at[a] * g->spacing[a];
        n++;
    }
    return n;
}

static double square(const double a[3], const double b[3])
{
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return x * x + y * y + z * z;
}

/* Positions are in the order of z, `before` of them before p: they are tried
 * from there outwards, for as long as z alone does not make them too far. */
static double nearest(const double p[3], const double (*mm)[3], size_t before,
                      size_t n)
{
    double best = (double)INFINITY;
    for (size_t i = before; i < n; i++) {
        double z = mm[i][2] - p[2], d = square(p, mm[i]);
        if (z * z >= best)
            break;
        best = d < best ? d : best;
    }
    for (size_t i = before; i-- > 0;) {
        double z = mm[i][2] - p[2], d = square(p, mm[i]);
        if (z * z >= best)
            break;
        best = d < best ? d : best;
    }
    return sqrt(best);
}

/* Of all voxels. The caller frees. */
static double *distances(const im_volume *mask, chosen *is)
{
    const im_geometry *g = &mask->geometry;
    const size_t voxels = im_geometry_voxels(g);
    CS_AUTO_MEM double(*mm)[3] = cs_calloc(voxels, sizeof(*mm));
    double *ret = cs_calloc(voxels, sizeof(*ret));
    assert_non_null(mm);
    assert_non_null(ret);
    size_t n = list_chosen(mask, is, mm), before = 0;
    for (size_t i = 0; i < voxels; i++) {
        const size_t at[] = {i % g->size[0], i / g->size[0] % g->size[1],
                             i / g->size[0] / g->size[1]};
        double p[3];
        for (unsigned a = 0; a < 3; a++)
            p[a] = (double)at[a] * g->spacing[a];
        ret[i] = nearest(p, (const double(*)[3])mm, before, n);
        before +=
            is(mask, (ptrdiff_t)at[0], (ptrdiff_t)at[1], (ptrdiff_t)at[2]);
    }
    return ret;
}

/* Two units in the last place. */
static void check_distance(float got, double want)
{
    if (isinf(want)) {
        assert_true(isinf(got));
        return;
    }
    if (fabs((double)got - want) > want * 2 * 0x1p-24)
        fail_msg("%.9g, expected %.9g", (double)got, want);
}

typedef int distance(const im_run *run, const im_volume *mask, im_volume *ret,
                     cs_errinfo *info);

static void check_volume(const im_run *run, const im_volume *mask,
                         distance *function, const double *want, bool negative)
{
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    assert_int_equal(function(run, mask, &got, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&mask->geometry); i++) {
        float d = im_f32(&got)[i];
        assert_int_equal(signbit(d) != 0, negative && im_u8(mask)[i] && d != 0);
        check_distance(fabsf(d), want[i]);
    }
}

static void check_all(void **state, distance *function, chosen *is,
                      bool negative)
{
    for (size_t s = 0; s < CS_COUNTOF(spacings); s++)
        MK_EACH_MASK(mask, {
            memcpy(mask.geometry.spacing, spacings[s], sizeof(spacings[s]));
            CS_AUTO_MEM double *want = distances(&mask, is);
            MK_EACH_RUN(state, run)
            check_volume(run, &mask, function, want, negative);
        })
}

static void the_nearest_set_voxel_is_found(void **state)
{
    check_all(state, im_distance, is_set, false);
}

static void the_nearest_clear_voxel_is_found(void **state)
{
    check_all(state, im_distance_inside, is_clear, false);
}

static void signed_distances_are_to_the_rim(void **state)
{
    check_all(state, im_distance_signed, is_rim, true);
}

static void tiers_and_pools_agree_to_the_bit(void **state)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) first = IM_VOLUME_INIT;
    const size_t size[] = {131, 77, 29};
    mk_fill(&mask, size, 1);
    memcpy(mask.geometry.spacing, spacings[1], sizeof(spacings[1]));
    MK_EACH_RUN(state, run)
    {
        CS_SCOPED(im_volume) again = IM_VOLUME_INIT;
        assert_int_equal(im_distance(run, &mask, &again, NULL), 0);
        if (!first.voxels.buffer)
            assert_int_equal(im_volume_share(&again, &first, NULL), 0);
        assert_memory_equal(im_f32(&first), im_f32(&again),
                            tn_bytes(&first.voxels));
    }
}

/* Far voxels, whose squares are large: whole numbers stay exact. */
static void a_single_voxel_is_seen_from_afar(void **state)
{
    const im_run *run = ((mk_runs *)*state)->run;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(300, 40, 90);
    assert_int_equal(im_volume_init(&mask, TN_U8, &g, NULL), 0);
    uint8_t *voxels = im_u8(&mask);
    voxels[im_at(&g, 290, 3, 80)] = 1;
    assert_int_equal(im_distance(run, &mask, &got, NULL), 0);
    for (size_t z = 0; z < 90; z++)
        for (size_t y = 0; y < 40; y++)
            for (size_t x = 0; x < 300; x++) {
                float dx = 290 - (float)x, dy = 3 - (float)y,
                      dz = 80 - (float)z;
                assert_true(im_f32(&got)[im_at(&g, x, y, z)] ==
                            sqrtf(dx * dx + dy * dy + dz * dz));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_set_voxel_is_found),
        cmocka_unit_test(the_nearest_clear_voxel_is_found),
        cmocka_unit_test(signed_distances_are_to_the_rim),
        cmocka_unit_test(tiers_and_pools_agree_to_the_bit),
        cmocka_unit_test(a_single_voxel_is_seen_from_afar),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
