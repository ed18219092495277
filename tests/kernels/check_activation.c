/* Activations against their formulas in double, and those formulas'
 * derivatives against differences. libm's functions of floats may be off by
 * four units in the last place; where an argument's rounding is magnified, the
 * bound has the factor: that of erfc(x / sqrt(2)) is x^2 where x < 0. */
#include <math.h>

#include "kc.h"
#include "tensor/kernels/activation.h"

static const char *const names[TK_ACTIVATIONS] = {
    "relu", "leaky relu", "gelu", "silu", "sigmoid", "tanh", "hard swish"};

static double sigmoid(double x)
{
    double e = exp(-fabs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

static double half_erfc(double x)
{
    return 0.5 * erfc(-x * sqrt(0.5));
}

static double density(double x)
{
    return exp(-0.5 * x * x) / sqrt(2 * acos(-1.0));
}

static double value(tk_activation f, double x)
{
    switch (f.kind) {
    case TK_RELU:
        return x < 0 ? 0 : x;
    case TK_LEAKY_RELU:
        return x > 0 ? x : (double)f.slope * x;
    case TK_GELU:
        return x * half_erfc(x);
    case TK_SILU:
        return x * sigmoid(x);
    case TK_SIGMOID:
        return sigmoid(x);
    case TK_TANH:
        return tanh(x);
    default:
        return x * fmin(fmax(x + 3, 0), 6) / 6;
    }
}

static double derivative(tk_activation f, double x)
{
    double s = sigmoid(x);
    switch (f.kind) {
    case TK_RELU:
        return x > 0;
    case TK_LEAKY_RELU:
        return x > 0 ? 1 : (double)f.slope;
    case TK_GELU:
        return half_erfc(x) + x * density(x);
    case TK_SILU:
        return s * (1 + x * (1 - s));
    case TK_SIGMOID:
        return s * (1 - s);
    case TK_TANH:
        return 1 - tanh(x) * tanh(x);
    default:
        return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;
    }
}

/* Of the kinds whose derivative follows from y = f(x). */
static double derivative_at_output(tk_activation f, double y)
{
    switch (f.kind) {
    case TK_SIGMOID:
        return y * (1 - y);
    case TK_TANH:
        return 1 - y * y;
    default:
        return derivative(f, y);
    }
}

/* Twice the exponent's condition where x is below zero: see above. */
static double tail(double x)
{
    return x < 0 ? 2 * fmin(x * x, 400) : 0;
}

static double value_bound(tk_activation f, double x)
{
    double factor = f.kind == TK_GELU ? 16 + tail(x) : 16;
    return factor * KC_U * fabs(value(f, x)) + KC_TINY;
}

static double derivative_bound(tk_activation f, double x)
{
    double s = sigmoid(x);
    switch (f.kind) {
    case TK_GELU:
        return KC_U * ((16 + tail(x)) * half_erfc(x) +
                       (16 + fmin(x * x, 400)) * fabs(x) * density(x));
    case TK_SILU:
        return 16 * KC_U * s * (1 + fabs(x));
    case TK_HARD_SWISH:
        return x <= -3 || x >= 3 ? 0 : 4 * KC_U * (2 * fabs(x) + 3) / 6;
    default:
        return 4 * KC_U;
    }
}

/* Places where a formula changes. */
static void put_corners(const tk_image *x)
{
    static const float corners[] = {0, -0.0F, -3, 3, -20, 20, -100, 100};
    for (size_t i = 0; i < CS_COUNTOF(corners) && i < tk_voxels(&x->dims); i++)
        *tk_at(x, 0, 0, 0, 0, i) = corners[i];
}

static void forward(kc *k, tk_activation f, const tk_image *x)
{
    const tk_run run = kc_run(k, 0);
    const tk_image y = kc_image(k, x->dims);
    const tk_image same = kc_copy_of(k, x);
    kc_want want = kc_want_new(k, x->dims.n * x->dims.c * tk_voxels(&x->dims));
    for (size_t i = 0; i < want.count; i++) {
        double v = (double)kc_plain(x, i);
        want.value[i] = value(f, v);
        want.bound[i] = value_bound(f, v);
    }
    tk_activate(&run, f, x, &y);
    kc_expect_image(k, "y", &y, &want);
    tk_activate(&run, f, &same, &same);
    kc_expect_same(k, "in place", &y, &same);
}

static void backward(kc *k, tk_activation f, const tk_image *x)
{
    const tk_run run = kc_run(k, 0);
    bool by_output = tk_activation_needs_only_y(f.kind);
    const tk_image at = by_output ? kc_image(k, x->dims) : *x;
    if (by_output)
        tk_activate(&run, f, x, &at);
    const tk_image dy = kc_filled(k, x->dims, KC_NORMAL);
    const tk_image dx = kc_image(k, x->dims);
    kc_want want = kc_want_new(k, x->dims.n * x->dims.c * tk_voxels(&x->dims));
    for (size_t i = 0; i < want.count; i++) {
        double v = (double)kc_plain(&at, i);
        double g = (double)kc_plain(&dy, i);
        double d = by_output ? derivative_at_output(f, v) : derivative(f, v);
        want.value[i] = g * d;
        want.bound[i] =
            fabs(g) * derivative_bound(f, v) + 2 * KC_U * fabs(g * d) + KC_TINY;
    }
    tk_activate_backward(&run, f, &at, &dy, &dx);
    kc_expect_image(k, "dx", &dx, &want);
    tk_activate_backward(&run, f, &at, &dy, &dy);
    kc_expect_same(k, "in place", &dx, &dy);
}

/* The formulas above, against each other. */
static void differences(kc *k, tk_activation f)
{
    const double h = 1e-5;
    kc_worst w = {0};
    for (size_t i = 0; i < 200; i++) {
        double x = ((double)i - 99.37) / 17;
        double d = (value(f, x + h) - value(f, x - h)) / (2 * h);
        kc_compare(&w, i, derivative(f, x), d, 1e-8);
        if (tk_activation_needs_only_y(f.kind))
            kc_compare(&w, i, derivative_at_output(f, value(f, x)), d, 1e-8);
    }
    kc_report(k, "derivative", &w);
}

/* Not swallowed: a network that has gone wrong should show it. */
static void nans(kc *k, tk_activation f)
{
    const tk_run run = kc_run(k, 0);
    const tk_image x = kc_filled(k, (tk_dims){1, 8, 1, 1, 3}, KC_NORMAL);
    *tk_at(&x, 0, 2, 0, 0, 1) = NAN;
    tk_activate(&run, f, &x, &x);
    if (!isnan(*tk_at(&x, 0, 2, 0, 0, 1)))
        kc_fail(k, "a NaN became %g", (double)*tk_at(&x, 0, 2, 0, 0, 1));
}

static void one_kind(kc *k, tk_activation f, kc_fill fill)
{
    static const tk_dims shapes[] = {
        {2, 13, 1, 5, 7}, {1, 8, 3, 4, 5}, {1, 20, 11, 12, 13}};
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        if (!kc_begin(k, "activation %s case %zu fill %d", names[f.kind], i,
                      fill))
            continue;
        const tk_image x = kc_filled(k, shapes[i], fill);
        put_corners(&x);
        forward(k, f, &x);
        kc_part(k, "backward");
        backward(k, f, &x);
    }
}

void check_activation(kc *k)
{
    for (int kind = 0; kind < TK_ACTIVATIONS; kind++) {
        const tk_activation f = {(tk_activation_kind)kind, 0.01F};
        one_kind(k, f, KC_NORMAL);
        one_kind(k, f, KC_EXTREME);
        if (kc_begin(k, "activation %s by differences", names[kind]))
            differences(k, f);
        if (kc_begin(k, "activation %s of NaN", names[kind]))
            nans(k, f);
    }
}

/* --- timing: GB/s of what is read and written --- */

typedef struct bench {
    tk_run run;
    tk_activation f;
    tk_image x, y, dx;
} bench;

static void run_forward(void *ctx)
{
    const bench *b = ctx;
    tk_activate(&b->run, b->f, &b->x, &b->y);
}

static void run_backward(void *ctx)
{
    const bench *b = ctx;
    tk_activate_backward(&b->run, b->f, &b->x, &b->y, &b->dx);
}

void bench_activation(kc *k)
{
    const tk_dims s = {1, 32, 48, 48, 48};
    for (int kind = 0; kind < TK_ACTIVATIONS; kind++)
        for (int i = 0; i < 2; i++) {
            if (!kc_begin(k, "activation %s %s 32x48x48x48", names[kind],
                          i ? "backward" : "forward"))
                continue;
            bench b = {kc_run(k, 0),
                       {(tk_activation_kind)kind, 0.01F},
                       kc_filled(k, s, KC_NORMAL),
                       kc_filled(k, s, KC_NORMAL),
                       kc_filled(k, s, KC_NORMAL)};
            kc_bench(k, (i ? 12 : 8) * (double)tk_image_floats(&s), "GB/s",
                     i ? run_backward : run_forward, &b);
        }
}
