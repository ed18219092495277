/* Normalisation against its definition in double.
 *
 * The kernel sums runs of 64 values in float and the runs in double: a sum is
 * off by at most RUN_U times the sum of magnitudes. y = a x + b and dx = a dy +
 * b x + c are rounded a few times relative to each term, which is why the
 * bounds grow where the mean is far from zero. */
#include <math.h>
#include <string.h>

#include "kc.h"
#include "tensor/kernels/bias.h"
#include "tensor/kernels/norm.h"

#define RUN_U (68 * KC_U)

typedef struct norm_case {
    tk_norm norm;
    tk_dims x;
    bool parameters; /* gain and shift */
    float slope;
    bool quick;
} norm_case;

#define EPS 1e-5

static const norm_case cases[] = {
    {{TK_NORM_BATCH, 0, EPS}, {2, 13, 1, 9, 7}, true, 0.01F, true},
    {{TK_NORM_BATCH, 0, EPS}, {3, 8, 4, 5, 6}, false, 1, false},
    {{TK_NORM_BATCH, 0, EPS}, {1, 20, 11, 12, 13}, true, 0, false},
    {{TK_NORM_INSTANCE, 0, EPS}, {2, 5, 3, 7, 8}, true, 0, true},
    {{TK_NORM_INSTANCE, 0, EPS}, {2, 16, 1, 40, 41}, false, 0.01F, false},
    {{TK_NORM_INSTANCE, 0, EPS}, {1, 3, 1, 1, 2}, true, 1, false},
    {{TK_NORM_GROUP, 4, EPS}, {2, 12, 3, 5, 6}, true, 0.01F, true},
    {{TK_NORM_GROUP, 1, EPS}, {2, 20, 1, 9, 11}, true, 1, false},
    {{TK_NORM_GROUP, 2, 1e-3}, {1, 32, 11, 12, 9}, false, 0, false},
};

/* Everything in double and in the plain order. */
typedef struct problem {
    const norm_case *of;
    size_t count, sets, voxels;
    double *x;
    double *mean, *variance; /* of sets, exact */
    float *gain, *shift;     /* or NULL */
} problem;

static size_t set_of(const problem *p, size_t i)
{
    size_t channels = p->of->x.c;
    size_t n = i / p->voxels / channels;
    size_t c = i / p->voxels % channels;
    switch (p->of->norm.kind) {
    case TK_NORM_BATCH:
        return c;
    case TK_NORM_INSTANCE:
        return n * channels + c;
    default:
        return n * p->of->norm.groups + c * p->of->norm.groups / channels;
    }
}

static double gain_of(const problem *p, size_t i)
{
    return p->gain ? (double)p->gain[i / p->voxels % p->of->x.c] : 1;
}

static double shift_of(const problem *p, size_t i)
{
    return p->shift ? (double)p->shift[i / p->voxels % p->of->x.c] : 0;
}

static double rate_of(const problem *p, size_t i)
{
    return 1 / sqrt(p->variance[set_of(p, i)] + p->of->norm.eps);
}

/* Zeroed sums for each set. */
static double *sums(kc *k, const problem *p)
{
    double *s = kc_doubles(k, p->sets);
    memset(s, 0, p->sets * sizeof(double));
    return s;
}

static void exact_statistics(kc *k, problem *p)
{
    double size = (double)p->count / (double)p->sets;
    p->mean = sums(k, p);
    p->variance = sums(k, p);
    for (size_t i = 0; i < p->count; i++)
        p->mean[set_of(p, i)] += p->x[i] / size;
    for (size_t i = 0; i < p->count; i++) {
        double d = p->x[i] - p->mean[set_of(p, i)];
        p->variance[set_of(p, i)] += d * d / size;
    }
}

static problem problem_of(kc *k, const norm_case *of, const tk_image *x)
{
    problem p = {.of = of, .voxels = tk_voxels(&of->x)};
    p.count = of->x.n * of->x.c * p.voxels;
    p.sets = tk_norm_sets(&of->norm, &of->x);
    p.x = kc_plain_doubles(k, x);
    if (of->parameters) {
        p.gain = kc_floats(k, of->x.c);
        p.shift = kc_floats(k, of->x.c);
        kc_fill_floats(k, p.gain, of->x.c, KC_NORMAL);
        kc_fill_floats(k, p.shift, of->x.c, KC_NORMAL);
    }
    exact_statistics(k, &p);
    return p;
}

