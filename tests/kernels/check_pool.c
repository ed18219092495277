/* Pooling against its definition in double. A maximum is exact. A mean is
 * summed in double and rounded three times: its sum, the share, the product. */
#include <math.h>
#include <string.h>

#include "kc.h"
#include "tensor/kernels/pool.h"

typedef struct pool_case {
    tk_pool pool;
    tk_dims x;
    size_t out[3]; /* of adaptive pooling */
    bool quick;
} pool_case;

#define MAX TK_POOL_MAX
#define MEAN TK_POOL_MEAN
#define WINDOW(kind_, kd, kh, kw, sd, sh, sw, pd, ph, pw)                      \
    {                                                                          \
        .kind = (kind_), .kernel = {kd, kh, kw}, .stride = {sd, sh, sw},       \
        .pad = {                                                               \
            pd,                                                                \
            ph,                                                                \
            pw                                                                 \
        }                                                                      \
    }
#define BOTH(quick_, pool_, ...)                                               \
    {.pool = pool_(MAX), .x = {__VA_ARGS__}, .quick = (quick_)},               \
    {                                                                          \
        .pool = pool_(MEAN), .x = {__VA_ARGS__}, .quick = (quick_)             \
    }

#define TWO_2D(kind) WINDOW(kind, 1, 2, 2, 1, 2, 2, 0, 0, 0)
#define THREE_2D(kind) WINDOW(kind, 1, 3, 3, 1, 2, 2, 0, 1, 1)
#define TWO_3D(kind) WINDOW(kind, 2, 2, 2, 2, 2, 2, 0, 0, 0)
#define THREE_3D(kind) WINDOW(kind, 3, 3, 3, 1, 2, 1, 1, 1, 1)
#define UNEVEN(kind) WINDOW(kind, 1, 3, 5, 3, 1, 2, 0, 1, 2)
#define ADAPTIVE(kind_)                                                        \
    {                                                                          \
        .kind = (kind_), .adaptive = true                                      \
    }

static const pool_case cases[] = {
    BOTH(true, TWO_2D, 2, 13, 1, 9, 7),
    BOTH(false, TWO_2D, 1, 16, 1, 8, 16),
    BOTH(false, TWO_2D, 1, 1, 1, 2, 2),
    BOTH(true, THREE_2D, 3, 8, 1, 11, 10),
    BOTH(false, THREE_2D, 1, 5, 1, 1, 1),
    BOTH(true, TWO_3D, 2, 20, 5, 6, 7),
    BOTH(true, THREE_3D, 1, 9, 4, 5, 6),
    BOTH(false, UNEVEN, 2, 3, 5, 6, 9),
    {.pool = {.kind = MEAN,
              .kernel = {3, 3, 3},
              .stride = {2, 1, 2},
              .pad = {1, 1, 1},
              .count_pad = true},
     .x = {2, 10, 5, 4, 6},
     .quick = true},
    {.pool = ADAPTIVE(MAX), .x = {2, 11, 5, 7, 9}, .out = {2, 3, 4}},
    {.pool = ADAPTIVE(MEAN), .x = {2, 11, 5, 7, 9}, .out = {2, 3, 4}},
    {.pool = ADAPTIVE(MEAN), .x = {1, 9, 2, 3, 4}, .out = {3, 5, 4}},
    {.pool = ADAPTIVE(MAX), .x = {2, 20, 6, 7, 8}, .out = {1, 1, 1}},
    {.pool = ADAPTIVE(MEAN),
     .x = {2, 20, 16, 17, 18},
     .out = {1, 1, 1},
     .quick = true},
};

static size_t extent(const tk_dims *s, int a)
{
    return a == 0 ? s->d : a == 1 ? s->h : s->w;
}

/* The window of output o along one axis, padding cut off. */
static void window(const pool_case *p, const tk_dims *y, int a, size_t o,
                   size_t range[2])
{
    size_t in = extent(&p->x, a);
    size_t out = extent(y, a);
    if (p->pool.adaptive) {
        range[0] = (size_t)floor((double)(o * in) / (double)out);
        range[1] = (size_t)ceil((double)((o + 1) * in) / (double)out);
        return;
    }
    ptrdiff_t at =
        (ptrdiff_t)(o * p->pool.stride[a]) - (ptrdiff_t)p->pool.pad[a];
    ptrdiff_t end = at + (ptrdiff_t)p->pool.kernel[a];
    range[0] = (size_t)CS_MAX(at, (ptrdiff_t)0);
    range[1] = (size_t)CS_MIN(end, (ptrdiff_t)in);
}

