/* Layers that are convolutions. */
#include "nn/graph_impl.h"

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
    int r = nn_declare(g, name, "weight", NN_WEIGHT, shape, fan_in, weight);
    if (r == 0 && !no_bias)
        r = nn_declare(g, name, "bias", NN_BIAS, &TN_SHAPE(node->dims.c),
                       fan_in, bias);
    return r;
}

nn_value nn_conv(nn_graph *g, const char *name, nn_value x,
                 const nn_conv_spec *spec)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    nn_node n = nn_node_of(NN_CONV, x, *nn_dims_of(g, x));
    n.conv.conv = geometry(spec, n.dims.c, spec->out);
    int r = tk_conv_output(&n.conv.conv, nn_dims_of(g, x), &n.dims, &g->info);
    if (r < 0)
        return nn_fail_at(g, name, x, r);
    const tk_conv *c = &n.conv.conv;
    const tn_shape shape =
        weight_shape(g, c->out, c->in / c->groups, c->kernel);
    r = declare_conv(g, name, &n, &shape, spec->no_bias, &n.conv.weight,
                     &n.conv.bias);
    return r < 0 ? nn_fail_at(g, name, x, r) : nn_append(g, name, n);
}

static bool transposed_extent(const tk_conv *c, const nn_conv_spec *spec, int a,
                              size_t in, size_t *ret)
{
    size_t span = (in - 1) * c->stride[a] +
                  (c->kernel[a] - 1) * c->dilation[a] + 1 + spec->extra[a];
    *ret = span - 2 * c->pad[a];
    return in > 0 && span > 2 * c->pad[a] &&
           (spec->extra[a] == 0 || spec->extra[a] < c->stride[a]);
}

nn_value nn_conv_transposed(nn_graph *g, const char *name, nn_value x,
                            const nn_conv_spec *spec)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    const tk_dims in = *nn_dims_of(g, x);
    nn_node n = nn_node_of(NN_CONV, x, in);
    n.conv.transposed = true;
    /* The convolution whose data gradient this is: from output to input. */
    n.conv.conv = geometry(spec, spec->out, in.c);
    const tk_conv *c = &n.conv.conv;
    n.dims.c = spec->out;
    if (!transposed_extent(c, spec, 0, in.d, &n.dims.d) ||
        !transposed_extent(c, spec, 1, in.h, &n.dims.h) ||
        !transposed_extent(c, spec, 2, in.w, &n.dims.w))
        return nn_fail_at(g, name, x,
                          cs_fail(&g->info, CS_E_RANGE,
                                  "padding leaves nothing of the output, or "
                                  "adds a stride or more to it"));
    tk_dims back;
    int r = tk_conv_output(c, &n.dims, &back, &g->info);
    if (r < 0)
        return nn_fail_at(g, name, x, r);
    const tn_shape shape =
        weight_shape(g, c->out, c->in / c->groups, c->kernel);
    r = declare_conv(g, name, &n, &shape, spec->no_bias, &n.conv.weight,
                     &n.conv.bias);
    return r < 0 ? nn_fail_at(g, name, x, r) : nn_append(g, name, n);
}

nn_value nn_linear(nn_graph *g, const char *name, nn_value x, size_t out)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    const tk_dims *in = nn_dims_of(g, x);
    if (tk_voxels(in) != 1)
        return nn_fail_at(g, name, x,
                          cs_fail(&g->info, CS_E_RANGE,
                                  "a linear layer wants its input pooled to "
                                  "one voxel"));
    nn_node n = nn_node_of(NN_CONV, x, (tk_dims){in->n, out, 1, 1, 1});
    n.conv.conv = geometry(&(nn_conv_spec){.out = out}, in->c, out);
    int r = tk_conv_output(&n.conv.conv, in, &n.dims, &g->info);
    if (r == 0)
        r = declare_conv(g, name, &n, &TN_SHAPE(out, in->c), false,
                         &n.conv.weight, &n.conv.bias);
    return r < 0 ? nn_fail_at(g, name, x, r) : nn_append(g, name, n);
}
