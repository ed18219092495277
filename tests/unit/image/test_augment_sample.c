#include "image/augment_sample.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "support/test.h"

#define FILL (-1024.0F)

static im_geometry oblique(size_t x, size_t y, size_t z)
{
    im_geometry g = {.size = {x, y, z},
                     .spacing = {0.7, 0.8, 2.5},
                     .origin = {-120.5, 33, 1000.25},
                     .direction = {0.866025, -0.5, 0, 0.469846, 0.813798,
                                   -0.342020, 0.171010, 0.296198, 0.939693}};
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    return g;
}

/* Every voxel its own value: rough, so that a wrong neighbour shows. */
static void make_scan(im_volume *v, tn_dtype dtype, const im_geometry *g)
{
    assert_int_equal(im_volume_init(v, dtype, g, NULL), 0);
    const cs_rng r = cs_rng_stream(3, 1);
    size_t n = im_geometry_voxels(g);
    for (size_t i = 0; i < n; i++) {
        uint32_t w;
        cs_rng_fill_u32(&r, i, &w, 1);
        if (dtype == TN_I16)
            ((int16_t *)tn_data(&v->voxels))[i] = (int16_t)(w % 3000 - 1024);
        else if (dtype == TN_F32)
            im_f32(v)[i] = (float)(w % 3000) * 0.37F - 1024;
        else if (dtype == TN_I32)
            ((int32_t *)tn_data(&v->voxels))[i] = (int32_t)(w | 1);
        else
            im_u8(v)[i] = (uint8_t)(w % 250 + 1);
    }
}

static double value_at(const im_volume *v, size_t i)
{
    switch (v->voxels.dtype) {
    case TN_I16:
        return im_i16(v)[i];
    case TN_F32:
        return (double)im_f32(v)[i];
    case TN_I32:
        return ((int32_t *)tn_data(&v->voxels))[i];
    default:
        return im_u8(v)[i];
    }
}

static bool outside(const im_volume *v, const double at[3])
{
    for (int i = 0; i < 3; i++)
        if (!(at[i] >= -0.5 && at[i] < (double)v->geometry.size[i] - 0.5))
            return true;
    return false;
}

/* By definition: all eight corners of the cell, each with its weight; places
 * beyond the outermost centres are drawn in to them. */
static double linear(const im_volume *v, const double place[3])
{
    const im_geometry *g = &v->geometry;
    double sum = 0;
    if (outside(v, place))
        return (double)FILL;
    for (unsigned corner = 0; corner < 8; corner++) {
        size_t at[3];
        double weight = 1;
        for (unsigned i = 0; i < 3; i++) {
            double last = (double)g->size[i] - 1;
            double p = place[i] < 0 ? 0 : place[i];
            p = p > last ? last : p;
            double cell = floor(p);
            weight *= corner >> i & 1 ? p - cell : 1 - (p - cell);
            cell += corner >> i & 1;
            at[i] = (size_t)(cell > last ? last : cell);
        }
        sum += weight * value_at(v, im_at(g, at[0], at[1], at[2]));
    }
    return sum;
}

/* Where the scan is seen from a voxel of the patch, by way of the world. */
static void place_of(const im_augment_map *m, const im_volume *scan,
                     const im_geometry *patch, size_t voxel, double ret[3])
{
    const size_t *n = patch->size;
    size_t row = voxel / n[0], slice = row / n[1];
    const double at[3] = {(double)(voxel % n[0]), (double)(row % n[1]),
                          (double)slice};
    im_grid_to_world(patch, at, ret);
    im_augment_origin(m, ret, ret);
    im_world_to_grid(&scan->geometry, ret, ret);
}

static im_augment_plan plan_of(uint64_t number, bool bent)
{
    im_augment_spec s = im_augment_nodules();
    s.rotate.probability = s.scale.probability = 1;
    s.elastic.probability = bent;
    s.rotate.degrees[0] = s.rotate.degrees[1] = 180;
    return im_augment_draw(&s, 21, number);
}

static im_geometry patch_at(const im_geometry *scan, const double grid[3],
                            const size_t size[3])
{
    im_geometry axes = im_geometry_plain(1, 1, 1), patch;
    double centre[3];
    im_grid_to_world(scan, grid, centre);
    assert_int_equal(im_augment_patch_around(&axes, centre, size,
                                             (double[]){0.9, 1, 1.1}, &patch,
                                             NULL),
                     0);
    return patch;
}

/* A voxel's value may differ where its place is on an edge of the scan to the
 * last bits; such places are few. */
static bool near_edge(const im_volume *v, const double at[3])
{
    for (int i = 0; i < 3; i++)
        if (fabs(at[i] + 0.5) < 1e-3 ||
            fabs(at[i] - ((double)v->geometry.size[i] - 0.5)) < 1e-3)
            return true;
    return false;
}