typedef struct box {
    size_t range[3][2];
    double count; /* that a mean divides by */
} box;

static box box_of(const pool_case *p, const tk_dims *y, size_t voxel)
{
    const size_t o[3] = {voxel / y->w / y->h, voxel / y->w % y->h,
                         voxel % y->w};
    box b = {.count = 1};
    for (int a = 0; a < 3; a++) {
        window(p, y, a, o[a], b.range[a]);
        size_t n = b.range[a][1] - b.range[a][0];
        b.count *= (double)(p->pool.count_pad ? p->pool.kernel[a] : n);
    }
    return b;
}

#define FOR_BOX(b, i, s)                                                       \
    for (size_t z_ = (b)->range[0][0]; z_ < (b)->range[0][1]; z_++)            \
        for (size_t y_ = (b)->range[1][0]; y_ < (b)->range[1][1]; y_++)        \
            for (size_t i = (z_ * (s)->h + y_) * (s)->w + (b)->range[2][0],    \
                        end_ = i + (b)->range[2][1] - (b)->range[2][0];        \
                 i < end_; i++)

/* The voxel with the maximum as PyTorch finds it: the first of the largest,
 * or the last NaN. */
static size_t maximum(const box *b, const tk_dims *s, const double *x)
{
    size_t best = SIZE_MAX;
    FOR_BOX(b, i, s)
    if (best == SIZE_MAX || x[i] > x[best] || isnan(x[i]))
        best = i;
    return best;
}

static void want_forward(const pool_case *p, const tk_dims *y, const double *x,
                         kc_want *want)
{
    for (size_t i = 0; i < want->count; i++) {
        const double *channel = x + i / tk_voxels(y) * tk_voxels(&p->x);
        const box b = box_of(p, y, i % tk_voxels(y));
        if (p->pool.kind == TK_POOL_MAX) {
            want->value[i] = channel[maximum(&b, &p->x, channel)];
            continue;
        }
        double sum = 0;
        double magnitude = 0;
        FOR_BOX(&b, v, &p->x)
        {
            sum += channel[v];
            magnitude += fabs(channel[v]);
        }
        want->value[i] = sum / b.count;
        want->bound[i] = 4 * KC_U * magnitude / b.count + KC_TINY;
    }
}

/* Gradients are added up in float, one for each window that a voxel is in:
 * at most as many as a window has voxels. */
static void want_backward(const pool_case *p, const tk_dims *y, const double *x,
                          const double *dy, kc_want *want)
{
    for (size_t i = 0; i < y->n * y->c * tk_voxels(y); i++) {
        size_t first = i / tk_voxels(y) * tk_voxels(&p->x);
        const box b = box_of(p, y, i % tk_voxels(y));
        size_t most = 0;
        if (p->pool.kind == TK_POOL_MAX)
            most = maximum(&b, &p->x, x + first);
        FOR_BOX(&b, v, &p->x)
        {
            if (p->pool.kind == TK_POOL_MAX && v != most)
                continue;
            double g = p->pool.kind == TK_POOL_MAX ? dy[i] : dy[i] / b.count;
            want->value[first + v] += g;
            want->bound[first + v] += (b.count + 4) * KC_U * fabs(g) + KC_TINY;
        }
    }
}

static tk_dims output_of(kc *k, const pool_case *p)
{
    tk_dims y = {p->x.n, p->x.c, p->out[0], p->out[1], p->out[2]};
    cs_errinfo info = {0};
    if (!p->pool.adaptive && tk_pool_output(&p->pool, &p->x, &y, &info) < 0)
        kc_fail(k, "%s", info.message);
    return y;
}

static void forward(kc *k, const pool_case *p, const tk_image *x)
{
    const tk_dims dims = output_of(k, p);
    const tk_run run = kc_run(k, 0);
    const tk_image y = kc_image(k, dims);
    kc_want want = kc_want_new(k, dims.n * dims.c * tk_voxels(&dims));
    want_forward(p, &dims, kc_plain_doubles(k, x), &want);
    tk_pool_forward(&run, &p->pool, x, &y);
    kc_expect_image(k, "y", &y, &want);
}

