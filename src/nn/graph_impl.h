/* Shared by the files graph*.c alone: how a builder call looks at what it is
 * given, keeps a mistake, and appends its layer. */
#ifndef CS_NN_GRAPH_IMPL_H
#define CS_NN_GRAPH_IMPL_H

#include "base/vec.h"
#include "nn/graph.h"

#define NN_NAME_MAX 128

struct nn_graph {
    nn_params *params;
    CS_VEC(nn_node) nodes;
    CS_VEC(int) inputs;
    CS_VEC(int) outputs;
    char scope[NN_NAME_MAX]; /* "enc1." */
    unsigned rank;
    double eps; /* of normalisations to come */
    int status; /* the first mistake, and its report */
    cs_errinfo info;
};

/* What a builder call returns after a mistake. */
static const nn_value nn_no_value = {-1};

/* False after a mistake: the call does nothing then. */
static inline bool nn_usable(const nn_graph *g, nn_value v)
{
    return g->status == 0 && v.id >= 0 && (size_t)v.id < g->nodes.len;
}

static inline const tk_dims *nn_dims_of(const nn_graph *g, nn_value v)
{
    return &g->nodes.items[v.id].dims;
}

/* A layer with one input; more are added with nn_add_input(). */
static inline nn_node nn_node_of(nn_op op, nn_value x, tk_dims dims)
{
    return (nn_node){
        .op = op, .inputs = {x.id, -1, -1}, .n_inputs = 1, .dims = dims};
}

static inline void nn_add_input(nn_node *n, nn_value x)
{
    n->inputs[n->n_inputs++] = x.id;
}

/* Keeps a mistake. */
nn_value nn_fail(nn_graph *g, int r);
/* And says where it was made: the layer, and the shape that reached it. `name`
 * is what kind of layer it is where it has no name. */
nn_value nn_fail_at(nn_graph *g, const char *name, nn_value x, int r);
/* Of two values that do not go together. */
nn_value nn_fail_pair(nn_graph *g, const char *name, nn_value a, nn_value b);

/* Appends a layer; `name` may be NULL. */
nn_value nn_append(nn_graph *g, const char *name, nn_node node);

/* The parameter LAYER.WHAT, or LAYER where `what` is NULL. */
int nn_declare(nn_graph *g, const char *layer, const char *what, nn_role role,
               const tn_shape *shape, size_t fan_in, size_t *ret);

#endif
