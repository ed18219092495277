/* Resampling as it is written in a book, in double and voxel by voxel: what
 * the fast ways are held against. */
#ifndef CS_TESTS_IMAGE_PLAIN_H
#define CS_TESTS_IMAGE_PLAIN_H

#include <math.h>

#include "base/mem.h"
#include "base/random.h"
#include "image/elements.h"
#include "image/resample.h"
#include "support/test.h"

static inline CS_UNUSED double plain_value(const im_volume *v, size_t i)
{
    float f;
    if (v->voxels.dtype == TN_F64)
        return ((double *)tn_data(&v->voxels))[i];
    if (v->voxels.dtype == TN_I32)
        return ((int32_t *)tn_data(&v->voxels))[i];
    const char *p = tn_data(&v->voxels);
    im_load_row(im_table_of(CS_CPU_BASELINE), v->voxels.dtype,
                p + i * tn_dtype_size(v->voxels.dtype), 1, &f);
    return (double)f;
}

/* A volume of reproducible noise over a smooth slope, from -1000 to 3000. */
static inline CS_UNUSED void plain_noise(im_volume *v, tn_dtype d,
                                         const im_geometry *g)
{
    assert_int_equal(im_volume_init(v, d, g, NULL), 0);
    cs_rng rng = cs_rng_stream(7, 0);
    bool byte = tn_dtype_size(d) == 1;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        double value =
            cs_rng_uniform_f64(&rng) * 3000 - 1000 + (double)(i % 17);
        char *to = tn_data(&v->voxels);
        im_store_value(d, byte ? fabs(value) / 20 : value,
                       to + i * tn_dtype_size(d));
    }
}

static inline CS_UNUSED ptrdiff_t plain_mirror(ptrdiff_t i, ptrdiff_t n)
{
    while (n > 1 && (i < 0 || i >= n))
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return n > 1 ? i : 0;
}

/* Coefficients of a line, by the equations (c[i-1] + 4 c[i] + c[i+1]) / 6 =
 * s[i] with mirrored ends, solved by elimination. */
static inline CS_UNUSED void plain_spline_line(double *s, size_t n, size_t step)
{
    if (n == 1)
        return;
    CS_AUTO_MEM double *up = cs_calloc(n, sizeof(*up));
    assert_non_null(up);
    for (size_t i = 0; i < n; i++) {
        double left = i == 0 ? 0 : (i + 1 == n ? 2 : 1);
        double right = i + 1 == n ? 0 : (i == 0 ? 2 : 1);
        double d = 4 - (i ? left * up[i - 1] : 0);
        up[i] = right / d;
        s[i * step] =
            (6 * s[i * step] - (i ? left * s[(i - 1) * step] : 0)) / d;
    }
    for (size_t i = n - 1; i-- > 0;)
        s[i * step] -= up[i] * s[(i + 1) * step];
}

static inline CS_UNUSED double *plain_coefficients(const im_volume *v)
{
    const size_t *n = v->geometry.size;
    size_t all = im_geometry_voxels(&v->geometry);
    double *c = cs_calloc(all, sizeof(*c));
    assert_non_null(c);
    for (size_t i = 0; i < all; i++)
        c[i] = plain_value(v, i);
    for (size_t z = 0; z < n[2]; z++)
        for (size_t y = 0; y < n[1]; y++)
            plain_spline_line(c + im_at(&v->geometry, 0, y, z), n[0], 1);
    for (size_t z = 0; z < n[2]; z++)
        for (size_t x = 0; x < n[0]; x++)
            plain_spline_line(c + im_at(&v->geometry, x, 0, z), n[1], n[0]);
    for (size_t y = 0; y < n[1]; y++)
        for (size_t x = 0; x < n[0]; x++)
            plain_spline_line(c + im_at(&v->geometry, x, y, 0), n[2],
                              n[0] * n[1]);
    return c;
}

/* The weight of a voxel at a distance. */
static inline CS_UNUSED double plain_kernel(im_interpolation by, double d)
{
    d = fabs(d);
    if (by == IM_LINEAR)
        return d < 1 ? 1 - d : 0;
    if (d < 1)
        return 2.0 / 3 - d * d + d * d * d / 2;
    return d < 2 ? (2 - d) * (2 - d) * (2 - d) / 6 : 0;
}

