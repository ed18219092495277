#include "nn/graph.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "tensor/kernels/arith.h"

#define NAME_MAX_LENGTH 128

struct nn_graph {
    nn_params *params;
    CS_VEC(nn_node) nodes;
    CS_VEC(int) inputs;
    CS_VEC(int) outputs;
    char scope[NAME_MAX_LENGTH]; /* "enc1." */
    unsigned rank;
    int status; /* the first mistake, and its report */
    cs_errinfo info;
};

static const nn_value no_value = {-1};

int nn_graph_new(nn_params *params, nn_graph **ret, cs_errinfo *info)
{
    nn_graph *g = cs_new0(nn_graph);
    if (!g)
        return cs_fail_nomem(info);
    g->params = params;
    g->rank = 3;
    if (info)
        g->info.lang = info->lang;
    *ret = g;
    return 0;
}

void nn_graph_free(nn_graph *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->nodes.len; i++)
        cs_free(g->nodes.items[i].name);
    cs_vec_done(&g->nodes);
    cs_vec_done(&g->inputs);
    cs_vec_done(&g->outputs);
    cs_free(g);
}

void nn_rank(nn_graph *g, unsigned rank)
{
    g->rank = rank;
}

unsigned nn_graph_rank(const nn_graph *g)
{
    return g->rank;
}

/* --- names and mistakes --- */

static nn_value fail(nn_graph *g, int r)
{
    g->status = r;
    return no_value;
}

void nn_enter(nn_graph *g, const char *name)
{
    size_t used = strlen(g->scope);
    int n = snprintf(g->scope + used, sizeof(g->scope) - used, "%s.", name);
    if (g->status == 0 && (size_t)n >= sizeof(g->scope) - used)
        fail(g, cs_fail(&g->info, CS_E_RANGE, "the name %s is too long",
                        g->scope));
}

void nn_leave(nn_graph *g)
{
    size_t end = strlen(g->scope);
    if (end > 0)
        end--;
    while (end > 0 && g->scope[end - 1] != '.')
        end--;
    g->scope[end] = '\0';
}

/* Says where a mistake was made: the layer, and the shape that reached it. */
static nn_value fail_at(nn_graph *g, const char *name, nn_value x, int r)
{
    char place[CS_ERR_PLACE_MAX];
    char shape[TN_SHAPE_TEXT_MAX];
    const tk_dims *d = &g->nodes.items[x.id].dims;
    const tn_shape s = TN_SHAPE(d->n, d->c, d->d, d->h, d->w);
    snprintf(place, sizeof(place), "%.90s%.60s %.40s", g->scope, name,
             tn_shape_text(&s, shape));
    cs_errinfo_set_place(&g->info, place);
    return fail(g, r);
}

static bool usable(const nn_graph *g, nn_value v)
{
    return g->status == 0 && v.id >= 0 && (size_t)v.id < g->nodes.len;
}

static const tk_dims *dims_of(const nn_graph *g, nn_value v)
{
    return &g->nodes.items[v.id].dims;
}

/* Appends a layer; `name` may be NULL. */
static nn_value append(nn_graph *g, const char *name, nn_node node)
{
    char full[2 * NAME_MAX_LENGTH];
    snprintf(full, sizeof(full), "%s%s", name ? g->scope : "",
             name ? name : "");
    node.name = cs_strdup(full);
    if (!node.name)
        return fail(g, cs_fail_nomem(&g->info));
    if (cs_vec_push(&g->nodes, node) < 0) {
        cs_free(node.name);
        return fail(g, cs_fail_nomem(&g->info));
    }
    return (nn_value){(int)g->nodes.len - 1};
}

static nn_node node_of(nn_op op, nn_value x, tk_dims dims)
{
    return (nn_node){
        .op = op, .inputs = {x.id, -1}, .n_inputs = 1, .dims = dims};
}

