#include "image/augment_filter.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "support/test.h"

static im_geometry grid(size_t x, size_t y, size_t z)
{
    im_geometry g = im_geometry_plain(x, y, z);
    g.spacing[0] = 0.7;
    g.spacing[1] = 0.9;
    g.spacing[2] = 1.25;
    return g;
}

static float *rough(const im_geometry *g)
{
    size_t n = im_geometry_voxels(g);
    float *v = cs_calloc(n, sizeof(*v));
    assert_non_null(v);
    const cs_rng r = cs_rng_stream(8, 8);
    cs_rng_fill_uniform_f32(&r, 0, v, n);
    for (size_t i = 0; i < n; i++)
        v[i] = v[i] * 2000 - 1000;
    return v;
}

/* --- thick slices --- */

/* The mean of voxel (x, y) over the slices that share a group with slice z,
 * and where its middle is. */
static double mean_around(const im_geometry *g, const float *v, size_t xy,
                          int z, int n, int cut, double *middle)
{
    int group = (z + cut) / n, count = 0;
    double sum = 0, places = 0;
    for (int k = 0; k < (int)g->size[2]; k++)
        if ((k + cut) / n == group) {
            sum += (double)v[(size_t)k * g->size[0] * g->size[1] + xy];
            places += k;
            count++;
        }
    *middle = places / count;
    return sum / count;
}

static double thick_by_hand(const im_geometry *g, const float *v, size_t xy,
                            int z, int n, int cut)
{
    double here, there;
    double a = mean_around(g, v, xy, z, n, cut, &here);
    if (z == here)
        return a;
    int other = z;
    while (other >= 0 && other < (int)g->size[2] &&
           (other + cut) / n == (z + cut) / n)
        other += z < here ? -1 : 1;
    if (other < 0 || other >= (int)g->size[2])
        return a;
    double b = mean_around(g, v, xy, other, n, cut, &there);
    return a + (b - a) * (z - here) / (there - here);
}

