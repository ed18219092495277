#include "cli/bench_engine.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "cli/bench_layer.h"
#include "cli/bench_time.h"
#include "cli/engine.h"
#include "nn/cost.h"
#include "nn/loss.h"
#include "nn/optim.h"
#include "nn/trainable.h"

#define GIGA 1e9

typedef struct network_case {
    const char *name;
    bool train; /* a whole step; otherwise inference */
    unsigned threads;
    size_t size[3];
} network_case;

static const network_case networks[] = {
    {"unet3d-infer-64x96x96-t1", false, 1, {64, 96, 96}},
    {"unet3d-infer-64x96x96-t2", false, 2, {64, 96, 96}},
    {"unet3d-infer-96x96x96-t1", false, 1, {96, 96, 96}},
    {"unet3d-infer-96x96x96-t2", false, 2, {96, 96, 96}},
    {"unet3d-train-64x64x64-t1", true, 1, {64, 64, 64}},
    {"unet3d-train-64x64x64-t2", true, 2, {64, 64, 64}},
};

/* See bench_layer.h for what they say. */
#define BOTH(name) name "-t1", name "-t2"

static const char *const layers[] = {
    /* UNet3D at 64 x 96 x 96: its levels, its first and its widest layer … */
    BOTH("conv-1-32-k3-s1-g1-1x64x96x96"),
    BOTH("conv-32-32-k3-s1-g1-1x64x96x96"),
    BOTH("conv-64-32-k3-s1-g1-1x64x96x96"),
    BOTH("conv-64-64-k3-s1-g1-1x32x48x48"),
    BOTH("conv-128-128-k3-s1-g1-1x16x24x24"),
    BOTH("conv-256-256-k3-s1-g1-1x8x12x12"),
    BOTH("conv-512-512-k3-s1-g1-1x4x6x6"),
    BOTH("up-64-32-k2-s2-g1-1x32x48x48"),
    BOTH("up-512-256-k2-s2-g1-1x4x6x6"),
    BOTH("conv-32-1-k1-s1-g1-1x64x96x96"),
    BOTH("maxpool-32-32-k2-s2-g1-1x64x96x96"),
    /* … and as it is trained, at 64 x 64 x 64. */
    BOTH("data-32-32-k3-s1-g1-1x64x64x64"),
    BOTH("data-64-64-k3-s1-g1-1x32x32x32"),
    BOTH("data-256-256-k3-s1-g1-1x8x8x8"),
    BOTH("weights-32-32-k3-s1-g1-1x64x64x64"),
    BOTH("weights-64-32-k3-s1-g1-1x64x64x64"),
    BOTH("weights-64-64-k3-s1-g1-1x32x32x32"),
    BOTH("weights-128-128-k3-s1-g1-1x16x16x16"),
    BOTH("weights-256-256-k3-s1-g1-1x8x8x8"),
    BOTH("maxpoolback-32-32-k2-s2-g1-1x64x64x64"),
    BOTH("batchnorm-32-32-k1-s1-g1-1x64x64x64"),
    BOTH("batchnormback-32-32-k1-s1-g1-1x64x64x64"),
    /* ResNet: the usual one, and at 28 x 28 with large batches. */
    BOTH("conv-3-64-k7-s2-g1-8x1x224x224"),
    BOTH("conv-256-1024-k1-s1-g1-8x1x14x14"),
    BOTH("maxpool-64-64-k3-s2-g1-8x1x112x112"),
    BOTH("maxpoolback-64-64-k3-s2-g1-8x1x112x112"),
    BOTH("conv-64-64-k3-s1-g1-128x1x28x28"),
    BOTH("conv-512-512-k3-s1-g1-128x1x4x4"),
    BOTH("data-256-256-k3-s1-g1-128x1x7x7"),
    BOTH("weights-128-128-k3-s1-g1-128x1x14x14"),
    BOTH("weights-256-256-k3-s1-g1-128x1x7x7"),
    BOTH("weights-512-512-k3-s1-g1-128x1x4x4"),
    BOTH("weights-256-512-k3-s2-g1-128x1x7x7"),
    /* One channel each, as mobile networks and ConvNeXt have them. */
    BOTH("conv-64-64-k3-s1-g64-1x32x48x48"),
    BOTH("conv-96-96-k3-s1-g96-8x1x56x56"),
    BOTH("conv-96-96-k7-s1-g96-8x1x56x56"),
    BOTH("data-96-96-k3-s1-g96-8x1x56x56"),
    BOTH("weights-96-96-k3-s1-g96-8x1x56x56"),
    BOTH("weights-96-96-k7-s1-g96-8x1x56x56"),
    /* Transformers. */
    BOTH("linear-768-3072-k1-s1-g1-512x1x1x1"),
    BOTH("linear-1024-1024-k1-s1-g1-1024x1x1x1"),
    BOTH("gelu-64-64-k1-s1-g1-1x32x48x48"),
    BOTH("softmax-64-64-k1-s1-g1-1x32x48x48"),
};
_Static_assert(CS_COUNTOF(networks) + CS_COUNTOF(layers) <= BENCH_ENGINE_ROWS,
               "room for all rows");

