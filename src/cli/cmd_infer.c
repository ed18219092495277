/* consilium infer NETWORK -w WEIGHTS IN.npy OUT.npy: a network on a tensor. */
#include <stdlib.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/engine.h"
#include "tensor/npy.h"

typedef struct options {
    const char *network, *in, *out, *weights;
    int64_t threads, repeat;
    uint64_t memory;
    bool exact;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, network, CS_N_("NETWORK"), 1,
               CS_N_("unet3d, simple3dunet, noduledet, malignancy, "
                     "resnet18-2d and the like, or a model: FILE.onnx")),
    CS_ARG_ONE(options, in, CS_N_("IN"), 1,
               CS_N_("an .npy file: batch, channels, then depth, height and "
                     "width, or height and width for images")),
    CS_ARG_ONE(options, out, CS_N_("OUT"), 1,
               CS_N_("where the result goes; further outputs to OUT.1.npy "
                     "and so on")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, weights, 'w', "weights", CS_N_("FILE"), NULL,
                CS_N_("weights of the network: .pth, .pt or .safetensors")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
    CS_ARG_INT(options, repeat, '\0', "repeat", CS_N_("N"), 1, 1000, "1",
               CS_N_("run this often and tell the median time")),
    CS_ARG_SIZE(options, memory, '\0', "memory", CS_N_("SIZE"), 0, UINT64_MAX,
                NULL, CS_N_("memory that may be used; otherwise what is free")),
    CS_ARG_FLAG(options, exact, '\0', "exact",
                CS_N_("convolutions by their definition: slower, most exact")),
};

static const char summary[] = "run a network on a tensor";

/* --- input --- */

static int dims_of(const zoo_network *net, const tn_tensor *t, tk_dims *ret,
                   cs_errinfo *info)
{
    const size_t *d = t->shape.dim;
    char text[TN_SHAPE_TEXT_MAX];
    if (t->shape.rank != net->rank + 2)
        return cs_fail(info, CS_E_FORMAT,
                       "%s wants %u dimensions, the input is %s", net->name,
                       net->rank + 2, tn_shape_text(&t->shape, text));
    *ret = net->rank == 3 ? (tk_dims){d[0], d[1], d[2], d[3], d[4]}
                          : (tk_dims){d[0], d[1], 1, d[2], d[3]};
    if (tn_count(t) == 0)
        return cs_fail(info, CS_E_FORMAT, "the input %s is empty",
                       tn_shape_text(&t->shape, text));
    return 0;
}

/* `net` is NULL for a model, which looks at the shape itself. */
static int read_input(const options *o, const zoo_network *net, tn_tensor *ret,
                      engine_spec *spec, cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) raw = TN_TENSOR_INIT;
    int r = tn_npy_read(o->in, &raw, info);
    spec->shape = raw.shape;
    if (r == 0 && net)
        r = dims_of(net, &raw, &spec->dims, info);
    return r < 0 ? r : tn_copy(&raw, TN_F32, ret, info);
}

/* --- outputs --- */

#define OUTPUTS_MAX 8

typedef struct outputs {
    tn_tensor tensors[OUTPUTS_MAX];
    float *data[OUTPUTS_MAX];
    size_t n;
} outputs;

static void outputs_done(outputs *o)
{
    for (size_t i = 0; i < o->n; i++)
        tn_tensor_done(&o->tensors[i]);
}

/* As PyTorch has it: linear layers give vectors. */
static tn_shape shape_of(const engine *e, size_t i)
{
    if (!e->net)
        return e->model.outputs.items[i].shape;
    const nn_node *node =
        nn_graph_node(e->graph, (size_t)nn_graph_output(e->graph, i));
    const tk_dims *d = &node->dims;
    bool linear =
        node->op == NN_CONV &&
        nn_params_at(e->params, node->conv.weight)->value.shape.rank == 2;
    if (linear)
        return TN_SHAPE(d->n, d->c);
    return e->net->rank == 3 ? TN_SHAPE(d->n, d->c, d->d, d->h, d->w)
                             : TN_SHAPE(d->n, d->c, d->h, d->w);
}