nn_value nn_input(nn_graph *g, const char *name, const tk_dims *dims)
{
    if (g->status)
        return no_value;
    nn_node node = node_of(NN_INPUT, no_value, *dims);
    node.n_inputs = 0;
    nn_value v = append(g, name, node);
    if (v.id >= 0 && cs_vec_push(&g->inputs, v.id) < 0)
        return fail(g, cs_fail_nomem(&g->info));
    return v;
}

/* --- layers with parameters --- */

static int declare(nn_graph *g, const char *layer, const char *what,
                   nn_role role, const tn_shape *shape, size_t fan_in,
                   size_t *ret)
{
    char full[2 * NAME_MAX_LENGTH];
    snprintf(full, sizeof(full), "%s%s.%s", g->scope, layer, what);
    return nn_params_declare(g->params, full, role, shape, fan_in, ret,
                             &g->info);
}

/* Weights [first][second][kernel…] of the graph's rank. */
static tn_shape weight_shape(const nn_graph *g, size_t first, size_t second,
                             const size_t kernel[3])
{
    tn_shape s = {.rank = 2 + g->rank, .dim = {first, second}};
    for (unsigned i = 0; i < g->rank; i++)
        s.dim[2 + i] = kernel[3 - g->rank + i];
    return s;
}

static tk_conv geometry(const nn_conv_spec *s, size_t in, size_t out)
{
    size_t groups = CS_MAX(s->groups, (size_t)1);
    tk_conv c = {.in = in, .out = out, .groups = groups};
    for (int a = 0; a < 3; a++) {
        c.kernel[a] = CS_MAX(s->kernel[a], (size_t)1);
        c.stride[a] = CS_MAX(s->stride[a], (size_t)1);
        c.dilation[a] = CS_MAX(s->dilation[a], (size_t)1);
        c.pad[a] = s->pad[a];
    }
    return c;
}

static int declare_conv(nn_graph *g, const char *name, const nn_node *node,
                        const tn_shape *shape, bool no_bias, size_t *weight,
                        size_t *bias)
{
    size_t fan_in = tn_shape_count(shape) / shape->dim[0];
    *bias = NN_NONE;
    int r = declare(g, name, "weight", NN_WEIGHT, shape, fan_in, weight);
    if (r == 0 && !no_bias)
        r = declare(g, name, "bias", NN_BIAS, &TN_SHAPE(node->dims.c), fan_in,
                    bias);
    return r;
}

nn_value nn_conv(nn_graph *g, const char *name, nn_value x,
                 const nn_conv_spec *spec)
{
    if (!usable(g, x))
        return no_value;
    nn_node n = node_of(NN_CONV, x, *dims_of(g, x));
    n.conv.conv = geometry(spec, n.dims.c, spec->out);
    int r = tk_conv_output(&n.conv.conv, dims_of(g, x), &n.dims, &g->info);
    if (r < 0)
        return fail_at(g, name, x, r);
    const tk_conv *c = &n.conv.conv;
    const tn_shape shape =
        weight_shape(g, c->out, c->in / c->groups, c->kernel);
    r = declare_conv(g, name, &n, &shape, spec->no_bias, &n.conv.weight,
                     &n.conv.bias);
    return r < 0 ? fail_at(g, name, x, r) : append(g, name, n);
}

static bool transposed_extent(const tk_conv *c, int a, size_t in, size_t *ret)
{
    size_t span =
        (in - 1) * c->stride[a] + (c->kernel[a] - 1) * c->dilation[a] + 1;
    *ret = span - 2 * c->pad[a];
    return in > 0 && span > 2 * c->pad[a];
}

