#include "image/smooth.h"

#include <string.h>

#include "image/plain.h"

/* Along one axis, in double, from *x to *y. */
static void plain_axis(const im_geometry *g, int axis, double sigma,
                       const double *x, double *y)
{
    const ptrdiff_t radius = (ptrdiff_t)(4 * sigma + 0.5);
    const ptrdiff_t n = (ptrdiff_t)g->size[axis];
    const size_t step =
        axis == 0 ? 1 : (axis == 1 ? g->size[0] : g->size[0] * g->size[1]);
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        ptrdiff_t at = (ptrdiff_t)(i / step % g->size[axis]);
        double sum = 0, weights = 0;
        for (ptrdiff_t k = -radius; k <= radius; k++) {
            double w = radius ? exp(-(double)(k * k) / (2 * sigma * sigma)) : 1;
            ptrdiff_t j = at + k < 0 ? 0 : (at + k < n ? at + k : n - 1);
            sum += w * x[(ptrdiff_t)i + (j - at) * (ptrdiff_t)step];
            weights += w;
        }
        y[i] = sum / weights;
    }
}

static void check(const im_geometry *g, tn_dtype d, const double sigma[3])
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    plain_noise(&v, d, g);
    const size_t n = im_geometry_voxels(g);
    CS_AUTO_MEM double *a = cs_calloc(n, sizeof(*a));
    CS_AUTO_MEM double *b = cs_calloc(n, sizeof(*b));
    assert_non_null(a);
    assert_non_null(b);
    for (size_t i = 0; i < n; i++)
        a[i] = plain_value(&v, i);
    for (int i = 0; i < 3; i++) {
        plain_axis(g, i, sigma[i] / g->spacing[i], a, b);
        memcpy(a, b, n * sizeof(*a));
    }
    for (cs_cpu_tier t = CS_CPU_BASELINE; t <= cs_cpu_tier_best(); t++) {
        CS_SCOPED(im_volume) first = IM_VOLUME_INIT;
        for (unsigned threads = 1; threads <= 3; threads++) {
            CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
            CS_AUTO(cs_pool) pool = NULL;
            assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
            const im_run run = {.pool = pool, .tier = t};
            assert_int_equal(im_smooth(&v, sigma, &run, &got, NULL), 0);
            plain_check(&got, a, 2e-3);
            if (threads == 1)
                assert_int_equal(im_volume_share(&got, &first, NULL), 0);
            assert_memory_equal(tn_data(&first.voxels), tn_data(&got.voxels),
                                n * sizeof(float));
        }
    }
}

static void the_plain_gaussian_on_any_grid(void **state)
{
    (void)state;
    const im_geometry a = plain_oblique(41, 23, 19);
    check(&a, TN_I16, (double[]){1.1, 1.1, 1.1});
    check(&a, TN_F32, (double[]){0, 2.3, 0});
    check(&a, TN_U8, (double[]){2, 0, 5});
    const im_geometry b = im_geometry_plain(3, 1, 150);
    check(&b, TN_I16, (double[]){2, 2, 2});
    const im_geometry c = im_geometry_plain(1, 1, 1);
    check(&c, TN_F32, (double[]){3, 3, 3});
    check(&c, TN_F32, (double[]){0, 0, 0});
    const im_geometry d = im_geometry_plain(150, 5, 9);
    check(&d, TN_F32, (double[]){0.05, 0.7, 0.9});
}

static void no_sigma_changes_nothing(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(9, 8, 7);
    const im_run run = {.tier = CS_CPU_BASELINE};
    const double none[3] = {0, 0, 0};
    plain_noise(&v, TN_F32, &g);
    assert_int_equal(im_smooth(&v, none, &run, &got, NULL), 0);
    assert_memory_equal(im_f32(&v), im_f32(&got), tn_bytes(&v.voxels));
}

static void sigmas_that_are_none_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(2, 2, 2);
    const im_run run = {.tier = CS_CPU_BASELINE};
    const double bad[] = {-1, (double)NAN, (double)INFINITY, 1001};
    plain_noise(&v, TN_F32, &g);
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        cs_errinfo info = {0};
        const double sigma[3] = {1, bad[i], 1};
        assert_int_equal(im_smooth(&v, sigma, &run, &got, &info), CS_E_RANGE);
        assert_null(got.voxels.buffer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_gaussian_on_any_grid),
        cmocka_unit_test(no_sigma_changes_nothing),
        cmocka_unit_test(sigmas_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
