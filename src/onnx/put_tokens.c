/* Layers of transformers. Tokens are voxels here and channels come first; ONNX
 * has rows of channels, so numbers change places on the way in and out. */
#include <math.h>
#include <stdio.h>

#include "onnx/export_impl.h"
#include "onnx/format.h"

/* The order that puts channels behind voxels, and the way back. */
static size_t to_rows(const ox_exporter *e, int64_t *ret)
{
    size_t rank = nn_graph_rank(e->graph) + 2;
    ret[0] = 0;
    for (size_t i = 1; i + 1 < rank; i++)
        ret[i] = (int64_t)i + 1;
    ret[rank - 1] = 1;
    return rank;
}

static size_t from_rows(const ox_exporter *e, int64_t *ret)
{
    size_t rank = nn_graph_rank(e->graph) + 2;
    ret[0] = 0;
    ret[1] = (int64_t)rank - 1;
    for (size_t i = 2; i < rank; i++)
        ret[i] = (int64_t)i - 1;
    return rank;
}

/* --- layer normalisation --- */

/* Of rows; ONNX wants a gain, a shift may be left out. */
static void put_rows_norm(ox_exporter *e, const char *x, const char *y)
{
    const nn_node *n = e->node;
    char ones[OX_VALUE_MAX];
    bool affine = n->norm.gain != NN_NONE;
    if (!affine)
        ox_const_floats(&e->w, ox_part(e, "ones", ones), 1, n->dims.c);
    ox_open(e, "LayerNormalization");
    ox_in(&e->w, x);
    ox_in(&e->w, affine ? ox_parameter(e, n->norm.gain) : ones);
    if (affine)
        ox_in(&e->w, ox_parameter(e, n->norm.shift));
    ox_attr_int(&e->w, "axis", -1);
    ox_attr_float(&e->w, "epsilon", (float)n->norm.norm.eps);
    ox_out(&e->w, y);
    ox_end(&e->w);
}

int ox_put_layer_norm(ox_exporter *e)
{
    int64_t order[TN_RANK_MAX];
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    char at[2][OX_VALUE_MAX];
    ox_operand(e, 0, OX_AS_IT_IS, x);
    ox_result(e, y);
    if (e->flat[e->index]) { /* rows already */
        put_rows_norm(e, x, y);
        return 0;
    }
    size_t rank = to_rows(e, order);
    ox_put_transpose(e, x, order, rank, ox_part(e, "rows", at[0]));
    put_rows_norm(e, at[0], ox_part(e, "normed", at[1]));
    from_rows(e, order);
    ox_put_transpose(e, at[1], order, rank, y);
    return 0;
}

/* --- embedding --- */

/* Numbers of rows are f32 here. */
static void put_whole(ox_exporter *e, const char *x, const char *y)
{
    ox_begin(&e->w, "Cast", y);
    ox_in(&e->w, x);
    ox_attr_int(&e->w, "to", OX_I64);
    ox_out(&e->w, y);
    ox_end(&e->w);
}

int ox_put_embedding(ox_exporter *e)
{
    static const int64_t channels[] = {1};
    int64_t order[TN_RANK_MAX];
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    char axes[OX_VALUE_MAX];
    char at[3][OX_VALUE_MAX];
    ox_operand(e, 0, OX_SPATIAL, x);
    put_whole(e, x, ox_part(e, "whole", at[0]));
    ox_const_ints(&e->w, ox_part(e, "axes", axes), channels, 1);
    ox_put_op(e, "Squeeze", at[0], axes, ox_part(e, "ids", at[1]));
    ox_open(e, "Gather");
    ox_in(&e->w, ox_parameter(e, e->node->parameter));
    ox_in(&e->w, at[1]);
    ox_out(&e->w, ox_part(e, "rows", at[2]));
    ox_end(&e->w);
    size_t rank = from_rows(e, order);
    ox_put_transpose(e, at[2], order, rank, ox_result(e, y));
    return 0;
}

/* --- attention --- */

static const int64_t turned[] = {0, 1, 3, 2};