nn_value nn_conv_transposed(nn_graph *g, const char *name, nn_value x,
                            const nn_conv_spec *spec)
{
    if (!usable(g, x))
        return no_value;
    const tk_dims in = *dims_of(g, x);
    nn_node n = node_of(NN_CONV, x, in);
    n.conv.transposed = true;
    /* The convolution whose data gradient this is: from output to input. */
    n.conv.conv = geometry(spec, spec->out, in.c);
    const tk_conv *c = &n.conv.conv;
    n.dims.c = spec->out;
    if (!transposed_extent(c, 0, in.d, &n.dims.d) ||
        !transposed_extent(c, 1, in.h, &n.dims.h) ||
        !transposed_extent(c, 2, in.w, &n.dims.w))
        return fail_at(g, name, x,
                       cs_fail(&g->info, CS_E_RANGE,
                               "padding leaves nothing of the output"));
    tk_dims back;
    int r = tk_conv_output(c, &n.dims, &back, &g->info);
    if (r < 0)
        return fail_at(g, name, x, r);
    const tn_shape shape =
        weight_shape(g, c->out, c->in / c->groups, c->kernel);
    r = declare_conv(g, name, &n, &shape, spec->no_bias, &n.conv.weight,
                     &n.conv.bias);
    return r < 0 ? fail_at(g, name, x, r) : append(g, name, n);
}

nn_value nn_linear(nn_graph *g, const char *name, nn_value x, size_t out)
{
    if (!usable(g, x))
        return no_value;
    const tk_dims *in = dims_of(g, x);
    if (tk_voxels(in) != 1)
        return fail_at(g, name, x,
                       cs_fail(&g->info, CS_E_RANGE,
                               "a linear layer wants its input pooled to "
                               "one voxel"));
    nn_node n = node_of(NN_CONV, x, (tk_dims){in->n, out, 1, 1, 1});
    n.conv.conv = geometry(&(nn_conv_spec){.out = out}, in->c, out);
    int r = tk_conv_output(&n.conv.conv, in, &n.dims, &g->info);
    if (r == 0)
        r = declare_conv(g, name, &n, &TN_SHAPE(out, in->c), false,
                         &n.conv.weight, &n.conv.bias);
    return r < 0 ? fail_at(g, name, x, r) : append(g, name, n);
}

static int declare_affine(nn_graph *g, const char *name, nn_node *n)
{
    const tn_shape shape = TN_SHAPE(n->dims.c);
    int r = declare(g, name, "weight", NN_GAIN, &shape, 1, &n->norm.gain);
    return r < 0
               ? r
               : declare(g, name, "bias", NN_SHIFT, &shape, 1, &n->norm.shift);
}

#define NORM_EPS 1e-5 /* PyTorch's default, which every network here uses */

static nn_node norm_node(nn_value x, tk_dims dims, tk_norm norm)
{
    nn_node n = node_of(NN_NORM, x, dims);
    n.norm.norm = norm;
    n.norm.gain = n.norm.shift = NN_NONE;
    n.norm.mean = n.norm.variance = n.norm.count = NN_NONE;
    return n;
}

nn_value nn_batch_norm(nn_graph *g, const char *name, nn_value x)
{
    if (!usable(g, x))
        return no_value;
    nn_node n = norm_node(x, *dims_of(g, x),
                          (tk_norm){.kind = TK_NORM_BATCH, .eps = NORM_EPS});
    const tn_shape shape = TN_SHAPE(n.dims.c);
    const tn_shape one = {.rank = 0};
    int r = declare_affine(g, name, &n);
    if (r == 0)
        r = declare(g, name, "running_mean", NN_MEAN, &shape, 1, &n.norm.mean);
    if (r == 0)
        r = declare(g, name, "running_var", NN_VARIANCE, &shape, 1,
                    &n.norm.variance);
    if (r == 0)
        r = declare(g, name, "num_batches_tracked", NN_COUNT, &one, 1,
                    &n.norm.count);
    return r < 0 ? fail_at(g, name, x, r) : append(g, name, n);
}

nn_value nn_group_norm(nn_graph *g, const char *name, nn_value x, size_t groups)
{
    if (!usable(g, x))
        return no_value;
    nn_node n = norm_node(
        x, *dims_of(g, x),
        (tk_norm){.kind = TK_NORM_GROUP, .groups = groups, .eps = NORM_EPS});
    if (groups == 0 || n.dims.c % groups)
        return fail_at(g, name ? name : "", x,
                       cs_fail(&g->info, CS_E_RANGE,
                               "%zu groups do not divide %zu channels", groups,
                               n.dims.c));
    int r = name ? declare_affine(g, name, &n) : 0;
    return r < 0 ? fail_at(g, name, x, r) : append(g, name, n);
}

