#include "base/mem.h"
#include "model/recipe.h"

typedef struct scale {
    size_t axis[3]; /* d, h, w: voxels of the input a voxel */
} scale;

/* Of what follows a mean or an adaptive pooling nothing is asked: it takes maps
 * of any extents. */
static const scale any = {{1, 1, 1}};

static scale after_conv(scale s, const nn_node *n)
{
    for (int k = 0; k < 3; k++) {
        size_t step = n->conv.conv.stride[k];
        s.axis[k] = n->conv.transposed ? CS_MAX(s.axis[k] / step, (size_t)1)
                                       : s.axis[k] * step;
    }
    return s;
}

static scale after_pool(scale s, const nn_node *n)
{
    if (n->pool.adaptive)
        return any;
    for (int k = 0; k < 3; k++)
        s.axis[k] *= n->pool.stride[k];
    return s;
}

static scale after(const nn_node *n, const scale *scales)
{
    if (n->n_inputs == 0)
        return any;
    scale s = scales[n->inputs[0]];
    if (n->op == NN_CONV)
        return after_conv(s, n);
    if (n->op == NN_POOL)
        return after_pool(s, n);
    return n->op == NN_REDUCE ? any : s;
}

int md_graph_stride(const nn_graph *g, size_t ret[3], cs_errinfo *info)
{
    size_t n = nn_graph_nodes(g);
    CS_AUTO_MEM scale *scales = cs_calloc(n + 1, sizeof(*scales));
    if (!scales)
        return cs_fail_nomem(info);
    scale most = any;
    for (size_t i = 0; i < n; i++) {
        scales[i] = after(nn_graph_node(g, i), scales);
        for (int k = 0; k < 3; k++)
            most.axis[k] = CS_MAX(most.axis[k], scales[i].axis[k]);
    }
    for (int k = 0; k < 3; k++)
        ret[k] = most.axis[2 - k];
    return 0;
}
