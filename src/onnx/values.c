#include "onnx/import_impl.h"

/* What a hostile file can ask for: more than any machine computes. */
#define EXTENT_MAX ((size_t)INT32_MAX)
#define ELEMENTS_MAX ((size_t)1 << 40)
#define CHANNELS_MAX ((size_t)1 << 20)

/* --- shapes --- */

bool ox_dims_of(const tn_shape *s, tk_dims *ret)
{
    const size_t *d = s->dim;
    switch (s->rank) {
    case 2:
        *ret = (tk_dims){d[0], d[1], 1, 1, 1};
        return true;
    case 3:
        *ret = (tk_dims){d[0], d[1], 1, 1, d[2]};
        return true;
    case 4:
        *ret = (tk_dims){d[0], d[1], 1, d[2], d[3]};
        return true;
    case 5:
        *ret = (tk_dims){d[0], d[1], d[2], d[3], d[4]};
        return true;
    default:
        return false;
    }
}

tn_shape ox_shape_of(const tk_dims *d, unsigned rank)
{
    switch (rank) {
    case 2:
        return TN_SHAPE(d->n, d->c);
    case 3:
        return TN_SHAPE(d->n, d->c, d->w);
    case 4:
        return TN_SHAPE(d->n, d->c, d->h, d->w);
    default:
        return TN_SHAPE(d->n, d->c, d->d, d->h, d->w);
    }
}

void ox_set_rank(ox_importer *imp, const ox_value *x)
{
    nn_rank(imp->graph, x->shape.rank == 5 ? 3 : imp->rank);
}

const tk_dims *ox_dims_at(const ox_importer *imp, nn_value v)
{
    return &nn_graph_node(imp->graph, (size_t)v.id)->dims;
}

bool ox_is_plain(const ox_importer *imp, const ox_value *v)
{
    tk_dims d;
    const tk_dims *at = ox_dims_at(imp, v->at);
    return ox_dims_of(&v->shape, &d) && d.n == at->n && d.c == at->c &&
           d.d == at->d && d.h == at->h && d.w == at->w;
}

static bool sane(const tk_dims *d)
{
    const size_t extents[] = {d->n, d->c, d->d, d->h, d->w};
    size_t product = 1;
    for (size_t i = 0; i < CS_COUNTOF(extents); i++)
        if (extents[i] == 0 || extents[i] > EXTENT_MAX ||
            __builtin_mul_overflow(product, extents[i], &product))
            return false;
    return product <= ELEMENTS_MAX && d->c <= CHANNELS_MAX;
}

/* --- looking up --- */

bool ox_has_input(const ox_importer *imp, size_t i)
{
    return i < imp->node->n_inputs && imp->node->inputs[i].len > 0;
}

int ox_input(ox_importer *imp, size_t i, ox_value **ret)
{
    if (!ox_has_input(imp, i)) {
        cs_fail(imp->info, CS_E_FORMAT, "input %zu is missing", i);
        return CS_E_FORMAT;
    }
    *ret = cs_map_get(&imp->values, imp->node->inputs[i]);
    if (*ret)
        return 0;
    cs_fail(imp->info, CS_E_FORMAT,
            "no node before this one makes its input '%.*s'",
            CS_STR_ARG(imp->node->inputs[i]));
    return CS_E_FORMAT;
}

int ox_constant(ox_importer *imp, size_t i, const ox_value **ret)
{
    ox_value *v = NULL;
    int r = ox_input(imp, i, &v);
    if (r == 0 && v->form != OX_CONSTANT)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "the input '%.*s' is computed; only constants are "
                       "supported there",
                       CS_STR_ARG(imp->node->inputs[i]));
    *ret = v;
    return r;
}

int ox_optional(ox_importer *imp, size_t i, const ox_value **ret)
{
    *ret = NULL;
    return ox_has_input(imp, i) ? ox_constant(imp, i, ret) : 0;
}

int ox_ready_input(ox_importer *imp, size_t i, bool plain, ox_value **ret)
{
    char text[TN_SHAPE_TEXT_MAX];
    ox_value *v = NULL;
    int r = ox_input(imp, i, &v);
    if (r != 0)
        return r;
    if (v->form == OX_CONSTANT)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "the input '%.*s' is a constant, which is not "
                       "supported there",
                       CS_STR_ARG(imp->node->inputs[i]));
    r = ox_ready(imp, v);
    if (r != 0)
        return r;
    if (plain && !ox_is_plain(imp, v))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "the input, reshaped to %s, is no image of batch, "
                       "channels and space any more",
                       tn_shape_text(&v->shape, text));
    *ret = v;
    return 0;
}

/* --- from waiting to ready --- */

static nn_value activate(ox_importer *imp, const ox_value *v,
                         tk_activation_kind kind)
{
    return nn_activation(imp->graph, (tk_activation){.kind = kind}, v->at);
}

/* Each channel times a number: a convolution of one tap and one channel. */
static int scaled(ox_importer *imp, float factor, nn_value from, nn_value *ret)
{
    if (from.id < 0) /* after a mistake */
        return 0;
    size_t c = ox_dims_at(imp, from)->c;
    char layer[OX_LAYER_MAX];
    int r = ox_afford(imp, c);
    if (r == 0)
        r = ox_layer_name(imp, NULL, NULL, layer);
    if (r != 0)
        return r;
    CS_AUTO_MEM float *gain = cs_calloc(c, sizeof(*gain));
    if (!gain)
        return cs_fail_nomem(imp->info);
    for (size_t i = 0; i < c; i++)
        gain[i] = factor;
    nn_rank(imp->graph, imp->rank);
    *ret = nn_conv(imp->graph, layer, from,
                   &(nn_conv_spec){.out = c, .groups = c, .no_bias = true});
    return ret->id < 0 ? 0 : ox_fill_with(imp, layer, "weight", gain, c);
}

