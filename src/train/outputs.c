#include "train/outputs.h"

#include "base/mem.h"

static size_t count_of(const nn_graph *g, size_t i)
{
    const nn_node *node = nn_graph_node(g, (size_t)nn_graph_output(g, i));
    return node->dims.n * node->dims.c * tk_voxels(&node->dims);
}

int tr_outputs_new(const nn_graph *g, float ***ret, cs_errinfo *info)
{
    size_t n = nn_graph_outputs(g);
    float **outputs = cs_calloc(n, sizeof(*outputs));
    bool full = outputs != NULL;
    for (size_t i = 0; full && i < n; i++) {
        outputs[i] = cs_calloc(count_of(g, i), sizeof(float));
        full = outputs[i] != NULL;
    }
    if (!full) {
        tr_outputs_free(outputs, n);
        return cs_fail_nomem(info);
    }
    *ret = outputs;
    return 0;
}

void tr_outputs_free(float **outputs, size_t n)
{
    for (size_t i = 0; outputs && i < n; i++)
        cs_free(outputs[i]);
    cs_free(outputs);
}
