/* The speed of convolutions: GF/s by the definition's products, so that an
 * algorithm that needs fewer of them shows as faster. */
#include "kc.h"
#include "tensor/kernels/conv.h"

typedef struct bench_case {
    const char *name;
    tk_conv conv;
    tk_dims x;
    tk_conv_choice choice;
} bench_case;

#define SAME_2D                                                                \
    {1, 3, 3}, {1, 1, 1}, {1, 1, 1},                                           \
    {                                                                          \
        0, 1, 1                                                                \
    }
#define SAME_3D                                                                \
    {3, 3, 3}, {1, 1, 1}, {1, 1, 1},                                           \
    {                                                                          \
        1, 1, 1                                                                \
    }
#define HALF_3D                                                                \
    {2, 2, 2}, {2, 2, 2}, {1, 1, 1},                                           \
    {                                                                          \
        0, 0, 0                                                                \
    }
#define POINT                                                                  \
    {1, 1, 1}, {1, 1, 1}, {1, 1, 1},                                           \
    {                                                                          \
        0, 0, 0                                                                \
    }
#define WINOGRAD(kind_)                                                        \
    {                                                                          \
        .algorithm = TK_ALGO_WINOGRAD, .kind = (kind_)                         \
    }
#define DIRECT                                                                 \
    {                                                                          \
        .algorithm = TK_ALGO_DIRECT                                            \
    }

static const bench_case cases[] = {
    {"3D 32->32 auto", {32, 32, 1, SAME_3D}, {1, 32, 48, 48, 48}, {0}},
    {"3D 32->32 direct", {32, 32, 1, SAME_3D}, {1, 32, 48, 48, 48}, DIRECT},
    {"3D 32->32 F444",
     {32, 32, 1, SAME_3D},
     {1, 32, 48, 48, 48},
     WINOGRAD(TK_F444)},
    {"3D 32->32 F244",
     {32, 32, 1, SAME_3D},
     {1, 32, 48, 48, 48},
     WINOGRAD(TK_F244)},
    {"3D 32->32 F222",
     {32, 32, 1, SAME_3D},
     {1, 32, 48, 48, 48},
     WINOGRAD(TK_F222)},
    {"3D 128->128 auto", {128, 128, 1, SAME_3D}, {1, 128, 16, 16, 16}, {0}},
    {"3D 1->32 auto", {1, 32, 1, SAME_3D}, {1, 1, 48, 48, 48}, {0}},
    {"3D 32->64 stride 2", {32, 64, 1, HALF_3D}, {1, 32, 48, 48, 48}, {0}},
    {"3D 32->3 kernel 1", {32, 3, 1, POINT}, {1, 32, 48, 48, 48}, {0}},
    {"3D 32 depthwise", {32, 32, 32, SAME_3D}, {1, 32, 48, 48, 48}, {0}},
    {"2D 64->64 auto", {64, 64, 1, SAME_2D}, {1, 64, 1, 128, 128}, {0}},
    {"2D 64->64 direct", {64, 64, 1, SAME_2D}, {1, 64, 1, 128, 128}, DIRECT},
    {"2D 64->64 F122",
     {64, 64, 1, SAME_2D},
     {1, 64, 1, 128, 128},
     WINOGRAD(TK_F122)},
    {"2D 256->256 auto", {256, 256, 1, SAME_2D}, {1, 256, 1, 28, 28}, {0}},
};

typedef struct bench {
    tk_conv_plan plan;
    tk_run run;
    tk_image x, y;
    float *weights, *packed;
} bench;

static void run_image(void *ctx)
{
    const bench *b = ctx;
    bool data = b->plan.op == TK_CONV_DATA;
    tk_conv_run(&b->plan, &b->run, b->packed, data ? &b->y : &b->x, NULL, 0,
                data ? &b->x : &b->y);
}

static void run_weights(void *ctx)
{
    const bench *b = ctx;
    tk_conv_gradient(&b->plan, &b->run, &b->x, &b->y, b->packed, b->weights);
}

static void bench_op(kc *k, const bench_case *c, tk_conv_op op)
{
    static const char *const names[] = {"forward", "data", "weights"};
    if (!kc_begin(k, "conv %s of %zux%zux%zu %s", c->name, c->x.d, c->x.h,
                  c->x.w, names[op]))
        return;
    cs_errinfo info = {0};
    tk_dims y = {0};
    bench b;
    if (tk_conv_output(&c->conv, &c->x, &y, &info) < 0 ||
        tk_conv_plan_init(&b.plan, &c->conv, op, &c->x, &y, &c->choice, &info) <
            0) {
        kc_fail(k, "%s", info.message);
        return;
    }
    size_t weights = c->conv.out * (c->conv.in / c->conv.groups) *
                     c->conv.kernel[0] * c->conv.kernel[1] * c->conv.kernel[2];
    b.run = kc_run(k, tk_conv_scratch(&b.plan, cs_pool_threads(k->pool)));
    b.x = kc_filled(k, c->x, KC_NORMAL);
    b.y = kc_filled(k, y, KC_NORMAL);
    b.weights = kc_floats(k, weights);
    b.packed = kc_floats(k, b.plan.packed_floats);
    kc_fill_floats(k, b.weights, weights, KC_NORMAL);
    if (op != TK_CONV_WEIGHTS)
        tk_conv_pack(&b.plan, &b.run, b.weights, b.packed);
    double products = (double)weights * (double)(y.n * tk_voxels(&y));
    kc_bench(k, 2 * products, "GF/s",
             op == TK_CONV_WEIGHTS ? run_weights : run_image, &b);
}

void bench_conv(kc *k)
{
    for (size_t i = 0; i < CS_COUNTOF(cases); i++)
        for (int op = TK_CONV_FORWARD; op <= TK_CONV_WEIGHTS; op++)
            bench_op(k, &cases[i], (tk_conv_op)op);
}