/* Input k as [n, heads, channels of a head, tokens]. */
static void put_heads(ox_exporter *e, unsigned k, const char *what,
                      const char *y)
{
    const tk_dims *d =
        &nn_graph_node(e->graph, (size_t)e->node->inputs[k])->dims;
    size_t heads = e->node->attention.heads;
    const int64_t shape[] = {(int64_t)d->n, (int64_t)heads,
                             (int64_t)(d->c / heads), (int64_t)tk_voxels(d)};
    char x[OX_VALUE_MAX];
    ox_operand(e, k, OX_AS_IT_IS, x);
    ox_put_reshape(e, x, what, shape, CS_COUNTOF(shape), y);
}

/* The same with tokens before channels. */
static void put_turned(ox_exporter *e, unsigned k, const char *what,
                       const char *y)
{
    char part[16];
    char at[OX_VALUE_MAX];
    snprintf(part, sizeof(part), "%.8s-heads", what);
    put_heads(e, k, what, ox_part(e, part, at));
    ox_put_transpose(e, at, turned, CS_COUNTOF(turned), y);
}

/* Zeros for the tokens that each may look at, behind them minus infinity. */
static void put_mask(ox_exporter *e, const char *y)
{
    const tk_dims *k =
        &nn_graph_node(e->graph, (size_t)e->node->inputs[1])->dims;
    const int64_t shape[] = {(int64_t)tk_voxels(&e->node->dims),
                             (int64_t)tk_voxels(k)};
    const int64_t one = 1;
    char names[3][OX_VALUE_MAX];
    char all[OX_VALUE_MAX];
    ox_const_floats(&e->w, ox_part(e, "never", names[0]), -INFINITY, 0);
    ox_const_ints(&e->w, ox_part(e, "tokens", names[1]), shape, 2);
    ox_const_ints(&e->w, ox_part(e, "diagonal", names[2]), &one, 1);
    ox_put_op(e, "Expand", names[0], names[1], ox_part(e, "nothing", all));
    ox_put_op(e, "Trilu", all, names[2], y);
}

/* Queries times keys, scaled. */
static void put_scores(ox_exporter *e, const char *y)
{
    char at[3][OX_VALUE_MAX];
    char scale[OX_VALUE_MAX];
    put_turned(e, 0, "q", ox_part(e, "queries", at[0]));
    put_heads(e, 1, "k", ox_part(e, "keys", at[1]));
    ox_put_op(e, "MatMul", at[0], at[1], ox_part(e, "product", at[2]));
    ox_const_floats(&e->w, ox_part(e, "scale", scale), e->node->attention.scale,
                    0);
    ox_put_op(e, "Mul", at[2], scale, y);
}

static void put_weights(ox_exporter *e, const char *scores, const char *y)
{
    char mask[OX_VALUE_MAX];
    char seen[OX_VALUE_MAX];
    if (e->node->attention.causal) {
        put_mask(e, ox_part(e, "mask", mask));
        ox_put_op(e, "Add", scores, mask, ox_part(e, "seen", seen));
        scores = seen;
    }
    ox_begin(&e->w, "Softmax", y);
    ox_in(&e->w, scores);
    ox_attr_int(&e->w, "axis", -1);
    ox_out(&e->w, y);
    ox_end(&e->w);
}

int ox_put_attention(ox_exporter *e)
{
    const tn_shape s = ox_shape(e, &e->node->dims, false);
    int64_t shape[TN_RANK_MAX];
    char y[OX_VALUE_MAX];
    char at[5][OX_VALUE_MAX];
    for (unsigned i = 0; i < s.rank; i++)
        shape[i] = (int64_t)s.dim[i];
    put_scores(e, ox_part(e, "scores", at[0]));
    put_weights(e, at[0], ox_part(e, "weights", at[1]));
    put_turned(e, 2, "v", ox_part(e, "values", at[2]));
    ox_put_op(e, "MatMul", at[1], at[2], ox_part(e, "mixed", at[3]));
    ox_put_transpose(e, at[3], turned, CS_COUNTOF(turned),
                     ox_part(e, "back", at[4]));
    ox_put_reshape(e, at[4], "shape", shape, s.rank, ox_result(e, y));
    return 0;
}
