/* exp, sigmoid, tanh and GELU over all of their range, in units of the last
 * place of the right result, and their bits against the baseline tier's. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kc.h"
#include "tensor/kernels/activation.h"

#define COUNT ((size_t)1 << 16)

typedef struct function {
    const char *name;
    double (*of)(double x);
    double from, to;
    double ulps; /* that the error may be */
    int kind;    /* of activation; TK_ACTIVATIONS: exp */
} function;

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double gelu(double x)
{
    return 0.5 * x * erfc(-x * sqrt(0.5));
}

static const function functions[] = {
    {"exp", exp, -104, 88.7, 1.1, TK_ACTIVATIONS},
    {"exp of a small number", exp, -0.4, 0.4, 1.1, TK_ACTIVATIONS},
    {"sigmoid", sigmoid, -88, 20, 2.5, TK_SIGMOID},
    {"tanh", tanh, -10, 10, 2, TK_TANH},
    {"tanh of a small number", tanh, -0.7, 0.7, 2, TK_TANH},
    {"gelu", gelu, -13, 6, 4, TK_GELU},
    {"gelu of a small number", gelu, -0.8, 0.8, 4, TK_GELU},
};

/* One unit in the last place of a float at x. */
static double ulp_of(double x)
{
    int e;
    if (!(fabs(x) > (double)FLT_MIN))
        return 0x1p-149;
    (void)frexp(x, &e);
    return ldexp(1, e - 24);
}

static void run(const tk_table *t, const function *f, const float *x, size_t n,
                float *y)
{
    if (f->kind == TK_ACTIVATIONS)
        t->math.exp(x, 0, n, y);
    else
        t->math.activate((tk_activation_kind)f->kind, 0, x, n, y);
}

static void one_function(kc *k, const function *f)
{
    float *x = kc_floats(k, COUNT);
    float *y = kc_floats(k, COUNT);
    float *other = kc_floats(k, COUNT);
    kc_worst w = {0};
    for (size_t i = 0; i < COUNT; i++)
        x[i] =
            (float)(f->from + (f->to - f->from) * cs_rng_uniform_f64(&k->rng));
    run(k->table, f, x, COUNT, y);
    for (size_t i = 0; i < COUNT; i++) {
        double want = f->of((double)x[i]);
        kc_compare(&w, i, (double)y[i], want, f->ulps * ulp_of(want));
    }
    kc_report(k, f->name, &w);
    if (k->show_ulps)
        printf("%s: %.2f of %.2f ulp\n", f->name, w.excess * f->ulps, f->ulps);
    run(&tk_table_baseline, f, x, COUNT, other);
    if (memcmp(y, other, COUNT * sizeof(float)) != 0)
        kc_fail(k, "other bits than the baseline tier's");
}

/* What exp gives where it leaves the range of a float, at any length of the
 * array and any address. */
static void edges_of_exp(kc *k)
{
    static const struct {
        float x, y;
    } edges[] = {{0, 1},          {-0.0F, 1},    {-INFINITY, 0},
                 {-200, 0},       {-104, 0},     {INFINITY, INFINITY},
                 {200, INFINITY}, {89, INFINITY}};
    float *x = kc_floats(k, 64);
    float *y = kc_floats(k, 64);
    for (size_t i = 0; i < CS_COUNTOF(edges); i++)
        for (size_t n = 1; n < 20; n++) {
            float *at = x + i % 7;
            for (size_t v = 0; v < n; v++)
                at[v] = edges[i].x;
            k->table->math.exp(at, 0, n, y + n % 5);
            for (size_t v = 0; v < n; v++)
                if (y[n % 5 + v] != edges[i].y)
                    kc_fail(k, "exp(%g) is %g", (double)edges[i].x,
                            (double)y[n % 5 + v]);
        }
    const float nan = NAN;
    k->table->math.exp(&nan, 0, 1, y);
    if (!isnan(y[0]))
        kc_fail(k, "exp of NaN is %g", (double)y[0]);
}

void check_elementary(kc *k)
{
    for (size_t i = 0; i < CS_COUNTOF(functions); i++)
        if (kc_begin(k, "elementary %s", functions[i].name))
            one_function(k, &functions[i]);
    if (kc_begin(k, "elementary exp at the edges"))
        edges_of_exp(k);
}
