/* Reductions, boxes, and parameters as values. */
#include <string.h>

#include "onnx/export_impl.h"

static const char *reduction_name(tk_reduction kind)
{
    switch (kind) {
    case TK_REDUCE_SUM:
        return "ReduceSum";
    case TK_REDUCE_MEAN:
        return "ReduceMean";
    default:
        return "ReduceMax";
    }
}

/* Those along which something was reduced, as ONNX counts them. */
static size_t reduced_axes(const ox_exporter *e, int64_t *ret)
{
    const tk_dims *in =
        &nn_graph_node(e->graph, (size_t)e->node->inputs[0])->dims;
    const tn_shape x = ox_shape(e, in, false);
    const tn_shape y = ox_shape(e, &e->node->dims, false);
    size_t n = 0;
    for (unsigned i = 0; i < x.rank; i++)
        if (x.dim[i] != y.dim[i])
            ret[n++] = i;
    return n;
}

/* In opset 17 the axes of a sum are an input, those of the others attributes.
 * No axes at all would mean every axis. */
int ox_put_reduce(ox_exporter *e)
{
    int64_t axes[TN_RANK_MAX];
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    char name[OX_VALUE_MAX];
    bool sum = e->node->reduction == TK_REDUCE_SUM;
    size_t n = reduced_axes(e, axes);
    ox_operand(e, 0, OX_SPATIAL, x);
    if (n > 0 && sum)
        ox_const_ints(&e->w, ox_part(e, "axes", name), axes, n);
    ox_open(e, n > 0 ? reduction_name(e->node->reduction) : "Identity");
    ox_in(&e->w, x);
    if (n > 0 && sum)
        ox_in(&e->w, name);
    else if (n > 0)
        ox_attr_ints(&e->w, "axes", axes, n);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
    return 0;
}

int ox_put_slice(ox_exporter *e)
{
    const tn_shape first = ox_shape(e, &e->node->slice_first, false);
    const tn_shape count = ox_shape(e, &e->node->dims, false);
    int64_t starts[TN_RANK_MAX];
    int64_t ends[TN_RANK_MAX];
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    char names[2][OX_VALUE_MAX];
    for (unsigned i = 0; i < count.rank; i++) {
        starts[i] = (int64_t)first.dim[i];
        ends[i] = (int64_t)(first.dim[i] + count.dim[i]);
    }
    ox_operand(e, 0, OX_SPATIAL, x);
    ox_const_ints(&e->w, ox_part(e, "starts", names[0]), starts, count.rank);
    ox_const_ints(&e->w, ox_part(e, "ends", names[1]), ends, count.rank);
    ox_open(e, "Slice");
    ox_in(&e->w, x);
    ox_in(&e->w, names[0]);
    ox_in(&e->w, names[1]);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
    return 0;
}

/* Values that the writer names itself: "v12", "v12.axes", "output0". */
static bool is_ours(const char *name)
{
    static const char *const begins[] = {"v", "input", "output"};
    for (size_t i = 0; i < CS_COUNTOF(begins); i++) {
        size_t n = strlen(begins[i]);
        if (strncmp(name, begins[i], n) != 0)
            continue;
        const char *rest = name + n + strspn(name + n, "0123456789");
        if (*rest == '\0' || *rest == '.')
            return true;
    }
    return false;
}

/* A node of its own, so that a parameter's name may be as long as it likes. */
int ox_put_parameter(ox_exporter *e)
{
    const nn_param *p =
        nn_params_at(nn_graph_params(e->graph), e->node->parameter);
    unsigned rank = nn_graph_rank(e->graph) + 2;
    char y[OX_VALUE_MAX];
    if (p->value.shape.rank != rank)
        return cs_fail(e->info, CS_E_UNSUPPORTED,
                       "the weights of '%s' have %u axes in a network of %u",
                       ox_layer_of(e), p->value.shape.rank, rank);
    if (is_ours(p->name))
        return cs_fail(e->info, CS_E_UNSUPPORTED,
                       "the parameter '%s' has a name that values of the model "
                       "have",
                       p->name);
    ox_result(e, y);
    ox_put_op(e, "Identity", ox_parameter(e, e->node->parameter), NULL, y);
    return 0;
}