static void check_linear(cs_cpu_tier tier, tn_dtype dtype, const im_geometry *g,
                         const im_augment_plan *plan, const im_geometry *patch)
{
    const im_run run = {NULL, tier};
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    make_scan(&scan, dtype, g);
    size_t n = im_geometry_voxels(patch), seen = 0;
    CS_AUTO_MEM float *y = cs_calloc(n + 1, sizeof(*y));
    assert_non_null(y);
    y[n] = 77;
    const im_augment_map m = im_augment_map_of(plan, patch);
    assert_int_equal(im_augment_sample(&run, &m, &scan, patch, FILL, y, NULL),
                     0);
    for (size_t i = 0; i < n; i++) {
        double at[3];
        place_of(&m, &scan, patch, i, at);
        if (near_edge(&scan, at))
            continue;
        /* neighbours differ by up to 3000 and places by up to 5e-5 */
        double want = linear(&scan, at);
        assert_true(fabs((double)y[i] - want) < 0.3);
        seen += !outside(&scan, at);
    }
    assert_true(seen > 0);
    assert_true(y[n] == 77);
}

static void samples_are_linear_between_the_scans_voxels(void **state)
{
    (void)state;
    const im_geometry g = oblique(41, 37, 23);
    const cs_cpu_tier tiers[] = {CS_CPU_BASELINE, cs_cpu_tier_best()};
    const tn_dtype types[] = {TN_I16, TN_F32};
    for (uint64_t i = 0; i < 6; i++) {
        const im_augment_plan p = plan_of(i, i % 2);
        const double at[3] = {20 + 5.0 * (double)(i % 3), 18, 11};
        const im_geometry patch = patch_at(&g, at, (size_t[]){19 + i, 37, 13});
        for (int t = 0; t < 2; t++)
            for (int d = 0; d < 2; d++)
                check_linear(tiers[t], types[d], &g, &p, &patch);
    }
}

/* Axes of one voxel have no neighbour to look at. */
static void thin_scans_are_sampled(void **state)
{
    (void)state;
    const size_t sizes[][3] = {{1, 1, 1}, {1, 9, 9}, {9, 1, 9},
                               {9, 9, 1}, {2, 2, 2}, {1, 1, 20}};
    const cs_cpu_tier tiers[] = {CS_CPU_BASELINE, cs_cpu_tier_best()};
    for (size_t i = 0; i < CS_COUNTOF(sizes); i++) {
        const im_geometry g =
            im_geometry_plain(sizes[i][0], sizes[i][1], sizes[i][2]);
        double middle[3];
        for (int k = 0; k < 3; k++)
            middle[k] = ((double)g.size[k] - 1) / 2;
        const im_augment_plan p = plan_of(i, false);
        const im_geometry patch = patch_at(&g, middle, (size_t[]){11, 9, 7});
        for (int t = 0; t < 2; t++) {
            check_linear(tiers[t], TN_I16, &g, &p, &patch);
            check_linear(tiers[t], TN_F32, &g, &p, &patch);
        }
    }
}

static void patches_off_the_scan_are_filled(void **state)
{
    (void)state;
    const im_run run = {NULL, cs_cpu_tier_best()};
    const im_geometry g = oblique(9, 9, 9);
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    make_scan(&scan, TN_I16, &g);
    make_scan(&mask, TN_U8, &g);
    for (int far = 0; far < 2; far++) {
        const double away[3] = {far ? 1e9 : 80, 4, 4};
        const im_geometry patch = patch_at(&g, away, (size_t[]){5, 34, 3});
        for (uint64_t i = 0; i < 2; i++) {
            const im_augment_plan p = plan_of(i, i);
            const im_augment_map m = im_augment_map_of(&p, &patch);
            float y[510] = {0};
            uint8_t l[510];
            memset(l, 1, sizeof(l));
            assert_int_equal(
                im_augment_sample(&run, &m, &scan, &patch, FILL, y, NULL), 0);
            assert_int_equal(
                im_augment_sample_labels(&run, &m, &mask, &patch, l, NULL), 0);
            for (int k = 0; k < 510; k++)
                assert_true(y[k] == FILL && l[k] == 0);
        }
    }
}

static void check_labels(cs_cpu_tier tier, tn_dtype dtype)
{
    const im_run run = {NULL, tier};
    const im_geometry g = oblique(41, 37, 23);
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) out = IM_VOLUME_INIT;
    make_scan(&scan, dtype, &g);
    const im_geometry patch =
        patch_at(&g, (double[]){20, 18, 11}, (size_t[]){29, 37, 13});
    assert_int_equal(im_volume_init(&out, dtype, &patch, NULL), 0);
    for (uint64_t k = 0; k < 4; k++) {
        const im_augment_plan p = plan_of(k, k % 2);
        const im_augment_map m = im_augment_map_of(&p, &patch);
        assert_int_equal(im_augment_sample_labels(&run, &m, &scan, &patch,
                                                  tn_data(&out.voxels), NULL),
                         0);
        size_t n = im_geometry_voxels(&patch), checked = 0;
        for (size_t i = 0; i < n; i++) {
            double at[3], want = 0;
            bool tie = false;
            place_of(&m, &scan, &patch, i, at);
            for (int c = 0; c < 3; c++)
                tie |= fabs(at[c] - floor(at[c]) - 0.5) < 1e-3;
            if (tie)
                continue;
            checked++;
            if (!outside(&scan, at))
                want = value_at(&scan, im_at(&g, (size_t)floor(at[0] + 0.5),
                                             (size_t)floor(at[1] + 0.5),
                                             (size_t)floor(at[2] + 0.5)));
            assert_true(value_at(&out, i) == want);
        }
        assert_true(checked > n * 9 / 10);
    }
}