/* At an inside position; c: voxels, or coefficients. */
static inline CS_UNUSED double plain_sample(const double *c,
                                            const im_geometry *g,
                                            im_interpolation by,
                                            const double at[3])
{
    double p[3], sum = 0;
    for (int i = 0; i < 3; i++)
        p[i] = by == IM_LINEAR
                   ? fmin(fmax(at[i], 0), (double)g->size[i] - 1)
                   : (by == IM_NEAREST ? floor(at[i] + 0.5) : at[i]);
    if (by == IM_NEAREST)
        return c[im_at(g, (size_t)p[0], (size_t)p[1], (size_t)p[2])];
    const ptrdiff_t n[3] = {(ptrdiff_t)g->size[0], (ptrdiff_t)g->size[1],
                            (ptrdiff_t)g->size[2]};
    ptrdiff_t f[3];
    for (int i = 0; i < 3; i++)
        f[i] = (ptrdiff_t)floor(p[i]);
    for (ptrdiff_t z = f[2] - 1; z <= f[2] + 2; z++)
        for (ptrdiff_t y = f[1] - 1; y <= f[1] + 2; y++)
            for (ptrdiff_t x = f[0] - 1; x <= f[0] + 2; x++)
                sum += plain_kernel(by, p[0] - (double)x) *
                       plain_kernel(by, p[1] - (double)y) *
                       plain_kernel(by, p[2] - (double)z) *
                       c[im_at(g, (size_t)plain_mirror(x, n[0]),
                               (size_t)plain_mirror(y, n[1]),
                               (size_t)plain_mirror(z, n[2]))];
    return sum;
}

/* Every voxel of `grid`, in double. */
static inline CS_UNUSED double *plain_resample(const im_volume *v,
                                               const im_geometry *grid,
                                               im_interpolation by,
                                               double outside)
{
    const im_geometry *g = &v->geometry;
    CS_AUTO_MEM double *c = plain_coefficients(v);
    double *out = cs_calloc(im_geometry_voxels(grid), sizeof(*out));
    assert_non_null(out);
    for (size_t i = 0; by != IM_CUBIC && i < im_geometry_voxels(g); i++)
        c[i] = plain_value(v, i);
    size_t i = 0;
    for (size_t z = 0; z < grid->size[2]; z++)
        for (size_t y = 0; y < grid->size[1]; y++)
            for (size_t x = 0; x < grid->size[0]; x++, i++) {
                const double voxel[3] = {(double)x, (double)y, (double)z};
                double world[3], at[3];
                bool in = true;
                im_grid_to_world(grid, voxel, world);
                im_world_to_grid(g, world, at);
                for (int k = 0; k < 3; k++)
                    in =
                        in && at[k] >= -0.5 && at[k] < (double)g->size[k] - 0.5;
                out[i] = in ? plain_sample(c, g, by, at) : outside;
            }
    return out;
}

/* No voxel of *got further than `most` from the plain result. */
static inline CS_UNUSED void plain_check(const im_volume *got,
                                         const double *want, double most)
{
    for (size_t i = 0; i < im_geometry_voxels(&got->geometry); i++) {
        double value = plain_value(got, i);
        if (!(fabs(value - want[i]) <= most))
            fail_msg("voxel %zu is %.6f, not %.6f", i, value, want[i]);
    }
}

/* Turned by some angles; sizes and spacings as given. */
static inline CS_UNUSED im_geometry plain_oblique(size_t x, size_t y, size_t z)
{
    im_geometry g = {.size = {x, y, z},
                     .spacing = {0.7, 0.8, 1.6},
                     .origin = {-12.5, 33, 100.25},
                     .direction = {0.866025, -0.5, 0, 0.469846, 0.813798,
                                   -0.342020, 0.171010, 0.296198, 0.939693}};
    assert_int_equal(im_geometry_check(&g, NULL), 0);
    return g;
}

#endif
