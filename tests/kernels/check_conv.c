/* Convolutions by every algorithm that can do them, against the reference in
 * double.
 *
 * Bounds. A direct sum of n products, bias and slope: n products and n
 * additions of which each term sees at most n + 2 roundings, and one in the
 * reference's own result: (n + 3) u sum |products|. Winograd's: matrices.c
 * derives what a tile may lose for max|x| max|w|; to that belong one rounding
 * for each channel or tile summed and ROUNDINGS for the transforms. Such
 * bounds hold for any data and are far above what happens, so that normal data
 * have a limit of their own, relative to the largest result. */
#include <math.h>
#include <string.h>

#include "conv_cases.h"
#include "matrices.h"

#define ROUNDINGS 60

static const char *const op_names[] = {"forward", "data", "weights"};
static const char *const kind_names[TK_WINOGRADS] = {"F444", "F244", "F222",
                                                     "F144", "F122"};
static const double kind_limits[TK_WINOGRADS] = {3e-5, 1e-5, 3e-6, 1e-5, 3e-6};

typedef struct problem {
    const conv_case *of;
    tk_conv_op op;
    kc_fill fill;
    tk_dims x_dims, y_dims;
    tk_image x, dy; /* inputs, as far as the operation has them */
    size_t weight_count;
    float *weights;
    float *bias;  /* of FORWARD and DATA, for all lanes; or NULL */
    kc_want want; /* bounds are sums of magnitudes until an algorithm is set */
    double *magnitude;
} problem;

static size_t taps_of(const tk_conv *c)
{
    return c->kernel[0] * c->kernel[1] * c->kernel[2];
}

static size_t plain_count(const tk_dims *s)
{
    return s->n * s->c * tk_voxels(s);
}

static const tk_dims *to_dims(const problem *p)
{
    return p->op == TK_CONV_DATA ? &p->x_dims : &p->y_dims;
}

static size_t result_count(const problem *p)
{
    return p->op == TK_CONV_WEIGHTS ? p->weight_count : plain_count(to_dims(p));
}

static void make_bias(kc *k, problem *p)
{
    size_t channels = to_dims(p)->c;
    if (!p->of->bias || p->op == TK_CONV_WEIGHTS)
        return;
    p->bias = kc_floats(k, tk_blocks(channels) * TK_LANES);
    memset(p->bias, 0, tk_blocks(channels) * TK_LANES * sizeof(float));
    kc_fill_floats(k, p->bias, channels, p->fill);
}

static void reference_image(kc *k, problem *p)
{
    const tk_conv *c = &p->of->conv;
    const tk_image y = kc_filled(k, *to_dims(p), KC_NORMAL);
    const tk_image m = kc_filled(k, *to_dims(p), KC_NORMAL);
    if (p->op == TK_CONV_FORWARD)
        tk_ref_conv_forward(c, &p->x, p->weights, p->bias, p->of->slope, &y,
                            &m);
    else
        tk_ref_conv_data(c, &p->dy, p->weights, p->bias, p->of->slope, &y, &m);
    p->want.value = kc_plain_doubles(k, &y);
    p->magnitude = kc_plain_doubles(k, &m);
}

static void reference_weights(kc *k, problem *p)
{
    float *dw = kc_floats(k, p->weight_count);
    float *m = kc_floats(k, p->weight_count);
    tk_ref_conv_weights(&p->of->conv, &p->x, &p->dy, dw, m);
    p->magnitude = kc_doubles(k, p->weight_count);
    for (size_t i = 0; i < p->weight_count; i++) {
        p->want.value[i] = (double)dw[i];
        p->magnitude[i] = (double)m[i];
    }
}

static problem problem_of(kc *k, const conv_case *of, tk_conv_op op,
                          kc_fill fill)
{
    problem p = {.of = of, .op = op, .fill = fill};
    const tk_conv *c = &of->conv;
    cs_errinfo info = {0};
    p.x_dims = (tk_dims){of->n, c->in, of->d, of->h, of->w};
    if (tk_conv_output(c, &p.x_dims, &p.y_dims, &info) < 0)
        kc_fail(k, "%s", info.message);
    if (op != TK_CONV_DATA)
        p.x = kc_filled(k, p.x_dims, fill);
    if (op != TK_CONV_FORWARD)
        p.dy = kc_filled(k, p.y_dims, fill);
    p.weight_count = c->out * (c->in / c->groups) * taps_of(c);
    p.weights = kc_floats(k, p.weight_count);
    kc_fill_floats(k, p.weights, p.weight_count, fill);
    make_bias(k, &p);
    p.want = kc_want_new(k, result_count(&p));
    if (op == TK_CONV_WEIGHTS)
        reference_weights(k, &p);
    else
        reference_image(k, &p);
    return p;
}

/* --- bounds --- */

