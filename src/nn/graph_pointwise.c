/* Layers whose result has a voxel for each voxel: of one value, or of two. */
#include "nn/graph_impl.h"
#include "tensor/kernels/arith.h"

nn_value nn_activation(nn_graph *g, tk_activation f, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    nn_node n = nn_node_of(NN_ACTIVATION, x, *nn_dims_of(g, x));
    n.activation = f;
    return nn_append(g, NULL, n);
}

nn_value nn_relu(nn_graph *g, nn_value x)
{
    return nn_activation(g, (tk_activation){.kind = TK_RELU}, x);
}

nn_value nn_sigmoid(nn_graph *g, nn_value x)
{
    return nn_activation(g, (tk_activation){.kind = TK_SIGMOID}, x);
}

nn_value nn_softmax(nn_graph *g, tk_softmax kind, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    nn_node n = nn_node_of(NN_SOFTMAX, x, *nn_dims_of(g, x));
    n.softmax = kind;
    return nn_append(g, NULL, n);
}

nn_value nn_dropout(nn_graph *g, double probability, bool channels, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    if (!(probability >= 0 && probability < 1))
        return nn_fail_at(g, "dropout", x,
                          cs_fail(&g->info, CS_E_RANGE,
                                  "a probability of %g; it must be at least 0 "
                                  "and below 1",
                                  probability));
    nn_node n = nn_node_of(NN_DROPOUT, x, *nn_dims_of(g, x));
    n.dropout.probability = probability;
    n.dropout.channels = channels;
    return nn_append(g, NULL, n);
}

/* --- of two values --- */

static nn_value join(nn_graph *g, nn_op op, const char *name, nn_value a,
                     nn_value b)
{
    if (!nn_usable(g, a) || !nn_usable(g, b))
        return nn_no_value;
    nn_node n = nn_node_of(op, a, *nn_dims_of(g, a));
    nn_add_input(&n, b);
    if (tk_broadcast(nn_dims_of(g, a), nn_dims_of(g, b), &n.dims, NULL) < 0)
        return nn_fail_pair(g, name, a, b);
    return nn_append(g, NULL, n);
}

nn_value nn_add(nn_graph *g, nn_value a, nn_value b)
{
    return join(g, NN_ADD, "add", a, b);
}

nn_value nn_subtract(nn_graph *g, nn_value a, nn_value b)
{
    return join(g, NN_SUBTRACT, "subtract", a, b);
}

nn_value nn_multiply(nn_graph *g, nn_value a, nn_value b)
{
    return join(g, NN_MULTIPLY, "multiply", a, b);
}