static void check_thick(cs_cpu_tier tier, size_t slices, double mm,
                        double phase, int n, int cut)
{
    const im_run run = {NULL, tier};
    const im_geometry g = grid(11, 3, slices);
    CS_AUTO_MEM float *before = rough(&g);
    CS_AUTO_MEM float *v = rough(&g);
    assert_int_equal(im_augment_thick(&run, &g, mm, phase, v, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        size_t xy = i % 33;
        double want = thick_by_hand(&g, before, xy, (int)(i / 33), n, cut);
        assert_true(fabs((double)v[i] - want) < 1e-3);
    }
}

static void thick_slices_are_means_with_lines_between(void **state)
{
    (void)state;
    const cs_cpu_tier tiers[] = {CS_CPU_BASELINE, cs_cpu_tier_best()};
    for (int t = 0; t < 2; t++) {
        check_thick(tiers[t], 20, 5, 0, 4, 0);
        check_thick(tiers[t], 20, 5, 0.5, 4, 2);
        check_thick(tiers[t], 21, 3.9, 0.99, 3, 2);
        check_thick(tiers[t], 7, 2.5, 0.5, 2, 1);
        check_thick(tiers[t], 2, 2.5, 0, 2, 0);
        check_thick(tiers[t], 3, 90, 0, 6, 0); /* one slice of all */
    }
}

static void thin_slices_stay(void **state)
{
    (void)state;
    const im_run run = {NULL, cs_cpu_tier_best()};
    const im_geometry g = grid(5, 4, 6), flat = grid(5, 4, 1);
    CS_AUTO_MEM float *before = rough(&g);
    CS_AUTO_MEM float *v = rough(&g);
    assert_int_equal(im_augment_thick(&run, &g, 0, 0, v, NULL), 0);
    assert_int_equal(im_augment_thick(&run, &g, 1.8, 0.9, v, NULL), 0);
    assert_int_equal(im_augment_thick(&run, &flat, 5, 0, v, NULL), 0);
    assert_int_equal(im_augment_blur(&run, &g, 0, v, NULL), 0);
    assert_memory_equal(v, before, im_geometry_voxels(&g) * sizeof(*v));
}

/* --- blur --- */

static double weight(double mm, double sigma)
{
    return exp(-mm * mm / (2 * sigma * sigma));
}

/* One pass per axis in doubles, voxels beyond the border like the border's. */
static void blur_by_hand(const im_geometry *g, double sigma, double *v)
{
    const size_t stride[3] = {1, g->size[0], g->size[0] * g->size[1]};
    size_t n = im_geometry_voxels(g);
    for (int axis = 0; axis < 3; axis++) {
        CS_AUTO_MEM double *from = cs_memdup(v, n * sizeof(*v));
        assert_non_null(from);
        int last = (int)g->size[axis] - 1;
        int radius = (int)ceil(4 * sigma / g->spacing[axis]);
        for (size_t i = 0; i < n; i++) {
            int at = (int)(i / stride[axis] % g->size[axis]);
            double sum = 0, all = 0;
            for (int k = -radius; k <= radius; k++) {
                int to = at + k < 0 ? 0 : at + k;
                to = to > last ? last : to;
                double w = weight(k * g->spacing[axis], sigma);
                sum += w *
                       from[(ptrdiff_t)i + (ptrdiff_t)stride[axis] * (to - at)];
                all += w;
            }
            v[i] = sum / all;
        }
    }
}

static void check_blur(cs_cpu_tier tier, const im_geometry *g, double sigma)
{
    const im_run run = {NULL, tier};
    size_t n = im_geometry_voxels(g);
    CS_AUTO_MEM float *v = rough(g);
    CS_AUTO_MEM double *want = cs_calloc(n, sizeof(*want));
    assert_non_null(want);
    for (size_t i = 0; i < n; i++)
        want[i] = (double)v[i];
    blur_by_hand(g, sigma, want);
    assert_int_equal(im_augment_blur(&run, g, sigma, v, NULL), 0);
    for (size_t i = 0; i < n; i++)
        assert_true(fabs((double)v[i] - want[i]) < 2e-3);
}

static void blur_is_gaussian_in_millimetres(void **state)
{
    (void)state;
    const im_geometry shapes[] = {grid(19, 8, 7), grid(1, 1, 1), grid(1, 13, 2),
                                  grid(16, 1, 9)};
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        check_blur(CS_CPU_BASELINE, &shapes[i], 0.8);
        check_blur(cs_cpu_tier_best(), &shapes[i], 0.8);
        check_blur(cs_cpu_tier_best(), &shapes[i], 3.3); /* beyond the patch */
    }
}

static void a_blur_too_wide_is_refused(void **state)
{
    (void)state;
    const im_run run = {NULL, CS_CPU_BASELINE};
    im_geometry g = im_geometry_plain(1, 1, 1);
    g.spacing[0] = 0.001;
    float v = 5;
    cs_errinfo info = {0};
    assert_int_equal(im_augment_blur(&run, &g, 2, &v, &info), CS_E_LIMIT);
    assert_string_equal(info.message,
                        "a blur of 2 mm is too wide for voxels of 0.001 mm");
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    const im_geometry g = grid(30, 29, 28);
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    const im_run runs[] = {{NULL, cs_cpu_tier_best()},
                           {pool, cs_cpu_tier_best()}};
    CS_AUTO_MEM float *one = rough(&g);
    CS_AUTO_MEM float *three = rough(&g);
    float *voxels[] = {one, three};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(im_augment_blur(&runs[i], &g, 1, voxels[i], NULL), 0);
        assert_int_equal(
            im_augment_thick(&runs[i], &g, 4, 0.3, voxels[i], NULL), 0);
    }
    assert_memory_equal(one, three, im_geometry_voxels(&g) * sizeof(*one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thick_slices_are_means_with_lines_between),
        cmocka_unit_test(thin_slices_stay),
        cmocka_unit_test(blur_is_gaussian_in_millimetres),
        cmocka_unit_test(a_blur_too_wide_is_refused),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
