/* Normalisations. */
#include "nn/graph_impl.h"

static int declare_affine(nn_graph *g, const char *name, nn_node *n)
{
    const tn_shape shape = TN_SHAPE(n->dims.c);
    int r = nn_declare(g, name, "weight", NN_GAIN, &shape, 1, &n->norm.gain);
    return r < 0 ? r
                 : nn_declare(g, name, "bias", NN_SHIFT, &shape, 1,
                              &n->norm.shift);
}

static nn_node norm_node(nn_op op, nn_value x, tk_dims dims, tk_norm norm)
{
    nn_node n = nn_node_of(op, x, dims);
    n.norm.norm = norm;
    n.norm.gain = n.norm.shift = NN_NONE;
    n.norm.mean = n.norm.variance = n.norm.count = NN_NONE;
    return n;
}

nn_value nn_batch_norm(nn_graph *g, const char *name, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    nn_node n = norm_node(NN_NORM, x, *nn_dims_of(g, x),
                          (tk_norm){.kind = TK_NORM_BATCH, .eps = g->eps});
    const tn_shape shape = TN_SHAPE(n.dims.c);
    const tn_shape one = {.rank = 0};
    int r = declare_affine(g, name, &n);
    if (r == 0)
        r = nn_declare(g, name, "running_mean", NN_MEAN, &shape, 1,
                       &n.norm.mean);
    if (r == 0)
        r = nn_declare(g, name, "running_var", NN_VARIANCE, &shape, 1,
                       &n.norm.variance);
    if (r == 0)
        r = nn_declare(g, name, "num_batches_tracked", NN_COUNT, &one, 1,
                       &n.norm.count);
    return r < 0 ? nn_fail_at(g, name, x, r) : nn_append(g, name, n);
}

nn_value nn_group_norm(nn_graph *g, const char *name, nn_value x, size_t groups)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    nn_node n = norm_node(
        NN_NORM, x, *nn_dims_of(g, x),
        (tk_norm){.kind = TK_NORM_GROUP, .groups = groups, .eps = g->eps});
    if (groups == 0 || n.dims.c % groups)
        return nn_fail_at(g, name ? name : "", x,
                          cs_fail(&g->info, CS_E_RANGE,
                                  "%zu groups do not divide %zu channels",
                                  groups, n.dims.c));
    int r = name ? declare_affine(g, name, &n) : 0;
    return r < 0 ? nn_fail_at(g, name, x, r) : nn_append(g, name, n);
}

nn_value nn_instance_norm(nn_graph *g, const char *name, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    nn_node n = norm_node(NN_NORM, x, *nn_dims_of(g, x),
                          (tk_norm){.kind = TK_NORM_INSTANCE, .eps = g->eps});
    int r = name ? declare_affine(g, name, &n) : 0;
    return r < 0 ? nn_fail_at(g, name, x, r) : nn_append(g, name, n);
}

nn_value nn_layer_norm(nn_graph *g, const char *name, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    nn_node n = norm_node(NN_LAYER_NORM, x, *nn_dims_of(g, x),
                          (tk_norm){.eps = g->eps});
    int r = name ? declare_affine(g, name, &n) : 0;
    return r < 0 ? nn_fail_at(g, name, x, r) : nn_append(g, name, n);
}
