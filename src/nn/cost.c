#include "nn/cost.h"

/* Every voxel of the smaller side of a convolution (the output of a plain one,
 * the input of a transposed one) meets every tap once. */
static double conv_flops(const nn_graph *g, const nn_node *n)
{
    const tk_conv *c = &n->conv.conv;
    const tk_dims *side = n->conv.transposed
                              ? &nn_graph_node(g, (size_t)n->inputs[0])->dims
                              : &n->dims;
    double taps = (double)(c->kernel[0] * c->kernel[1] * c->kernel[2]);
    double pairs = (double)c->in * (double)c->out / (double)c->groups;
    return 2 * (double)side->n * (double)tk_voxels(side) * taps * pairs;
}

/* Queries meet keys twice: for the scores, and for their values. */
static double attention_flops(const nn_graph *g, const nn_node *n)
{
    const tk_dims *keys = &nn_graph_node(g, (size_t)n->inputs[1])->dims;
    double pairs = (double)tk_voxels(&n->dims) * (double)tk_voxels(keys);
    return 2 * 2 * (double)n->dims.n * pairs * (double)n->dims.c;
}

double nn_graph_flops(const nn_graph *g)
{
    double sum = 0;
    for (size_t i = 0; i < nn_graph_nodes(g); i++) {
        const nn_node *n = nn_graph_node(g, i);
        if (n->op == NN_CONV)
            sum += conv_flops(g, n);
        else if (n->op == NN_ATTENTION)
            sum += attention_flops(g, n);
    }
    return sum;
}