static tk_run run_of(kc *k, const problem *p, cs_pool *pool)
{
    return kc_run_on(k, pool, tk_norm_scratch(&p->of->x));
}

/* The mean to a few millionths of the deviation, however far it is from zero;
 * the variance to a hundred thousandth. */
static void statistics(kc *k, const problem *p, const tk_image *x)
{
    double *mean = kc_doubles(k, 2 * p->sets);
    double *variance = mean + p->sets;
    double *again = kc_doubles(k, 2 * p->sets);
    const tk_run run = run_of(k, p, k->pools[0]);
    const tk_run other = run_of(k, p, k->pools[2]);
    tk_norm_statistics(&run, &p->of->norm, x, mean, variance);
    tk_norm_statistics(&other, &p->of->norm, x, again, again + p->sets);
    if (memcmp(mean, again, 2 * p->sets * sizeof(double)) != 0)
        kc_fail(k, "three threads give other statistics than one");
    kc_worst m = {0};
    kc_worst v = {0};
    for (size_t i = 0; i < p->sets; i++) {
        double deviation = sqrt(p->variance[i]);
        kc_compare(&m, i, mean[i], p->mean[i], 5e-6 * deviation + 1e-9);
        kc_compare(&v, i, variance[i], p->variance[i],
                   1e-5 * p->variance[i] + 1e-8);
    }
    kc_report(k, "mean", &m);
    kc_report(k, "variance", &v);
}

static void forward(kc *k, const problem *p, const tk_image *x)
{
    kc_want want = kc_want_new(k, p->count);
    double slope = (double)p->of->slope;
    for (size_t i = 0; i < p->count; i++) {
        double a = gain_of(p, i) * rate_of(p, i);
        double t = a * (p->x[i] - p->mean[set_of(p, i)]) + shift_of(p, i);
        double b = shift_of(p, i) - a * p->mean[set_of(p, i)];
        want.value[i] = fmax(t, slope * t);
        want.bound[i] = 4 * KC_U * (fabs(a * p->x[i]) + fabs(b)) + KC_TINY;
    }
    const tk_image y = kc_image(k, x->dims);
    const tk_image same = kc_copy_of(k, x);
    const tk_run run = run_of(k, p, k->pools[0]);
    const tk_run other = run_of(k, p, k->pools[2]);
    tk_norm_forward(&run, &p->of->norm, p->mean, p->variance, p->gain, p->shift,
                    p->of->slope, x, &y);
    kc_expect_image(k, "y", &y, &want);
    tk_norm_forward(&other, &p->of->norm, p->mean, p->variance, p->gain,
                    p->shift, p->of->slope, &same, &same);
    kc_expect_same(k, "in place", &y, &same);
}

/* Sums over sets of g = gain dy and g (x - mean), and of their magnitudes. */
typedef struct set_sums {
    double *g, *gx, *g_size, *gx_size;
} set_sums;

static set_sums sums_of(kc *k, const problem *p, const double *dy)
{
    set_sums s = {sums(k, p), sums(k, p), sums(k, p), sums(k, p)};
    for (size_t i = 0; i < p->count; i++) {
        size_t set = set_of(p, i);
        double g = gain_of(p, i) * dy[i];
        double gx = g * (p->x[i] - p->mean[set]);
        s.g[set] += g;
        s.gx[set] += gx;
        s.g_size[set] += fabs(g);
        s.gx_size[set] += fabs(gx);
    }
    return s;
}

/* dx = r (g - S1 / m - (x - mean) r^2 S2 / m) */
static kc_want want_dx(kc *k, const problem *p, const double *dy)
{
    const set_sums s = sums_of(k, p, dy);
    double m = (double)p->count / (double)p->sets;
    kc_want want = kc_want_new(k, p->count);
    for (size_t i = 0; i < p->count; i++) {
        size_t set = set_of(p, i);
        double r = rate_of(p, i);
        double d = p->x[i] - p->mean[set];
        double a = gain_of(p, i) * r;
        double b = -r * r * r * s.gx[set] / m;
        double c = -r * s.g[set] / m - b * p->mean[set];
        want.value[i] = a * dy[i] + b * d - r * s.g[set] / m;
        want.bound[i] =
            4 * KC_U * (fabs(a * dy[i]) + fabs(b * p->x[i]) + fabs(c)) +
            RUN_U * r / m * (s.g_size[set] + fabs(d) * r * r * s.gx_size[set]) +
            KC_TINY;
    }
    return want;
}