static int outputs_init(outputs *o, const engine *e, cs_errinfo *info)
{
    size_t n = nn_graph_outputs(e->graph);
    if (n > OUTPUTS_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "the model has %zu outputs; at most %d are supported", n,
                       OUTPUTS_MAX);
    for (; o->n < n; o->n++) {
        const tn_shape s = shape_of(e, o->n);
        int r = tn_tensor_init(&o->tensors[o->n], TN_F32, &s, info);
        if (r < 0)
            return r;
        o->data[o->n] = tn_f32(&o->tensors[o->n]);
    }
    return 0;
}

/* OUT.npy, OUT.1.npy, OUT.2.npy … */
static int write_outputs(const outputs *o, const char *path, cs_errinfo *info)
{
    cs_str base = cs_str_of(path);
    if (base.len > 4 && strcmp(path + base.len - 4, ".npy") == 0)
        base.len -= 4;
    for (size_t i = 0; i < o->n; i++) {
        CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
        if (i == 0)
            cs_strbuf_printf(&name, "%s", path);
        else
            cs_strbuf_printf(&name, "%.*s.%zu.npy", (int)base.len, path, i);
        if (cs_strbuf_check(&name) < 0)
            return cs_fail_nomem(info);
        int r = tn_npy_write(name.data, &o->tensors[i], info);
        if (r < 0)
            return r;
    }
    return 0;
}

/* --- running --- */

#define REPEAT_MAX 1000

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static double run(engine *e, const tn_tensor *in, outputs *out, size_t repeat)
{
    int64_t times[REPEAT_MAX] = {0};
    const float *inputs[] = {tn_f32(in)};
    for (size_t i = 0; i < repeat; i++) {
        int64_t start = cs_mono_ns(cs_clock_system());
        nn_plan_forward(e->plan, inputs, out->data);
        times[i] = cs_mono_ns(cs_clock_system()) - start;
    }
    qsort(times, repeat, sizeof(*times), by_value);
    size_t middle = repeat / 2;
    return (double)times[middle] * 1e-9;
}

static int say(cli_context *ctx, const engine *e, double seconds,
               cs_errinfo *info)
{
    double peak = engine_peak_mib();
    if (!ctx->common.json) {
        cli_say(ctx, CS_N_("%s: %.3f s with %u threads, %.0f MiB at most\n"),
                e->name, seconds, cs_pool_threads(e->pool), peak);
        return 0;
    }
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "network");
    cs_json_cstring(&w, e->name);
    cs_json_key(&w, "median_s");
    cs_json_double(&w, seconds);
    cs_json_key(&w, "rss_mib");
    cs_json_double(&w, peak);
    cs_json_key(&w, "threads");
    cs_json_u64(&w, cs_pool_threads(e->pool));
    return cli_json_end(ctx, &w, info);
}

/* Can the result be written? Better known before the work than after it. */
static int check_place(const char *path, cs_errinfo *info)
{
    cs_atomic_file *f = NULL;
    int r = cs_atomic_file_open(path, 0644, &f, info);
    cs_atomic_file_free(f);
    return r;
}

static int infer(cli_context *ctx, const options *o, engine *e,
                 cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) in = TN_TENSOR_INIT;
    CS_SCOPED(outputs) out = {.n = 0};
    engine_spec spec = {.network = o->network,
                        .weights = o->weights,
                        .threads = (unsigned)o->threads,
                        .exact = o->exact,
                        .memory = o->memory};
    const zoo_network *net = NULL;
    int r = ox_is_path(o->network) ? 0 : engine_network(o->network, &net, info);
    if (r == 0)
        r = read_input(o, net, &in, &spec, info);
    if (r == 0)
        r = check_place(o->out, info);
    if (r == 0)
        r = engine_init(e, ctx, &spec, info);
    if (r == 0)
        r = outputs_init(&out, e, info);
    if (r != 0)
        return r;
    double seconds = run(e, &in, &out, (size_t)o->repeat);
    r = write_outputs(&out, o->out, info);
    return r < 0 ? r : say(ctx, e, seconds, info);
}

int cmd_infer(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options o = {.repeat = 1};
    cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium infer", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    if (!o.weights && !ox_is_path(o.network))
        return cs_fail(info, CS_E_USAGE,
                       "the network needs weights: --weights FILE");
    if (o.weights && ox_is_path(o.network))
        return cs_fail(info, CS_E_USAGE,
                       "'%s' has its weights in it: leave out --weights",
                       o.network);
    CS_SCOPED(engine) e = {0};
    return infer(ctx, &o, &e, info);
}
