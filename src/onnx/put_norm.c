/* Normalisations. ONNX 17 has none of groups: its patterns are those that
 * PyTorch writes, except that weights keep their shape. */
#include <stdio.h>

#include "onnx/export_impl.h"

static void put_batch(ox_exporter *e)
{
    const nn_node *n = e->node;
    const size_t params[] = {n->norm.gain, n->norm.shift, n->norm.mean,
                             n->norm.variance};
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    ox_operand(e, 0, OX_AS_IT_IS, x);
    ox_open(e, "BatchNormalization");
    ox_in(&e->w, x);
    for (size_t i = 0; i < CS_COUNTOF(params); i++)
        ox_in(&e->w, ox_parameter(e, params[i]));
    ox_attr_float(&e->w, "epsilon", (float)n->norm.norm.eps);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
}

/* y = the instance norm of x, times 1, plus 0. */
static void put_plain_instance(ox_exporter *e, const char *x, size_t channels,
                               const char *y)
{
    char ones[OX_VALUE_MAX];
    char zeros[OX_VALUE_MAX];
    ox_const_floats(&e->w, ox_part(e, "ones", ones), 1, channels);
    ox_const_floats(&e->w, ox_part(e, "zeros", zeros), 0, channels);
    ox_open(e, "InstanceNormalization");
    ox_in(&e->w, x);
    ox_in(&e->w, ones);
    ox_in(&e->w, zeros);
    ox_attr_float(&e->w, "epsilon", (float)e->node->norm.norm.eps);
    ox_out(&e->w, y);
    ox_end(&e->w);
}

static void put_instance(ox_exporter *e)
{
    const nn_node *n = e->node;
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    ox_operand(e, 0, OX_SPATIAL, x);
    ox_result(e, y);
    if (n->norm.gain == NN_NONE) {
        put_plain_instance(e, x, n->dims.c, y);
        return;
    }
    ox_open(e, "InstanceNormalization");
    ox_in(&e->w, x);
    ox_in(&e->w, ox_parameter(e, n->norm.gain));
    ox_in(&e->w, ox_parameter(e, n->norm.shift));
    ox_attr_float(&e->w, "epsilon", (float)n->norm.norm.eps);
    ox_out(&e->w, y);
    ox_end(&e->w);
}

/* --- groups --- */

/* y = x op the parameter, seen as one number for each channel. */
static void put_by_channel(ox_exporter *e, const char *op, const char *x,
                           size_t param, const char *wide, const char *y)
{
    static const int64_t space[] = {1, 2, 3};
    char axes[OX_VALUE_MAX];
    snprintf(axes, sizeof(axes), "%.100s.axes", wide);
    ox_const_ints(&e->w, axes, space, nn_graph_rank(e->graph));
    ox_begin(&e->w, "Unsqueeze", wide);
    ox_in(&e->w, ox_parameter(e, param));
    ox_in(&e->w, axes);
    ox_out(&e->w, wide);
    ox_end(&e->w);
    ox_begin(&e->w, op, y);
    ox_in(&e->w, x);
    ox_in(&e->w, wide);
    ox_out(&e->w, y);
    ox_end(&e->w);
}

static void put_group(ox_exporter *e)
{
    const nn_node *n = e->node;
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    char at[4][OX_VALUE_MAX];
    char wide[2][OX_VALUE_MAX];
    const int64_t groups[] = {0, (int64_t)n->norm.norm.groups, -1};
    const tn_shape s = ox_shape(e, &n->dims, false);
    int64_t shape[TN_RANK_MAX];
    for (unsigned i = 0; i < s.rank; i++)
        shape[i] = (int64_t)s.dim[i];
    bool affine = n->norm.gain != NN_NONE;
    ox_operand(e, 0, OX_SPATIAL, x);
    ox_result(e, y);
    ox_put_reshape(e, x, "groups", groups, 3, ox_part(e, "grouped", at[0]));
    put_plain_instance(e, at[0], n->norm.norm.groups,
                       ox_part(e, "normed", at[1]));
    ox_put_reshape(e, at[1], "shape", shape, s.rank,
                   affine ? ox_part(e, "back", at[2]) : y);
    if (!affine)
        return;
    put_by_channel(e, "Mul", at[2], n->norm.gain, ox_part(e, "gain", wide[0]),
                   ox_part(e, "scaled", at[3]));
    put_by_channel(e, "Add", at[3], n->norm.shift, ox_part(e, "shift", wide[1]),
                   y);
}

int ox_put_norm(ox_exporter *e)
{
    switch (e->node->norm.norm.kind) {
    case TK_NORM_BATCH:
        put_batch(e);
        return 0;
    case TK_NORM_INSTANCE:
        put_instance(e);
        return 0;
    case TK_NORM_GROUP:
        put_group(e);
        return 0;
    default:
        return cs_fail(e->info, CS_E_UNSUPPORTED,
                       "the layer '%s' has no form in ONNX here",
                       ox_layer_of(e));
    }
}