static void want_parameters(const problem *p, const double *dy, kc_want *gain,
                            kc_want *shift)
{
    for (size_t i = 0; i < p->count; i++) {
        size_t c = i / p->voxels % p->of->x.c;
        double g = dy[i] * (p->x[i] - p->mean[set_of(p, i)]) * rate_of(p, i);
        gain->value[c] += g;
        gain->bound[c] += RUN_U * fabs(g);
        shift->value[c] += dy[i];
        shift->bound[c] += RUN_U * fabs(dy[i]);
    }
}

static void backward(kc *k, const problem *p, const tk_image *x)
{
    size_t channels = p->of->x.c;
    const tk_image dy = kc_filled(k, x->dims, KC_NORMAL);
    const tk_image same = kc_copy_of(k, &dy);
    const tk_image dx = kc_image(k, x->dims);
    float *dgain = kc_floats(k, channels);
    float *dshift = kc_floats(k, channels);
    kc_want gain = kc_want_new(k, channels);
    kc_want shift = kc_want_new(k, channels);
    const double *gradient = kc_plain_doubles(k, &dy);
    const kc_want want = want_dx(k, p, gradient);
    want_parameters(p, gradient, &gain, &shift);
    const tk_run run = run_of(k, p, k->pools[0]);
    const tk_run other = run_of(k, p, k->pools[2]);
    tk_norm_backward(&run, &p->of->norm, p->mean, p->variance, p->gain, x, &dy,
                     &dx, dgain, dshift);
    kc_expect_image(k, "dx", &dx, &want);
    kc_expect_floats(k, "dgain", dgain, &gain);
    kc_expect_floats(k, "dshift", dshift, &shift);
    tk_norm_backward(&other, &p->of->norm, p->mean, p->variance, p->gain, x,
                     &same, &same, NULL, NULL);
    kc_expect_same(k, "in place", &dx, &same);
}

/* The formula of want_dx(), against differences of sum(y dy). */
static double loss(const problem *p, const double *dy)
{
    double sum = 0;
    for (size_t i = 0; i < p->count; i++)
        sum += dy[i] * gain_of(p, i) * rate_of(p, i) *
               (p->x[i] - p->mean[set_of(p, i)]);
    return sum;
}

static double loss_at(kc *k, problem *p, const double *dy, size_t i, double x)
{
    double before = p->x[i];
    p->x[i] = x;
    exact_statistics(k, p);
    double sum = loss(p, dy);
    p->x[i] = before;
    exact_statistics(k, p);
    return sum;
}

static void differences(kc *k, const norm_case *of)
{
    const double h = 1e-5;
    const tk_image x = kc_filled(k, of->x, KC_NORMAL);
    problem p = problem_of(k, of, &x);
    const tk_image dy = kc_filled(k, of->x, KC_NORMAL);
    const double *gradient = kc_plain_doubles(k, &dy);
    const kc_want want = want_dx(k, &p, gradient);
    kc_worst w = {0};
    for (size_t j = 0; j < 8; j++) {
        size_t i = cs_rng_below(&k->rng, p.count);
        double up = loss_at(k, &p, gradient, i, p.x[i] + h);
        double down = loss_at(k, &p, gradient, i, p.x[i] - h);
        kc_compare(&w, i, want.value[i], (up - down) / (2 * h), 1e-6);
    }
    kc_report(k, "gradient", &w);
}

static void one_case(kc *k, size_t i, kc_fill fill)
{
    const norm_case *of = &cases[i];
    if (!kc_begin(k, "norm case %zu fill %d", i, fill))
        return;
    const tk_image x = kc_filled(k, of->x, fill);
    const problem p = problem_of(k, of, &x);
    kc_part(k, "statistics");
    statistics(k, &p, &x);
    kc_part(k, "forward");
    forward(k, &p, &x);
    kc_part(k, "backward");
    backward(k, &p, &x);
}

