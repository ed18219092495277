/* Layers without parameters. */
#include "onnx/export_impl.h"

int ox_put_nothing(ox_exporter *e)
{
    (void)e; /* value_name() looks through it */
    return 0;
}

/* --- activations --- */

static const char *const simple[TK_ACTIVATIONS] = {
    [TK_RELU] = "Relu", [TK_LEAKY_RELU] = "LeakyRelu", [TK_SIGMOID] = "Sigmoid",
    [TK_TANH] = "Tanh", [TK_HARD_SWISH] = "HardSwish",
};

/* x / sqrt(2) -> erf -> + 1 -> * x -> / 2 */
static void put_gelu(ox_exporter *e, const char *x, const char *y)
{
    char root[OX_VALUE_MAX];
    char one[OX_VALUE_MAX];
    char half[OX_VALUE_MAX];
    char at[4][OX_VALUE_MAX];
    ox_const_floats(&e->w, ox_part(e, "root", root), 1.41421356F, 0);
    ox_const_floats(&e->w, ox_part(e, "one", one), 1, 0);
    ox_const_floats(&e->w, ox_part(e, "half", half), 0.5F, 0);
    ox_put_op(e, "Div", x, root, ox_part(e, "scaled", at[0]));
    ox_put_op(e, "Erf", at[0], NULL, ox_part(e, "erf", at[1]));
    ox_put_op(e, "Add", at[1], one, ox_part(e, "sum", at[2]));
    ox_put_op(e, "Mul", x, at[2], ox_part(e, "twice", at[3]));
    ox_put_op(e, "Mul", at[3], half, y);
}

static void put_silu(ox_exporter *e, const char *x, const char *y)
{
    char at[OX_VALUE_MAX];
    ox_put_op(e, "Sigmoid", x, NULL, ox_part(e, "sigmoid", at));
    ox_put_op(e, "Mul", x, at, y);
}

int ox_put_activation(ox_exporter *e)
{
    const tk_activation *f = &e->node->activation;
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    if (f->kind != TK_GELU && f->kind != TK_SILU && !simple[f->kind])
        return cs_fail(e->info, CS_E_UNSUPPORTED,
                       "the layer '%s' has no form in ONNX here",
                       ox_layer_of(e));
    ox_operand(e, 0, OX_AS_IT_IS, x);
    ox_result(e, y);
    if (f->kind == TK_GELU) {
        put_gelu(e, x, y);
    } else if (f->kind == TK_SILU) {
        put_silu(e, x, y);
    } else {
        ox_open(e, simple[f->kind]);
        ox_in(&e->w, x);
        if (f->kind == TK_LEAKY_RELU)
            ox_attr_float(&e->w, "alpha", f->slope);
        ox_out(&e->w, y);
        ox_end(&e->w);
    }
    return 0;
}

/* --- pooling --- */

/* Windows of adaptive pooling are of one size where the extents divide. */
static int fixed_windows(const ox_exporter *e, tk_pool *p)
{
    const tk_dims *x =
        &nn_graph_node(e->graph, (size_t)e->node->inputs[0])->dims;
    const tk_dims *y = &e->node->dims;
    const size_t in[] = {x->d, x->h, x->w};
    const size_t out[] = {y->d, y->h, y->w};
    for (int a = 0; a < 3; a++) {
        if (in[a] % out[a] != 0)
            return cs_fail(e->info, CS_E_UNSUPPORTED,
                           "adaptive pooling of %zu voxels to %zu behind "
                           "'%s': ONNX can say it only where they divide",
                           in[a], out[a], ox_layer_of(e));
        p->kernel[a] = p->stride[a] = in[a] / out[a];
        p->pad[a] = 0;
    }
    return 0;
}

static void put_global(ox_exporter *e, const char *x, bool max)
{
    char y[OX_VALUE_MAX];
    ox_open(e, max ? "GlobalMaxPool" : "GlobalAveragePool");
    ox_in(&e->w, x);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
}