static void labels_are_those_of_the_nearest_voxel(void **state)
{
    (void)state;
    const cs_cpu_tier tiers[] = {CS_CPU_BASELINE, cs_cpu_tier_best()};
    for (int t = 0; t < 2; t++) {
        check_labels(tiers[t], TN_U8);
        check_labels(tiers[t], TN_I16);
        check_labels(tiers[t], TN_I32);
    }
}

/* Copying must give what sampling gives: values on the grid, NaN as well. */
static void voxels_on_the_grid_are_copied(void **state)
{
    (void)state;
    const im_run run = {NULL, cs_cpu_tier_best()};
    const im_geometry g = oblique(12, 11, 10);
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    make_scan(&scan, TN_F32, &g);
    im_f32(&scan)[im_at(&g, 5, 5, 5)] = NAN;
    const im_geometry patch = im_geometry_part(
        &g, (const ptrdiff_t[]){-2, 3, 4}, (const size_t[]){9, 9, 9});
    im_augment_plan p = im_augment_identity();
    p.flip[1] = true;
    p.degrees[1] = 180;
    const im_augment_map m = im_augment_map_of(&p, &patch);
    float y[729];
    assert_int_equal(im_augment_sample(&run, &m, &scan, &patch, FILL, y, NULL),
                     0);
    int missing = 0;
    for (int i = 0; i < 729; i++) {
        int x = -2 + 8 - i % 9, yy = 3 + 8 - i / 9 % 9, z = 4 + 8 - i / 81;
        bool in = x >= 0 && yy < 11 && z < 10;
        float want = FILL;
        if (in)
            want = im_f32(&scan)[im_at(&g, (size_t)x, (size_t)yy, (size_t)z)];
        missing += isnan(want);
        assert_true(isnan(want) ? isnan(y[i]) : y[i] == want);
    }
    assert_int_equal(missing, 1);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    const im_geometry g = oblique(41, 37, 23);
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    make_scan(&scan, TN_I16, &g);
    const im_geometry patch =
        patch_at(&g, (double[]){20, 18, 11}, (size_t[]){33, 70, 9});
    const im_augment_plan p = plan_of(1, true);
    const im_augment_map m = im_augment_map_of(&p, &patch);
    size_t n = im_geometry_voxels(&patch);
    CS_AUTO_MEM float *a = cs_calloc(n, sizeof(*a));
    CS_AUTO_MEM float *b = cs_calloc(n, sizeof(*b));
    assert_true(a && b);
    im_run run = {NULL, cs_cpu_tier_best()};
    assert_int_equal(im_augment_sample(&run, &m, &scan, &patch, FILL, a, NULL),
                     0);
    for (unsigned threads = 2; threads <= 5; threads++) {
        CS_AUTO(cs_pool) pool = NULL;
        assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
        run.pool = pool;
        assert_int_equal(
            im_augment_sample(&run, &m, &scan, &patch, FILL, b, NULL), 0);
        assert_memory_equal(a, b, n * sizeof(*a));
    }
}

static void other_types_are_refused(void **state)
{
    (void)state;
    const im_run run = {NULL, CS_CPU_BASELINE};
    const im_geometry g = im_geometry_plain(2, 2, 2);
    const im_augment_plan p = im_augment_identity();
    const im_augment_map m = im_augment_map_of(&p, &g);
    CS_SCOPED(im_volume) bytes = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) floats = IM_VOLUME_INIT;
    make_scan(&bytes, TN_U8, &g);
    make_scan(&floats, TN_F32, &g);
    float y[8];
    cs_errinfo info = {0};
    assert_int_equal(im_augment_sample(&run, &m, &bytes, &g, 0, y, &info),
                     CS_E_UNSUPPORTED);
    assert_string_equal(info.message,
                        "augmentation takes images of i16 or f32, not of u8");
    assert_int_equal(im_augment_sample_labels(&run, &m, &floats, &g, y, &info),
                     CS_E_UNSUPPORTED);
    assert_string_equal(
        info.message, "augmentation takes labels of up to 32 bits, not of f32");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_linear_between_the_scans_voxels),
        cmocka_unit_test(thin_scans_are_sampled),
        cmocka_unit_test(patches_off_the_scan_are_filled),
        cmocka_unit_test(labels_are_those_of_the_nearest_voxel),
        cmocka_unit_test(voxels_on_the_grid_are_copied),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(other_types_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