/* --- networks --- */

static float *filled(size_t n, uint64_t stream)
{
    float *v = cs_calloc(n + 1, sizeof(*v));
    if (v) {
        const cs_rng r = cs_rng_stream(1, stream);
        cs_rng_fill_normal_f32(&r, 0, v, n);
    }
    return v;
}

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
                           const bench_engine_options *o, const network_case *c,
                           cs_errinfo *info)
{
    const engine_spec spec = {
        .network = "unet3d",
        .dims = {1, 1, c->size[0], c->size[1], c->size[2]},
        .threads = c->threads,
        .training = c->train,
        .memory = o->memory};
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
    return c->train ? prepare_training(b, info) : 0;
}

static int run_network(const cli_context *ctx, const bench_engine_options *o,
                       const network_case *c, bench_row *row, cs_errinfo *info)
{
    CS_SCOPED(network_bench) b = {.x = NULL};
    int r = prepare_network(&b, ctx, o, c, info);
    if (r == 0)
        r = bench_time(c->train ? train_step : infer_step, &b, &row->seconds,
                       info);
    if (r < 0)
        return r;
    /* The backward pass is two more of the same size. */
    row->amount = nn_graph_flops(b.e.graph) / GIGA * (c->train ? 3 : 1);
    return 0;
}

/* --- all --- */

const char *bench_engine_name(size_t i)
{
    if (i < CS_COUNTOF(networks))
        return networks[i].name;
    i -= CS_COUNTOF(networks);
    return i < CS_COUNTOF(layers) ? layers[i] : NULL;
}

/* The case of a name: a network of the list, or any layer. */
typedef struct found_case {
    const network_case *network; /* NULL: it is the layer */
    bench_layer layer;
} found_case;

static bool find_case(const char *name, found_case *ret)
{
    *ret = (found_case){.network = NULL};
    for (size_t i = 0; i < CS_COUNTOF(networks); i++)
        if (strcmp(name, networks[i].name) == 0)
            ret->network = &networks[i];
    return ret->network || bench_layer_parse(name, &ret->layer);
}

static int run_case(const cli_context *ctx, const bench_engine_options *o,
                    const char *name, const found_case *c, bench_row *row,
                    cs_errinfo *info)
{
    *row = (bench_row){.name = name, .unit = "GF/s"};
    int r = c->network ? run_network(ctx, o, c->network, row, info)
                       : bench_layer_run(ctx, &c->layer, row, info);
    row->rss_mib = engine_peak_mib();
    return r;
}

static int run_one(const cli_context *ctx, const bench_engine_options *o,
                   bench_row *row, cs_errinfo *info)
{
    found_case c;
    if (!find_case(o->only, &c))
        return cs_fail(info, CS_E_USAGE,
                       "no case is called '%s'; 'consilium bench engine "
                       "--list' names them all",
                       o->only);
    return run_case(ctx, o, o->only, &c, row, info);
}

int bench_engine(const cli_context *ctx, const bench_engine_options *o,
                 bench_row rows[BENCH_ENGINE_ROWS], size_t *ret_n,
                 cs_errinfo *info)
{
    *ret_n = 0;
    if (o->only) {
        int r = run_one(ctx, o, rows, info);
        *ret_n = r == 0;
        return r;
    }
    const char *name;
    for (size_t i = 0; (name = bench_engine_name(i)); i++) {
        found_case c;
        bool known = find_case(name, &c);
        assert(known);
        unsigned threads = c.network ? c.network->threads : c.layer.threads;
        if (!known || threads > cs_cpu_usable())
            continue;
        int r = run_case(ctx, o, name, &c, &rows[*ret_n], info);
        if (r < 0)
            return r;
        ++*ret_n;
    }
    return 0;
}