static void direct_bounds(problem *p)
{
    const tk_conv *c = &p->of->conv;
    size_t n =
        (p->op == TK_CONV_DATA ? c->out : c->in) / c->groups * taps_of(c);
    if (p->op == TK_CONV_WEIGHTS)
        n = p->y_dims.n * tk_voxels(&p->y_dims);
    for (size_t i = 0; i < p->want.count; i++)
        p->want.bound[i] = ((double)n + 3) * KC_U * p->magnitude[i] + KC_TINY;
}

/* The largest magnitude in channel c. */
static double channel_max(const tk_image *x, size_t c)
{
    double most = 0;
    for (size_t n = 0; n < x->dims.n; n++)
        for (size_t v = 0; v < tk_voxels(&x->dims); v++) {
            size_t i = (n * x->dims.c + c) * tk_voxels(&x->dims) + v;
            most = fmax(most, fabs((double)kc_plain(x, i)));
        }
    return most;
}

/* The largest magnitude among the taps of a pair of channels. */
static double taps_max(const problem *p, size_t out, size_t in)
{
    size_t taps = taps_of(&p->of->conv);
    const float *w = p->weights + (out * p->of->conv.in + in) * taps;
    double most = 0;
    for (size_t t = 0; t < taps; t++)
        most = fmax(most, fabs((double)w[t]));
    return most;
}

/* Sum over the channels that make up channel `to` of the result. */
static double products_max(const problem *p, size_t to)
{
    bool data = p->op == TK_CONV_DATA;
    const tk_image *from = data ? &p->dy : &p->x;
    double sum = 0;
    for (size_t c = 0; c < from->dims.c; c++)
        sum += channel_max(from, c) *
               (data ? taps_max(p, c, to) : taps_max(p, to, c));
    return sum;
}

static void winograd_image_bounds(problem *p, const tk_winograd *w)
{
    const tk_conv *c = &p->of->conv;
    const tk_dims *to = to_dims(p);
    size_t channels = p->op == TK_CONV_DATA ? c->out : c->in;
    double factor = ((double)channels + ROUNDINGS) * KC_U;
    double most = 0;
    for (size_t a = 0; a < 3; a++)
        factor *= km_forward_amplification(w->m[a]);
    for (size_t i = 0; i < p->want.count; i++) {
        size_t channel = i / tk_voxels(to) % to->c;
        if (i % tk_voxels(to) == 0)
            most = products_max(p, channel);
        double bias = p->bias ? fabs((double)p->bias[channel]) : 0;
        p->want.bound[i] = factor * (most + bias) + KC_TINY;
    }
}

static void winograd_weights_bounds(problem *p, const tk_winograd *w)
{
    const tk_conv *c = &p->of->conv;
    size_t taps = taps_of(c);
    const size_t extents[3] = {p->y_dims.d, p->y_dims.h, p->y_dims.w};
    double tiles = (double)p->y_dims.n;
    double factor = KC_U;
    for (size_t a = 0; a < 3; a++) {
        tiles *= ceil((double)extents[a] / w->m[a]);
        factor *= km_weights_amplification(w->m[a]);
    }
    factor *= tiles * (tiles + ROUNDINGS);
    double most = 0;
    for (size_t i = 0; i < p->want.count; i++) {
        if (i % taps == 0)
            most = channel_max(&p->x, i / taps % c->in) *
                   channel_max(&p->dy, i / taps / c->in);
        p->want.bound[i] = factor * most + KC_TINY;
    }
}

static void set_bounds(kc *k, problem *p, const tk_conv_plan *plan)
{
    const tk_winograd *w = &k->table->winograd[plan->kind];
    if (plan->algorithm != TK_ALGO_WINOGRAD)
        direct_bounds(p);
    else if (p->op == TK_CONV_WEIGHTS)
        winograd_weights_bounds(p, w);
    else
        winograd_image_bounds(p, w);
}

/* --- runs --- */

static tk_image run_image(kc *k, const problem *p, const tk_conv_plan *plan,
                          cs_pool *pool)
{
    const tk_run run =
        kc_run_on(k, pool, tk_conv_scratch(plan, cs_pool_threads(pool)));
    const tk_image to = kc_image(k, *to_dims(p));
    float *packed = kc_floats(k, plan->packed_floats);
    tk_conv_pack(plan, &run, p->weights, packed);
    tk_conv_run(plan, &run, packed, p->op == TK_CONV_DATA ? &p->dy : &p->x,
                p->bias, p->of->slope, &to);
    return to;
}

static float *run_weights(kc *k, const problem *p, const tk_conv_plan *plan,
                          cs_pool *pool)
{
    const tk_run run =
        kc_run_on(k, pool, tk_conv_scratch(plan, cs_pool_threads(pool)));
    float *dw = kc_floats(k, p->weight_count);
    tk_conv_gradient(plan, &run, &p->x, &p->dy,
                     kc_floats(k, plan->packed_floats), dw);
    return dw;
}