static void put_windows(ox_exporter *e, const char *x, const tk_pool *p)
{
    char y[OX_VALUE_MAX];
    int64_t v[6];
    bool max = p->kind == TK_POOL_MAX;
    ox_open(e, max ? "MaxPool" : "AveragePool");
    ox_in(&e->w, x);
    size_t n = ox_extents(e, p->kernel, v);
    ox_attr_ints(&e->w, "kernel_shape", v, n);
    ox_extents(e, p->stride, v);
    ox_attr_ints(&e->w, "strides", v, n);
    ox_extents(e, p->pad, v);
    ox_extents(e, p->pad, v + n);
    ox_attr_ints(&e->w, "pads", v, 2 * n);
    if (!max)
        ox_attr_int(&e->w, "count_include_pad", p->count_pad);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
}

int ox_put_pool(ox_exporter *e)
{
    tk_pool p = e->node->pool;
    char x[OX_VALUE_MAX];
    if (p.adaptive && tk_voxels(&e->node->dims) == 1) {
        put_global(e, ox_operand(e, 0, OX_SPATIAL, x), p.kind == TK_POOL_MAX);
        return 0;
    }
    int r = p.adaptive ? fixed_windows(e, &p) : 0;
    if (r == 0)
        put_windows(e, ox_operand(e, 0, OX_SPATIAL, x), &p);
    return r;
}

/* --- two inputs --- */

static const char *pair_name(nn_op op)
{
    switch (op) {
    case NN_CONCAT:
        return "Concat";
    case NN_ADD:
        return "Add";
    case NN_SUBTRACT:
        return "Sub";
    default:
        return "Mul";
    }
}

/* Of extents of 1 ONNX repeats the same ones as we do. */
int ox_put_pair(ox_exporter *e)
{
    ox_axes axes = e->flat[e->index] ? OX_FLAT : OX_SPATIAL;
    char a[OX_VALUE_MAX];
    char b[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    ox_operand(e, 0, axes, a);
    ox_operand(e, 1, axes, b);
    ox_open(e, pair_name(e->node->op));
    ox_in(&e->w, a);
    ox_in(&e->w, b);
    if (e->node->op == NN_CONCAT)
        ox_attr_int(&e->w, "axis", 1);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
    return 0;
}

/* --- resizing, softmax --- */

int ox_put_resize(ox_exporter *e)
{
    tk_resize how = e->node->resize;
    const tn_shape s = ox_shape(e, &e->node->dims, false);
    int64_t sizes[TN_RANK_MAX];
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    char name[OX_VALUE_MAX];
    for (unsigned i = 0; i < s.rank; i++)
        sizes[i] = (int64_t)s.dim[i];
    ox_operand(e, 0, OX_SPATIAL, x);
    ox_const_ints(&e->w, ox_part(e, "sizes", name), sizes, s.rank);
    ox_open(e, "Resize");
    ox_in(&e->w, x);
    ox_in(&e->w, "");
    ox_in(&e->w, "");
    ox_in(&e->w, name);
    ox_attr_text(&e->w, "mode",
                 how == TK_RESIZE_NEAREST ? "nearest" : "linear");
    if (how == TK_RESIZE_NEAREST) {
        ox_attr_text(&e->w, "coordinate_transformation_mode", "asymmetric");
        ox_attr_text(&e->w, "nearest_mode", "floor");
    } else {
        ox_attr_text(&e->w, "coordinate_transformation_mode",
                     how == TK_RESIZE_LINEAR ? "half_pixel" : "align_corners");
    }
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
    return 0;
}

int ox_put_softmax(ox_exporter *e)
{
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    ox_operand(e, 0, OX_AS_IT_IS, x);
    ox_open(e, e->node->softmax == TK_LOG_SOFTMAX ? "LogSoftmax" : "Softmax");
    ox_in(&e->w, x);
    ox_attr_int(&e->w, "axis", 1);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
    return 0;
}