/* What waits for another node, and cannot do without it. */
static int refuse_waiting(ox_importer *imp, ox_form form)
{
    switch (form) {
    case OX_HARD_SIGMOID:
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "HardSigmoid is supported as a part of hard swish only");
    case OX_PADDED:
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "padding is supported ahead of convolutions and average "
                       "pooling only");
    case OX_ERF:
    case OX_ERF_AND_ONE:
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "Erf is supported as a part of GELU only");
    case OX_WHOLE:
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "whole numbers are supported as those of an embedding "
                       "only");
    default:
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a constant is not supported there");
    }
}

static int refuse_token_part(ox_importer *imp, ox_form form)
{
    switch (form) {
    case OX_ROWS:
    case OX_HEADS:
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a transposition that moves numbers is supported ahead "
                       "of layer normalisation and as a part of attention "
                       "only");
    case OX_SCORES:
    case OX_WEIGHTS:
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a product of two values is supported as a part of "
                       "attention only");
    case OX_FILLED:
    case OX_CAUSAL:
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "Expand and Trilu are supported as a mask of attention "
                       "only");
    default:
        return refuse_waiting(imp, form);
    }
}

static int layers_of(ox_importer *imp, ox_value *v, nn_value *ret)
{
    switch (v->form) {
    case OX_SIGMOID:
        *ret = activate(imp, v, TK_SIGMOID);
        return 0;
    case OX_SCALED:
        return scaled(imp, v->factor, v->at, ret);
    case OX_GELU_TWICE:
        return scaled(imp, 2, activate(imp, v, TK_GELU), ret);
    case OX_NORMED:
        return ox_norm_layer(imp, v, ret);
    case OX_PRODUCT: {
        ox_value x = *v;
        x.form = OX_READY;
        x.shape.dim[1] = v->gain->constant.shape.dim[0];
        const ox_matrix m = {.x = &x,
                             .weight = v->gain,
                             .bias = v->shift,
                             .alpha = 1,
                             .beta = 1};
        return ox_linear(imp, &m, ret);
    }
    default:
        return refuse_token_part(imp, v->form);
    }
}

int ox_check_layer(ox_importer *imp, nn_value at)
{
    if (at.id < 0)
        return nn_graph_finish(imp->graph, imp->info);
    const tk_dims *d = ox_dims_at(imp, at);
    if (!sane(d))
        return cs_fail(imp->info, CS_E_LIMIT,
                       "%zu x %zu x %zu x %zu x %zu numbers are too many", d->n,
                       d->c, d->d, d->h, d->w);
    return 0;
}

int ox_ready(ox_importer *imp, ox_value *v)
{
    nn_value at = {-1};
    if (v->form == OX_READY)
        return 0;
    int r = layers_of(imp, v, &at);
    if (r == 0)
        r = ox_check_layer(imp, at);
    if (r != 0)
        return r;
    v->form = OX_READY;
    v->at = at;
    return 0;
}

/* --- defining --- */

int ox_add_value(ox_importer *imp, cs_str name, ox_value *v)
{
    if (name.len == 0)
        return cs_fail(imp->info, CS_E_FORMAT, "a value has no name");
    if (cs_map_find(&imp->values, name))
        return cs_fail(imp->info, CS_E_FORMAT, "two values are named '%.*s'",
                       CS_STR_ARG(name));
    CS_AUTO_MEM ox_value *mine = cs_memdup(v, sizeof(*v));
    if (!mine || cs_map_put(&imp->values, name, mine, NULL) < 0)
        return cs_fail_nomem(imp->info);
    if (cs_vec_push(&imp->all, mine) < 0) {
        cs_map_remove(&imp->values, name);
        return cs_fail_nomem(imp->info);
    }
    v->constant = (tn_tensor)TN_TENSOR_INIT; /* taken */
    mine = NULL;
    return 0;
}

int ox_define(ox_importer *imp, ox_value *v)
{
    if (imp->node->n_outputs == 0)
        return cs_fail(imp->info, CS_E_FORMAT, "the node has no output");
    return ox_add_value(imp, imp->node->outputs[0], v);
}

int ox_define_layer(ox_importer *imp, nn_value at, const tn_shape *shape,
                    unsigned rank)
{
    int r = ox_check_layer(imp, at);
    if (r != 0)
        return r;
    ox_value v = {.form = OX_READY, .at = at};
    v.shape = shape ? *shape : ox_shape_of(ox_dims_at(imp, at), rank);
    return ox_define(imp, &v);
}

int ox_define_ints(ox_importer *imp, const int64_t *v, size_t n, bool scalar)
{
    ox_value made = {.form = OX_CONSTANT, .shape = {.rank = !scalar}};
    if (!scalar)
        made.shape.dim[0] = n;
    int r = tn_tensor_init(&made.constant, TN_I64, &made.shape, imp->info);
    if (r != 0)
        return r;
    memcpy(tn_data(&made.constant), v, n * sizeof(*v));
    r = ox_define(imp, &made);
    tn_tensor_done(&made.constant);
    return r;
}

int ox_define_view(ox_importer *imp, const ox_value *like,
                   const tn_shape *shape)
{
    ox_value made = {.form = OX_CONSTANT, .shape = *shape, .name = like->name};
    int r = tn_view_reshape(&like->constant, shape, &made.constant, imp->info);
    if (r == 0)
        r = ox_define(imp, &made);
    tn_tensor_done(&made.constant);
    return r;
}
