/* Winograd's transforms of one tile against the same by matrices in double.
 * Along one axis a value goes through at most eight roundings, constants that
 * are not exact counted in; three axes, bias and slope make 26. All are
 * relative to a partial sum of |T| |x|, as no kernel uses a term twice with
 * opposite signs: |error| <= 26 u |T| |x|. */
#include <math.h>
#include <string.h>

#include "kc.h"
#include "matrices.h"

#define ROUNDINGS 26

typedef void read_fn(const float *x, size_t sd, size_t sh, float *v,
                     size_t step);

static const char *const kinds[TK_WINOGRADS] = {"F444", "F244", "F222", "F144",
                                                "F122"};

typedef struct tile {
    km_matrix m[3], magnitudes[3];
    size_t from[3], to[3]; /* extents */
    size_t from_count, to_count;
} tile;

static tile tile_of(const tk_winograd *w, km_transform t)
{
    tile r = {.from_count = 1, .to_count = 1};
    for (size_t a = 0; a < 3; a++) {
        r.m[a] = km_axis(t, w->m[a]);
        r.magnitudes[a] = km_absolute(&r.m[a]);
        r.from_count *= r.from[a] = r.m[a].columns;
        r.to_count *= r.to[a] = r.m[a].rows;
    }
    return r;
}

/* Floats of a strided block of vectors, and where voxel i of it lies. */
typedef struct strides {
    size_t sd, sh;
} strides;

static size_t place(const size_t extents[3], strides s, size_t i)
{
    size_t x = i % extents[2];
    size_t y = i / extents[2] % extents[1];
    size_t z = i / extents[2] / extents[1];
    return z * s.sd + y * s.sh + x * TK_LANES;
}

static strides strides_of(const size_t extents[3], bool wide)
{
    strides s;
    s.sh = (extents[2] + (wide ? 3 : 0)) * TK_LANES;
    s.sd = (extents[1] + (wide ? 2 : 0)) * s.sh;
    return s;
}

/* Both results of one lane: exact, and of magnitudes. */
static void transform_lane(const tile *t, const double *x, double *exact,
                           double *magnitude)
{
    double absolute[KM_MAX];
    km_apply(t->m, x, exact);
    for (size_t i = 0; i < t->from_count; i++)
        absolute[i] = fabs(x[i]);
    km_apply(t->magnitudes, absolute, magnitude);
}

/* What all lanes should be, [voxel][8]; bias and slope of an output. */
static kc_want want_of(kc *k, const tile *t, const double *x, const float *bias,
                       float slope)
{
    kc_want want = kc_want_new(k, t->to_count * TK_LANES);
    for (size_t l = 0; l < TK_LANES; l++) {
        double lane[KM_MAX];
        double exact[KM_MAX];
        double magnitude[KM_MAX];
        for (size_t i = 0; i < t->from_count; i++)
            lane[i] = x[i * TK_LANES + l];
        transform_lane(t, lane, exact, magnitude);
        for (size_t i = 0; i < t->to_count; i++) {
            double b = bias ? (double)bias[l] : 0;
            double y = exact[i] + b;
            want.value[i * TK_LANES + l] = fmax(y, (double)slope * y);
            want.bound[i * TK_LANES + l] =
                ROUNDINGS * KC_U * (magnitude[i] + fabs(b)) + KC_TINY;
        }
    }
    return want;
}

/* Result vectors from where the kernel put them, dense. */
static float *gathered(kc *k, const float *from, size_t n, size_t step)
{
    float *to = kc_floats(k, n * TK_LANES);
    for (size_t i = 0; i < n; i++) {
        memcpy(to + i * TK_LANES, from + i * step, TK_LANES * sizeof(float));
        if (i + 1 < n &&
            !kc_untouched(from + i * step + TK_LANES, step - TK_LANES))
            kc_fail(k, "wrote behind point %zu", i);
    }
    return to;
}

