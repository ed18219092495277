#include "cli/bench_engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/engine.h"
#include "cli/tier.h"
#include "nn/cost.h"
#include "nn/loss.h"
#include "nn/optim.h"
#include "nn/trainable.h"
#include "tensor/kernels/conv.h"

#define ROUNDS 5
#define GIGA 1e9

typedef enum bench_kind { INFER, TRAIN, LAYER } bench_kind;

typedef struct engine_case {
    const char *name;
    bench_kind kind;
    unsigned threads;
    size_t size[3];
    tk_conv_op op; /* of LAYER, a 3x3x3 convolution */
    size_t in, out;
} engine_case;

static const engine_case cases[] = {
    {"unet3d-infer-64x96x96-t1", INFER, 1, {64, 96, 96}, 0, 0, 0},
    {"unet3d-infer-64x96x96-t2", INFER, 2, {64, 96, 96}, 0, 0, 0},
    {"unet3d-infer-96x96x96-t1", INFER, 1, {96, 96, 96}, 0, 0, 0},
    {"unet3d-infer-96x96x96-t2", INFER, 2, {96, 96, 96}, 0, 0, 0},
    {"unet3d-train-64x64x64-t1", TRAIN, 1, {64, 64, 64}, 0, 0, 0},
    {"unet3d-train-64x64x64-t2", TRAIN, 2, {64, 64, 64}, 0, 0, 0},
    {"conv-32-32-64x96x96-t1", LAYER, 1, {64, 96, 96}, TK_CONV_FORWARD, 32, 32},
    {"conv-64-64-32x48x48-t1", LAYER, 1, {32, 48, 48}, TK_CONV_FORWARD, 64, 64},
    {"conv-128-128-16x24x24-t1",
     LAYER,
     1,
     {16, 24, 24},
     TK_CONV_FORWARD,
     128,
     128},
    {"conv-64-32-64x64x64-t1", LAYER, 1, {64, 64, 64}, TK_CONV_FORWARD, 64, 32},
    {"gradient-64-64-32x48x48-t1",
     LAYER,
     1,
     {32, 48, 48},
     TK_CONV_WEIGHTS,
     64,
     64},
    {"gradient-64-32-64x64x64-t1",
     LAYER,
     1,
     {64, 64, 64},
     TK_CONV_WEIGHTS,
     64,
     32},
};
_Static_assert(CS_COUNTOF(cases) <= BENCH_ENGINE_ROWS, "room for all rows");

/* --- timing --- */

typedef int bench_step(void *ctx, cs_errinfo *info);

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median of the rounds, after one that warms caches and touches memory. */
static int time_rounds(bench_step *step, void *ctx, double *ret,
                       cs_errinfo *info)
{
    double seconds[ROUNDS];
    int r = step(ctx, info);
    for (int i = 0; i < ROUNDS && r == 0; i++) {
        int64_t from = cs_mono_ns(cs_clock_system());
        r = step(ctx, info);
        seconds[i] = (double)(cs_mono_ns(cs_clock_system()) - from) / GIGA;
    }
    if (r < 0)
        return r;
    qsort(seconds, ROUNDS, sizeof(*seconds), by_value);
    *ret = seconds[ROUNDS / 2];
    return 0;
}

static float *filled(size_t n, uint64_t stream)
{
    float *v = cs_calloc(n + 1, sizeof(*v));
    if (v) {
        const cs_rng r = cs_rng_stream(1, stream);
        cs_rng_fill_normal_f32(&r, 0, v, n);
    }
    return v;
}

/* --- networks --- */

typedef struct network_bench {
    engine e;
    float *x, *y, *target, *gradient;
    nn_optim *optim;
    nn_optim_param *list;
    size_t voxels;
} network_bench;

static void network_bench_done(network_bench *b)
{
    nn_optim_free(b->optim);
    cs_free(b->list);
    cs_free(b->x);
    cs_free(b->y);
    cs_free(b->target);
    cs_free(b->gradient);
    engine_done(&b->e);
}

static int infer_step(void *ctx, cs_errinfo *info)
{
    (void)info;
    network_bench *b = ctx;
    const float *inputs[] = {b->x};
    float *outputs[] = {b->y};
    nn_plan_forward(b->e.plan, inputs, outputs);
    return 0;
}

/* Forward, Dice, backward, Adam: what a peer's training step does. */
static int train_step(void *ctx, cs_errinfo *info)
{
    network_bench *b = ctx;
    const nn_loss_dims d = {1, 1, b->voxels};
    const nn_dice_options dice = NN_DICE_DEFAULT;
    const float *gradients[] = {b->gradient};
    double loss;
    infer_step(b, info);
    int r = nn_loss_dice(b->e.pool, &d, &dice, b->y, b->target, &loss,
                         b->gradient, info);
    if (r < 0)
        return r;
    nn_params_zero_gradients(b->e.params);
    nn_plan_backward(b->e.plan, gradients, NULL);
    nn_optim_step(b->optim, b->e.pool, 1e-3);
    return 0;
}

static int prepare_training(network_bench *b, cs_errinfo *info)
{
    size_t n = 0;
    int r = nn_trainable(b->e.params, &b->list, &n, info);
    if (r < 0)
        return r;
    for (size_t i = 0; i < b->voxels; i++)
        b->target[i] = b->target[i] > 0 ? 1 : 0;
    return nn_optim_new(&NN_ADAM_DEFAULT, b->list, n, &b->optim, info);
}