/* The gradient of a bias. */
static void channel_sums(kc *k, const norm_case *of, kc_fill fill)
{
    const tk_image x = kc_filled(k, of->x, fill);
    const tk_run run = kc_run(k, tk_norm_scratch(&of->x));
    float *sum = kc_floats(k, of->x.c);
    kc_want want = kc_want_new(k, of->x.c);
    for (size_t i = 0; i < of->x.n * of->x.c * tk_voxels(&of->x); i++) {
        double v = (double)kc_plain(&x, i);
        size_t c = i / tk_voxels(&of->x) % of->x.c;
        want.value[c] += v;
        want.bound[c] += RUN_U * fabs(v);
    }
    tk_channel_sums(&run, &x, sum);
    kc_expect_floats(k, "sums", sum, &want);
}

/* A channel that is the same everywhere has variance 0, whatever its value:
 * rounding of the mean must not show as a deviation. */
static void constant(kc *k)
{
    const tk_norm norm = {TK_NORM_INSTANCE, 0, EPS};
    const tk_dims dims = {1, 3, 9, 10, 11};
    if (!kc_begin(k, "norm of a constant far from zero"))
        return;
    const tk_image x = kc_filled(k, dims, KC_NORMAL);
    for (size_t c = 0; c < dims.c; c++)
        for (size_t v = 0; v < tk_voxels(&dims); v++)
            *tk_at(&x, 0, c, 0, 0, v) = 1024.3F * (float)(c + 1);
    const tk_run run = kc_run(k, tk_norm_scratch(&dims));
    double mean[3];
    double variance[3];
    tk_norm_statistics(&run, &norm, &x, mean, variance);
    kc_worst w = {0};
    for (size_t c = 0; c < dims.c; c++) {
        kc_compare(&w, c, variance[c], 0, 1e-8);
        kc_compare(&w, c, mean[c], (double)*tk_at(&x, 0, c, 0, 0, 0), 1e-6);
    }
    kc_report(k, "statistics", &w);
}

void check_norm(kc *k)
{
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        if (k->quick && !cases[i].quick)
            continue;
        one_case(k, i, KC_NORMAL);
        one_case(k, i, KC_OFFSET);
        if (kc_begin(k, "channel sums case %zu", i))
            channel_sums(k, &cases[i], KC_OFFSET);
        if (kc_begin(k, "norm case %zu by differences", i))
            differences(k, &cases[i]);
    }
    constant(k);
}

/* --- timing: GB/s of what is read and written --- */

typedef struct bench {
    tk_run run;
    tk_norm norm;
    tk_image x, y, dx;
    double mean[64], variance[64];
    float dgain[64], dshift[64];
} bench;

static void run_statistics(void *ctx)
{
    bench *b = ctx;
    tk_norm_statistics(&b->run, &b->norm, &b->x, b->mean, b->variance);
}

static void run_forward(void *ctx)
{
    const bench *b = ctx;
    tk_norm_forward(&b->run, &b->norm, b->mean, b->variance, NULL, NULL, 0,
                    &b->x, &b->y);
}

static void run_backward(void *ctx)
{
    bench *b = ctx;
    tk_norm_backward(&b->run, &b->norm, b->mean, b->variance, NULL, &b->x,
                     &b->y, &b->dx, b->dgain, b->dshift);
}

void bench_norm(kc *k)
{
    static const struct {
        const char *name;
        void (*fn)(void *ctx);
        double sides;
    } rows[] = {{"statistics", run_statistics, 2},
                {"forward", run_forward, 2},
                {"backward", run_backward, 5}};
    const tk_dims s = {1, 32, 48, 48, 48};
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        if (!kc_begin(k, "norm instance %s 32x48x48x48", rows[i].name))
            continue;
        bench b = {.run = kc_run(k, tk_norm_scratch(&s)),
                   .norm = {TK_NORM_INSTANCE, 0, EPS},
                   .x = kc_filled(k, s, KC_NORMAL),
                   .y = kc_filled(k, s, KC_NORMAL),
                   .dx = kc_filled(k, s, KC_NORMAL)};
        run_statistics(&b);
        kc_bench(k, rows[i].sides * 4 * (double)tk_image_floats(&s), "GB/s",
                 rows[i].fn, &b);
    }
}