/* input and gradient: from a strided box to points. */
static void check_read(kc *k, const tk_winograd *w, km_transform transform,
                       read_fn *fn, kc_fill fill)
{
    const tile t = tile_of(w, transform);
    strides s = strides_of(t.from, true);
    size_t step = 3 * TK_LANES;
    float *x = kc_floats(k, t.from[0] * s.sd);
    float *v = kc_floats(k, t.to_count * step);
    double *values = kc_doubles(k, t.from_count * TK_LANES);
    for (size_t i = 0; i < t.from_count; i++) {
        float *p = x + place(t.from, s, i);
        kc_fill_floats(k, p, TK_LANES, fill);
        for (size_t l = 0; l < TK_LANES; l++)
            values[i * TK_LANES + l] = (double)p[l];
    }
    fn(x, s.sd, s.sh, v, step);
    const kc_want want = want_of(k, &t, values, NULL, 1);
    kc_expect_floats(k, "points", gathered(k, v, t.to_count, step), &want);
}

static void check_output(kc *k, const tk_winograd *w, float slope, kc_fill fill)
{
    const tile t = tile_of(w, KM_OUTPUT);
    strides s = strides_of(t.to, true);
    size_t step = 2 * TK_LANES;
    float *v = kc_floats(k, t.from_count * step);
    float *y = kc_floats(k, t.to[0] * s.sd);
    float *bias = kc_floats(k, TK_LANES);
    double *values = kc_doubles(k, t.from_count * TK_LANES);
    kc_fill_floats(k, bias, TK_LANES, fill);
    for (size_t i = 0; i < t.from_count; i++) {
        kc_fill_floats(k, v + i * step, TK_LANES, fill);
        for (size_t l = 0; l < TK_LANES; l++)
            values[i * TK_LANES + l] = (double)v[i * step + l];
    }
    w->output(v, step, y, s.sd, s.sh, bias, slope);
    float *dense = kc_floats(k, t.to_count * TK_LANES);
    for (size_t i = 0; i < t.to_count; i++)
        memcpy(dense + i * TK_LANES, y + place(t.to, s, i),
               TK_LANES * sizeof(float));
    const kc_want want = want_of(k, &t, values, bias, slope);
    kc_expect_floats(k, "outputs", dense, &want);
    for (size_t row = 0; row + 1 < t.to[0] * t.to[1]; row++) {
        size_t end = place(t.to, s, (row + 1) * t.to[2] - 1) + TK_LANES;
        if (!kc_untouched(y + end, place(t.to, s, (row + 1) * t.to[2]) - end))
            kc_fail(k, "wrote behind row %zu", row);
    }
}

static void check_kernel(kc *k, const tk_winograd *w, kc_fill fill)
{
    const tile t = tile_of(w, KM_KERNEL);
    size_t step = 5 * TK_LANES;
    float *g = kc_floats(k, t.from_count * TK_LANES);
    float *u = kc_floats(k, t.to_count * step);
    double *values = kc_doubles(k, t.from_count * TK_LANES);
    kc_fill_floats(k, g, t.from_count * TK_LANES, fill);
    for (size_t i = 0; i < t.from_count * TK_LANES; i++)
        values[i] = (double)g[i];
    w->kernel(g, u, step);
    const kc_want want = want_of(k, &t, values, NULL, 1);
    kc_expect_floats(k, "points", gathered(k, u, t.to_count, step), &want);
}

static void check_taps(kc *k, const tk_winograd *w, kc_fill fill)
{
    const tile t = tile_of(w, KM_TAPS);
    size_t step = 2 * TK_LANES;
    float *u = kc_floats(k, t.from_count * step);
    float *g = kc_floats(k, t.to_count * TK_LANES);
    double *values = kc_doubles(k, t.from_count * TK_LANES);
    for (size_t i = 0; i < t.from_count; i++) {
        kc_fill_floats(k, u + i * step, TK_LANES, fill);
        for (size_t l = 0; l < TK_LANES; l++)
            values[i * TK_LANES + l] = (double)u[i * step + l];
    }
    w->taps(u, step, g);
    const kc_want want = want_of(k, &t, values, NULL, 1);
    kc_expect_floats(k, "taps", g, &want);
}