nn_value nn_instance_norm(nn_graph *g, const char *name, nn_value x)
{
    if (!usable(g, x))
        return no_value;
    nn_node n = norm_node(x, *dims_of(g, x),
                          (tk_norm){.kind = TK_NORM_INSTANCE, .eps = NORM_EPS});
    int r = name ? declare_affine(g, name, &n) : 0;
    return r < 0 ? fail_at(g, name, x, r) : append(g, name, n);
}

/* --- layers without --- */

nn_value nn_activation(nn_graph *g, tk_activation f, nn_value x)
{
    if (!usable(g, x))
        return no_value;
    nn_node n = node_of(NN_ACTIVATION, x, *dims_of(g, x));
    n.activation = f;
    return append(g, NULL, n);
}

nn_value nn_relu(nn_graph *g, nn_value x)
{
    return nn_activation(g, (tk_activation){.kind = TK_RELU}, x);
}

nn_value nn_sigmoid(nn_graph *g, nn_value x)
{
    return nn_activation(g, (tk_activation){.kind = TK_SIGMOID}, x);
}

nn_value nn_pool(nn_graph *g, const tk_pool *pool, nn_value x)
{
    if (!usable(g, x))
        return no_value;
    nn_node n = node_of(NN_POOL, x, *dims_of(g, x));
    n.pool = *pool;
    if (!pool->adaptive) {
        int r = tk_pool_output(pool, dims_of(g, x), &n.dims, &g->info);
        if (r < 0)
            return fail_at(g, "pool", x, r);
    }
    return append(g, NULL, n);
}

nn_value nn_max_pool(nn_graph *g, size_t kernel, size_t stride, size_t pad,
                     nn_value x)
{
    bool flat = g->rank == 2;
    const tk_pool pool = {.kind = TK_POOL_MAX,
                          .kernel = {flat ? 1 : kernel, kernel, kernel},
                          .stride = {flat ? 1 : stride, stride, stride},
                          .pad = {flat ? 0 : pad, pad, pad}};
    return nn_pool(g, &pool, x);
}

nn_value nn_global_mean(nn_graph *g, nn_value x)
{
    if (!usable(g, x))
        return no_value;
    const tk_dims *in = dims_of(g, x);
    nn_node n = node_of(NN_POOL, x, (tk_dims){in->n, in->c, 1, 1, 1});
    n.pool = (tk_pool){.kind = TK_POOL_MEAN, .adaptive = true};
    return append(g, NULL, n);
}

static nn_value fail_pair(nn_graph *g, const char *what, nn_value a, nn_value b)
{
    const tk_dims *x = dims_of(g, a);
    const tk_dims *y = dims_of(g, b);
    char left[TN_SHAPE_TEXT_MAX];
    char right[TN_SHAPE_TEXT_MAX];
    tn_shape s = TN_SHAPE(x->n, x->c, x->d, x->h, x->w);
    tn_shape t = TN_SHAPE(y->n, y->c, y->d, y->h, y->w);
    return fail_at(g, what, a,
                   cs_fail(&g->info, CS_E_RANGE, "%s and %s cannot be joined",
                           tn_shape_text(&s, left), tn_shape_text(&t, right)));
}

static bool same_grid(const tk_dims *a, const tk_dims *b)
{
    return a->n == b->n && a->d == b->d && a->h == b->h && a->w == b->w;
}

nn_value nn_add(nn_graph *g, nn_value a, nn_value b)
{
    if (!usable(g, a) || !usable(g, b))
        return no_value;
    if (!same_grid(dims_of(g, a), dims_of(g, b)) ||
        dims_of(g, a)->c != dims_of(g, b)->c)
        return fail_pair(g, "add", a, b);
    nn_node n = node_of(NN_ADD, a, *dims_of(g, a));
    n.inputs[1] = b.id;
    n.n_inputs = 2;
    return append(g, NULL, n);
}