static int prepare_network(network_bench *b, const cli_context *ctx,
                           const engine_case *c, cs_errinfo *info)
{
    const engine_spec spec = {
        .network = "unet3d",
        .dims = {1, 1, c->size[0], c->size[1], c->size[2]},
        .threads = c->threads,
        .training = c->kind == TRAIN};
    b->voxels = tk_voxels(&spec.dims);
    int r = engine_init(&b->e, ctx, &spec, info);
    if (r < 0)
        return r;
    b->x = filled(b->voxels, 1);
    b->y = filled(b->voxels, 2);
    b->target = filled(b->voxels, 3);
    b->gradient = filled(b->voxels, 4);
    if (!b->x || !b->y || !b->target || !b->gradient)
        return cs_fail_nomem(info);
    return c->kind == TRAIN ? prepare_training(b, info) : 0;
}

static int run_network(const cli_context *ctx, const engine_case *c,
                       bench_row *row, cs_errinfo *info)
{
    CS_SCOPED(network_bench) b = {.x = NULL};
    int r = prepare_network(&b, ctx, c, info);
    if (r == 0)
        r = time_rounds(c->kind == TRAIN ? train_step : infer_step, &b,
                        &row->seconds, info);
    if (r < 0)
        return r;
    /* The backward pass is two more of the same size. */
    row->amount = nn_graph_flops(b.e.graph) / GIGA * (c->kind == TRAIN ? 3 : 1);
    return 0;
}

/* --- layers --- */

typedef struct layer_bench {
    tk_conv_plan plan;
    tk_run run;
    tk_image x, y;
    float *weights, *packed;
} layer_bench;

static void layer_bench_done(layer_bench *b)
{
    cs_free(b->x.data);
    cs_free(b->y.data);
    cs_free(b->weights);
    cs_free(b->packed);
    cs_free(b->run.scratch);
    cs_pool_free(b->run.pool);
}

static int layer_step(void *ctx, cs_errinfo *info)
{
    (void)info;
    layer_bench *b = ctx;
    if (b->plan.op == TK_CONV_WEIGHTS)
        tk_conv_gradient(&b->plan, &b->run, &b->x, &b->y, b->packed,
                         b->weights);
    else
        tk_conv_run(&b->plan, &b->run, b->packed, &b->x, NULL, 1, &b->y);
    return 0;
}

static float *lines(size_t floats, uint64_t stream)
{
    size_t bytes = (floats * sizeof(float) + TN_ALIGN) / TN_ALIGN * TN_ALIGN;
    float *v = cs_aligned_alloc(TN_ALIGN, bytes);
    const cs_rng r = cs_rng_stream(1, stream);
    if (v)
        cs_rng_fill_normal_f32(&r, 0, v, floats);
    return v;
}

static int prepare_layer(layer_bench *b, const engine_case *c, cs_errinfo *info)
{
    const tk_conv conv = {.in = c->in,
                          .out = c->out,
                          .groups = 1,
                          .kernel = {3, 3, 3},
                          .stride = {1, 1, 1},
                          .dilation = {1, 1, 1},
                          .pad = {1, 1, 1}};
    const tk_dims x = {1, c->in, c->size[0], c->size[1], c->size[2]};
    const tk_dims y = {1, c->out, c->size[0], c->size[1], c->size[2]};
    const tk_conv_choice choice = {.algorithm = TK_ALGO_AUTO};
    int r = tk_conv_plan_init(&b->plan, &conv, c->op, &x, &y, &choice, info);
    if (r < 0)
        return r;
    b->x = tk_image_at(lines(tk_image_floats(&x), 1), x);
    b->y = tk_image_at(lines(tk_image_floats(&y), 2), y);
    b->weights = lines(c->in * c->out * 27, 3);
    b->packed = lines(b->plan.packed_floats, 4);
    b->run.scratch = lines(tk_conv_scratch(&b->plan, c->threads), 5);
    if (!b->x.data || !b->y.data || !b->weights || !b->packed ||
        !b->run.scratch)
        return cs_fail_nomem(info);
    if (c->op != TK_CONV_WEIGHTS)
        tk_conv_pack(&b->plan, &b->run, b->weights, b->packed);
    return 0;
}

static int run_layer(const cli_context *ctx, const engine_case *c,
                     bench_row *row, cs_errinfo *info)
{
    CS_SCOPED(layer_bench) b = {.weights = NULL};
    cs_cpu_tier tier;
    int r = cli_cpu_tier(ctx, &tier, info);
    if (r == 0)
        r = cs_pool_new(c->threads, &b.run.pool, info);
    if (r < 0)
        return r;
    b.run.table = tk_table_of(tier);
    r = prepare_layer(&b, c, info);
    if (r == 0)
        r = time_rounds(layer_step, &b, &row->seconds, info);
    double voxels = (double)(c->size[0] * c->size[1] * c->size[2]);
    row->amount = 54 * voxels * (double)(c->in * c->out) / GIGA;
    return r;
}

/* --- all --- */

static int run_case(const cli_context *ctx, const engine_case *c,
                    bench_row *row, cs_errinfo *info)
{
    *row = (bench_row){.name = c->name, .unit = "GF/s"};
    int r = c->kind == LAYER ? run_layer(ctx, c, row, info)
                             : run_network(ctx, c, row, info);
    row->rss_mib = engine_peak_mib();
    return r;
}

int bench_engine(const cli_context *ctx, const char *only,
                 bench_row rows[BENCH_ENGINE_ROWS], size_t *ret_n,
                 cs_errinfo *info)
{
    *ret_n = 0;
    bool known = !only;
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        if (only && strcmp(only, cases[i].name) != 0)
            continue;
        known = true;
        if (!only && cases[i].threads > cs_cpu_usable())
            continue;
        int r = run_case(ctx, &cases[i], &rows[*ret_n], info);
        if (r < 0)
            return r;
        ++*ret_n;
    }
    if (!known)
        return cs_fail(
            info, CS_E_USAGE,
            "no case is called '%s'; 'consilium bench engine --json' "
            "names them all",
            only);
    return 0;
}