/* The matrices themselves: A'[(G g) * (B' x)] is the convolution. */
static void check_identity(kc *k, unsigned char m)
{
    if (!kc_begin(k, "winograd matrices of F(%u,3)", m))
        return;
    const km_matrix a = km_axis(KM_OUTPUT, m);
    const km_matrix g = km_axis(KM_KERNEL, m);
    const km_matrix b = km_axis(KM_INPUT, m);
    kc_worst w = {0};
    for (size_t i = 0; i < a.rows; i++)
        for (size_t t = 0; t < 3; t++)
            for (size_t x = 0; x < b.columns; x++) {
                double sum = 0;
                for (size_t j = 0; j < a.columns; j++)
                    sum += a.at[i][j] * g.at[j][t] * b.at[j][x];
                kc_compare(&w, (i * 3 + t) * b.columns + x, sum, x == i + t,
                           1e-13);
            }
    kc_report(k, "product", &w);
}

static bool begin(kc *k, const char *what, int kind, kc_fill fill)
{
    return kc_begin(k, "winograd %s %s fill %d", kinds[kind], what, fill);
}

static void check_kind(kc *k, int kind, kc_fill fill)
{
    static const float slopes[] = {0, 0.01F, 1};
    const tk_winograd *w = &k->table->winograd[kind];
    if (begin(k, "input", kind, fill))
        check_read(k, w, KM_INPUT, w->input, fill);
    if (begin(k, "gradient", kind, fill))
        check_read(k, w, KM_GRADIENT, w->gradient, fill);
    if (begin(k, "kernel", kind, fill))
        check_kernel(k, w, fill);
    if (begin(k, "taps", kind, fill))
        check_taps(k, w, fill);
    if (!begin(k, "output", kind, fill))
        return;
    for (size_t i = 0; i < CS_COUNTOF(slopes); i++) {
        kc_part(k, "slope %g", (double)slopes[i]);
        check_output(k, w, slopes[i], fill);
    }
}

void check_winograd(kc *k)
{
    check_identity(k, 2);
    check_identity(k, 4);
    for (int kind = 0; kind < TK_WINOGRADS; kind++) {
        check_kind(k, kind, KC_NORMAL);
        check_kind(k, kind, KC_EXTREME);
    }
}

/* --- timing: GB/s of both sides together --- */

typedef struct bench {
    const tk_winograd *w;
    float *x, *v;
    size_t sd, sh, step;
} bench;

#define BENCH_TILES 64

static void run_input(void *ctx)
{
    const bench *b = ctx;
    for (size_t i = 0; i < BENCH_TILES; i++)
        b->w->input(b->x, b->sd, b->sh, b->v + i * TK_LANES, b->step);
}

static void run_output(void *ctx)
{
    static const float bias[TK_LANES];
    const bench *b = ctx;
    for (size_t i = 0; i < BENCH_TILES; i++)
        b->w->output(b->v + i * TK_LANES, b->step, b->x, b->sd, b->sh, bias, 1);
}

static void bench_kind(kc *k, int kind)
{
    const tk_winograd *w = &k->table->winograd[kind];
    const tile in = tile_of(w, KM_INPUT);
    const tile out = tile_of(w, KM_OUTPUT);
    strides s = strides_of(in.from, false);
    size_t step = BENCH_TILES * TK_LANES + 16;
    bench b = {.w = w, .sd = s.sd, .sh = s.sh, .step = step};
    double bytes = BENCH_TILES * TK_LANES * sizeof(float);
    for (int i = 0; i < 2; i++) {
        if (!begin(k, i ? "output" : "input", kind, KC_NORMAL))
            continue;
        b.x = kc_floats(k, in.from[0] * s.sd);
        b.v = kc_floats(k, w->points * step);
        kc_fill_floats(k, b.x, in.from[0] * s.sd, KC_NORMAL);
        kc_fill_floats(k, b.v, w->points * step, KC_NORMAL);
        size_t vectors = w->points + (i ? out.to_count : in.from_count);
        kc_bench(k, bytes * (double)vectors, "GB/s", i ? run_output : run_input,
                 &b);
    }
}

void bench_winograd(kc *k)
{
    for (int kind = 0; kind < TK_WINOGRADS; kind++)
        bench_kind(k, kind);
}
