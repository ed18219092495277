/* What the tests of kernels share: double references on plain arrays
 * [n][c][d][h][w] beside blocked images, runs on several pools that must agree
 * bit for bit, and gradients by central differences. */
#ifndef CS_TESTS_SUPPORT_KERNEL_H
#define CS_TESTS_SUPPORT_KERNEL_H

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "support/test.h"
#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

#define KT_INFINITY ((double)INFINITY)
#define KT_NAN ((double)NAN)

/* Zeroed, for any vector; freed with cs_free(). */
static inline float *kt_floats(size_t n)
{
    float *p = cs_aligned_alloc(64, tk_lines(n + 1) * sizeof(float));
    assert_non_null(p);
    memset(p, 0, tk_lines(n + 1) * sizeof(float));
    return p;
}

static inline double *kt_doubles(size_t n)
{
    double *p = cs_calloc(n + 1, sizeof(*p));
    assert_non_null(p);
    return p;
}

/* Normal values that a float holds exactly; each `stream` has its own. */
static inline double *kt_values(size_t n, uint64_t stream)
{
    cs_rng r = cs_rng_stream(7, stream);
    double *p = kt_doubles(n);
    for (size_t i = 0; i < n; i++)
        p[i] = (double)cs_rng_normal_f32(&r);
    return p;
}

static inline float *kt_to_floats(const double *from, size_t n)
{
    float *p = kt_floats(n);
    for (size_t i = 0; i < n; i++)
        p[i] = (float)from[i];
    return p;
}

static inline double *kt_to_doubles(const float *from, size_t n)
{
    double *p = kt_doubles(n);
    for (size_t i = 0; i < n; i++)
        p[i] = (double)from[i];
    return p;
}

static inline size_t kt_elements(const tk_dims *s)
{
    return s->n * s->c * tk_voxels(s);
}

/* A blocked image of a plain one; the caller frees its data. */
static inline tk_image kt_image(tk_dims s, const double *plain)
{
    tk_image to = tk_image_at(kt_floats(tk_image_floats(&s)), s);
    size_t voxels = tk_voxels(&s);
    for (size_t i = 0; i < kt_elements(&s); i++)
        tk_block(
            &to, i / voxels / s.c,
            i / voxels % s.c /
                TK_LANES)[i % voxels * TK_LANES + i / voxels % s.c % TK_LANES] =
            (float)plain[i];
    return to;
}

/* And back; the lanes beyond the channels must be zero. */
static inline double *kt_plain(const tk_image *x)
{
    const tk_dims *s = &x->dims;
    size_t voxels = tk_voxels(s);
    double *to = kt_doubles(kt_elements(s));
    for (size_t n = 0; n < s->n; n++)
        for (size_t c = 0; c < tk_blocks(s->c) * TK_LANES; c++)
            for (size_t v = 0; v < voxels; v++) {
                float f =
                    tk_block(x, n, c / TK_LANES)[v * TK_LANES + c % TK_LANES];
                if (c < s->c)
                    to[(n * s->c + c) * voxels + v] = (double)f;
                else if (f != 0 || signbit(f))
                    fail_msg("lane %zu beyond %zu channels holds %g", c, s->c,
                             (double)f);
            }
    return to;
}

/* |a - b| <= bound * (1 + |b|); equal infinities and two NaN agree. */
static inline void kt_near(const double *a, const double *b, size_t n,
                           double bound)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(a[i] - b[i]) <= bound * (1 + fabs(b[i]))) && a[i] != b[i] &&
            !(isnan(a[i]) && isnan(b[i])))
            fail_msg("[%zu of %zu] %.9g, expected %.9g", i, n, a[i], b[i]);
}

static inline void kt_near_floats(const float *a, const double *b, size_t n,
                                  double bound)
{
    CS_AUTO_MEM double *d = kt_to_doubles(a, n);
    kt_near(d, b, n, bound);
}

/* The kernel under test writes `out`. */
typedef void kt_kernel(const void *ctx, const tk_run *run, float *out);

/* Threads of the largest pool that kt_run() tries. */
#define KT_THREADS 3

/* Runs on one thread, on two and on three, and wants equal bits. What was in
 * `out` and in the scratch before is garbage. */
static inline void kt_run_on(const tk_table *table, kt_kernel *kernel,
                             const void *ctx, float *out, size_t floats,
                             size_t scratch)
{
    CS_AUTO_MEM float *once_more = kt_floats(floats);
    CS_AUTO_MEM float *work = kt_floats(scratch);
    for (unsigned threads = 1; threads <= KT_THREADS; threads++) {
        CS_AUTO(cs_pool) pool = NULL;
        if (threads > 1)
            assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
        float *to = threads == 1 ? out : once_more;
        memset(to, 0x7f, floats * sizeof(float));
        memset(work, 0x7f, scratch * sizeof(float));
        tk_run run = {.table = table, .pool = pool, .scratch = work};
        kernel(ctx, &run, to);
        if (threads > 1)
            assert_memory_equal(out, once_more, floats * sizeof(float));
    }
}

static inline void kt_run(kt_kernel *kernel, const void *ctx, float *out,
                          size_t floats, size_t scratch)
{
    kt_run_on(tk_table_of(cs_cpu_tier_best()), kernel, ctx, out, floats,
              scratch);
}

/* The same for a kernel whose result is an image; plain, for the caller. */
static inline double *kt_run_image(kt_kernel *kernel, const void *ctx,
                                   tk_dims dims, size_t scratch)
{
    size_t floats = tk_image_floats(&dims);
    CS_AUTO_MEM float *out = kt_floats(floats);
    kt_run(kernel, ctx, out, floats, scratch);
    tk_image image = tk_image_at(out, dims);
    return kt_plain(&image);
}

/* y = f(x), in double. */
typedef void kt_reference(const void *ctx, const double *x, double *y);

/* dx[i] must be the derivative of sum(dy * f(x)) by x[i]. */
static inline void kt_gradient(kt_reference *f, const void *ctx, double *x,
                               size_t nx, const double *dy, size_t ny,
                               const double *dx, double bound)
{
    const double h = 1e-5;
    CS_AUTO_MEM double *above = kt_doubles(ny);
    CS_AUTO_MEM double *below = kt_doubles(ny);
    CS_AUTO_MEM double *slope = kt_doubles(nx);
    for (size_t i = 0; i < nx; i++) {
        double at = x[i];
        x[i] = at + h;
        f(ctx, x, above);
        x[i] = at - h;
        f(ctx, x, below);
        x[i] = at;
        for (size_t k = 0; k < ny; k++)
            slope[i] += dy[k] * (above[k] - below[k]) / (2 * h);
    }
    kt_near(dx, slope, nx, bound);
}

#endif