static void backward(kc *k, const pool_case *p, const tk_image *x,
                     kc_fill gradient)
{
    const tk_dims dims = output_of(k, p);
    const tk_run run = kc_run(k, 0);
    const tk_image dy = kc_filled(k, dims, gradient);
    const tk_image dx = kc_image(k, p->x);
    kc_want want = kc_want_new(k, p->x.n * p->x.c * tk_voxels(&p->x));
    want_backward(p, &dims, kc_plain_doubles(k, x), kc_plain_doubles(k, &dy),
                  &want);
    bool needs_x = p->pool.kind == TK_POOL_MAX;
    tk_pool_backward(&run, &p->pool, needs_x ? x : NULL, &dy, &dx);
    kc_expect_image(k, "dx", &dx, &want);
}

static void one_case(kc *k, size_t i, kc_fill fill)
{
    const pool_case *p = &cases[i];
    const char *kind = p->pool.kind == TK_POOL_MAX ? "max" : "mean";
    if (kc_begin(k, "pool %s case %zu fill %d", kind, i, fill)) {
        const tk_image x = kc_filled(k, p->x, fill);
        forward(k, p, &x);
        kc_part(k, "backward");
        backward(k, p, &x, KC_NORMAL);
    }
}

/* A NaN anywhere in a window is its maximum, and gets its gradient. */
static void nan_case(kc *k, size_t i)
{
    const pool_case *p = &cases[i];
    if (p->pool.kind != TK_POOL_MAX ||
        !kc_begin(k, "pool max case %zu with NaN", i))
        return;
    const tk_image x = kc_filled(k, p->x, KC_FEW);
    for (size_t j = 0; j < 5; j++) {
        size_t v = cs_rng_below(&k->rng, tk_voxels(&p->x));
        *tk_at(&x, 0, cs_rng_below(&k->rng, p->x.c), 0, 0, v) = NAN;
    }
    forward(k, p, &x);
    backward(k, p, &x, KC_NORMAL);
}

void check_pool(kc *k)
{
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        if (k->quick && !cases[i].quick)
            continue;
        one_case(k, i, KC_NORMAL);
        one_case(k, i, KC_EXTREME);
        one_case(k, i, KC_FEW);
        one_case(k, i, KC_OFFSET);
        nan_case(k, i);
    }
}

/* --- timing: GB/s of what is read and written --- */

typedef struct bench {
    tk_run run;
    tk_pool pool;
    tk_image x, y, dx;
} bench;

static void run_forward(void *ctx)
{
    const bench *b = ctx;
    tk_pool_forward(&b->run, &b->pool, &b->x, &b->y);
}

static void run_backward(void *ctx)
{
    const bench *b = ctx;
    tk_pool_backward(&b->run, &b->pool, &b->x, &b->y, &b->dx);
}

static void bench_one(kc *k, const char *name, tk_pool pool, tk_dims x,
                      tk_dims y)
{
    for (int i = 0; i < 2; i++) {
        if (!kc_begin(k, "pool %s %s", name, i ? "backward" : "forward"))
            continue;
        bench b = {.run = kc_run(k, 0), .pool = pool};
        b.x = kc_filled(k, x, KC_NORMAL);
        b.y = kc_filled(k, y, KC_NORMAL);
        b.dx = kc_filled(k, x, KC_NORMAL);
        size_t floats = tk_image_floats(&x) * (i ? 2 : 1) + tk_image_floats(&y);
        kc_bench(k, 4 * (double)floats, "GB/s", i ? run_backward : run_forward,
                 &b);
    }
}

void bench_pool(kc *k)
{
    const tk_dims x = {1, 32, 48, 48, 48};
    const tk_dims half = {1, 32, 24, 24, 24};
    const tk_dims one = {1, 32, 1, 1, 1};
    bench_one(k, "max 2x2x2 of 32x48x48x48", (tk_pool)TWO_3D(MAX), x, half);
    bench_one(k, "mean 2x2x2 of 32x48x48x48", (tk_pool)TWO_3D(MEAN), x, half);
    bench_one(k, "mean of all 32x48x48x48", (tk_pool)ADAPTIVE(MEAN), x, one);
}