static void expect_limit(kc *k, const problem *p, const tk_conv_plan *plan,
                         double error)
{
    if (p->fill != KC_NORMAL || plan->algorithm != TK_ALGO_WINOGRAD)
        return;
    double relative = error / kc_largest(p->want.value, p->want.count);
    double *worst = &k->winograd_errors[plan->kind][p->op];
    *worst = fmax(*worst, relative);
    if (!(relative <= kind_limits[plan->kind]))
        kc_fail(k, "largest error / largest result is %.3g, limit %.3g",
                relative, kind_limits[plan->kind]);
}

static void check_image(kc *k, const problem *p, const tk_conv_plan *plan)
{
    const tk_image y = run_image(k, p, plan, k->pools[0]);
    kc_expect_image(k, "result", &y, &p->want);
    expect_limit(k, p, plan, kc_largest_error(&y, &p->want));
    for (size_t i = 1; i < KC_POOLS; i++) {
        const tk_image other = run_image(k, p, plan, k->pools[i]);
        kc_expect_same(k, "more threads", &y, &other);
    }
}

static void check_weights(kc *k, const problem *p, const tk_conv_plan *plan)
{
    const float *dw = run_weights(k, p, plan, k->pools[0]);
    kc_expect_floats(k, "gradient", dw, &p->want);
    double error = 0;
    for (size_t i = 0; i < p->want.count; i++)
        error = fmax(error, fabs((double)dw[i] - p->want.value[i]));
    expect_limit(k, p, plan, error);
    for (size_t i = 1; i < KC_POOLS; i++) {
        const float *other = run_weights(k, p, plan, k->pools[i]);
        if (memcmp(dw, other, p->weight_count * sizeof(float)) != 0)
            kc_fail(k, "%zu threads give other bits than one", i + 1);
    }
}

static const char *choice_name(const tk_conv_choice *c)
{
    switch (c->algorithm) {
    case TK_ALGO_AUTO:
        return c->training ? "auto for training" : "auto";
    case TK_ALGO_DIRECT:
        return "direct";
    case TK_ALGO_DEPTHWISE:
        return "depthwise";
    default:
        return kind_names[c->kind];
    }
}

static void one_choice(kc *k, problem *p, tk_conv_choice choice)
{
    cs_errinfo info = {0};
    tk_conv_plan plan;
    int r = tk_conv_plan_init(&plan, &p->of->conv, p->op, &p->x_dims,
                              &p->y_dims, &choice, &info);
    bool always =
        choice.algorithm == TK_ALGO_AUTO || choice.algorithm == TK_ALGO_DIRECT;
    if (r == CS_E_UNSUPPORTED && !always)
        return;
    kc_part(k, "%s", choice_name(&choice));
    if (r < 0) {
        kc_fail(k, "%s", info.message);
        return;
    }
    set_bounds(k, p, &plan);
    if (p->op == TK_CONV_WEIGHTS)
        check_weights(k, p, &plan);
    else
        check_image(k, p, &plan);
}

static void one_case(kc *k, size_t i, tk_conv_op op, kc_fill fill)
{
    const conv_case *of = &conv_cases[i];
    const tk_conv *c = &of->conv;
    if (!kc_begin(k,
                  "conv %s case %zu %zu->%zu/%zu kernel %zux%zux%zu of "
                  "%zux%zux%zux%zu fill %d",
                  op_names[op], i, c->in, c->out, c->groups, c->kernel[0],
                  c->kernel[1], c->kernel[2], of->n, of->d, of->h, of->w, fill))
        return;
    problem p = problem_of(k, of, op, fill);
    one_choice(k, &p, (tk_conv_choice){.algorithm = TK_ALGO_AUTO});
    one_choice(k, &p, (tk_conv_choice){.training = true});
    one_choice(k, &p, (tk_conv_choice){.algorithm = TK_ALGO_DIRECT});
    one_choice(k, &p, (tk_conv_choice){.algorithm = TK_ALGO_DEPTHWISE});
    for (int kind = 0; kind < TK_WINOGRADS; kind++)
        one_choice(k, &p,
                   (tk_conv_choice){.algorithm = TK_ALGO_WINOGRAD,
                                    .kind = (tk_winograd_kind)kind});
}

void check_conv(kc *k)
{
    for (size_t i = 0; i < conv_case_count; i++) {
        if (k->quick && !conv_cases[i].quick)
            continue;
        for (int op = TK_CONV_FORWARD; op <= TK_CONV_WEIGHTS; op++) {
            one_case(k, i, (tk_conv_op)op, KC_NORMAL);
            if (i % 3 == 0)
                one_case(k, i, (tk_conv_op)op, KC_EXTREME);
        }
    }
}