nn_value nn_multiply(nn_graph *g, nn_value a, nn_value b)
{
    if (!usable(g, a) || !usable(g, b))
        return no_value;
    nn_node n = node_of(NN_MULTIPLY, a, *dims_of(g, a));
    n.inputs[1] = b.id;
    n.n_inputs = 2;
    int r = tk_broadcast(dims_of(g, a), dims_of(g, b), &n.dims, &g->info);
    return r < 0 ? fail_at(g, "multiply", a, r) : append(g, NULL, n);
}

nn_value nn_resize(nn_graph *g, tk_resize how, size_t d, size_t h, size_t w,
                   nn_value x)
{
    if (!usable(g, x))
        return no_value;
    const tk_dims *in = dims_of(g, x);
    nn_node n = node_of(NN_RESIZE, x, (tk_dims){in->n, in->c, d, h, w});
    n.resize = how;
    if (d == 0 || h == 0 || w == 0)
        return fail_at(g, "resize", x,
                       cs_fail(&g->info, CS_E_RANGE,
                               "%zu x %zu x %zu voxels are none", d, h, w));
    return append(g, NULL, n);
}

nn_value nn_softmax(nn_graph *g, tk_softmax kind, nn_value x)
{
    if (!usable(g, x))
        return no_value;
    nn_node n = node_of(NN_SOFTMAX, x, *dims_of(g, x));
    n.softmax = kind;
    return append(g, NULL, n);
}

nn_value nn_concat(nn_graph *g, nn_value a, nn_value b)
{
    if (!usable(g, a) || !usable(g, b))
        return no_value;
    const tk_dims *x = dims_of(g, a);
    if (!same_grid(x, dims_of(g, b)))
        return fail_pair(g, "concat", a, b);
    nn_node n = node_of(NN_CONCAT, a, *x);
    n.dims.c += dims_of(g, b)->c;
    n.inputs[1] = b.id;
    n.n_inputs = 2;
    return append(g, NULL, n);
}

nn_value nn_dropout(nn_graph *g, double probability, bool channels, nn_value x)
{
    if (!usable(g, x))
        return no_value;
    if (!(probability >= 0 && probability < 1))
        return fail_at(g, "dropout", x,
                       cs_fail(&g->info, CS_E_RANGE,
                               "a probability of %g; it must be at least 0 "
                               "and below 1",
                               probability));
    nn_node n = node_of(NN_DROPOUT, x, *dims_of(g, x));
    n.dropout.probability = probability;
    n.dropout.channels = channels;
    return append(g, NULL, n);
}

void nn_output(nn_graph *g, nn_value x)
{
    if (usable(g, x) && cs_vec_push(&g->outputs, x.id) < 0)
        fail(g, cs_fail_nomem(&g->info));
}

int nn_graph_finish(nn_graph *g, cs_errinfo *info)
{
    if (g->status == 0 && g->outputs.len == 0)
        fail(g, cs_fail(&g->info, CS_E_RANGE, "the network has no output"));
    if (g->status && info)
        *info = g->info;
    return g->status;
}

/* --- looking at it --- */

size_t nn_graph_nodes(const nn_graph *g)
{
    return g->nodes.len;
}

const nn_node *nn_graph_node(const nn_graph *g, size_t i)
{
    return &g->nodes.items[i];
}

size_t nn_graph_outputs(const nn_graph *g)
{
    return g->outputs.len;
}

int nn_graph_output(const nn_graph *g, size_t i)
{
    return g->outputs.items[i];
}

size_t nn_graph_inputs(const nn_graph *g)
{
    return g->inputs.len;
}

int nn_graph_input(const nn_graph *g, size_t i)
{
    return g->inputs.items[i];
}

nn_params *nn_graph_params(const nn_graph *g)
{
    return g->params;
}
