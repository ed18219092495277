/* Linear layers. Over a flattened image such a layer is a convolution whose
 * kernel is the whole image: the weights are in the same order. */
#include "onnx/import_impl.h"

/* The layer's name, then what to put into it. */
typedef struct linear {
    char layer[OX_LAYER_MAX];
    size_t in, out;
} linear;

static int check_sizes(ox_importer *imp, const ox_matrix *m, linear *l)
{
    const tn_shape *w = &m->weight->constant.shape;
    char left[TN_SHAPE_TEXT_MAX];
    char right[TN_SHAPE_TEXT_MAX];
    bool fits = m->x->shape.rank == 2 && w->rank == 2;
    if (fits) {
        l->out = w->dim[m->transposed ? 0 : 1];
        l->in = w->dim[m->transposed ? 1 : 0];
    }
    if (!fits || l->in != m->x->shape.dim[1] || l->out == 0 ||
        ox_dims_at(imp, m->x->at)->n != m->x->shape.dim[0])
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "%s times the matrix %s is not supported; a linear "
                       "layer takes a batch of vectors",
                       tn_shape_text(&m->x->shape, left),
                       tn_shape_text(w, right));
    return 0;
}

static nn_value add_layer(ox_importer *imp, const ox_matrix *m, const linear *l)
{
    const tk_dims *d = ox_dims_at(imp, m->x->at);
    if (ox_is_plain(imp, m->x))
        return nn_linear(imp->graph, l->layer, m->x->at, l->out);
    nn_rank(imp->graph, d->d == 1 ? imp->rank : 3);
    return nn_conv(
        imp->graph, l->layer, m->x->at,
        &(nn_conv_spec){.out = l->out, .kernel = {d->d, d->h, d->w}});
}

/* [out][in], times alpha. */
static int fill_weight(ox_importer *imp, const ox_matrix *m, const linear *l)
{
    CS_SCOPED(tn_tensor) w = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) turned = TN_TENSOR_INIT;
    int r = ox_floats(imp, m->weight, &w);
    if (r == 0)
        r = tn_tensor_init(&turned, TN_F32, &TN_SHAPE(l->out, l->in),
                           imp->info);
    if (r != 0)
        return r;
    for (size_t o = 0; o < l->out; o++)
        for (size_t i = 0; i < l->in; i++) {
            size_t at = m->transposed ? o * l->in + i : i * l->out + o;
            tn_f32(&turned)[o * l->in + i] = m->alpha * tn_f32(&w)[at];
        }
    return ox_fill_with(imp, l->layer, "weight", tn_f32(&turned),
                        tn_count(&turned));
}

/* One number for each output, or one for all. */
static int fill_bias(ox_importer *imp, const ox_matrix *m, const linear *l)
{
    CS_SCOPED(tn_tensor) b = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) all = TN_TENSOR_INIT;
    if (!m->bias)
        return 0; /* zeros, as declared */
    int r = ox_floats(imp, m->bias, &b);
    if (r == 0)
        r = tn_tensor_init(&all, TN_F32, &TN_SHAPE(l->out), imp->info);
    if (r != 0)
        return r;
    size_t n = tn_count(&b);
    size_t last = b.shape.rank ? b.shape.dim[b.shape.rank - 1] : 1;
    if (n != 1 && (n != l->out || last != n))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "the bias of a linear layer has %zu numbers for %zu "
                       "outputs",
                       n, l->out);
    for (size_t o = 0; o < l->out; o++)
        tn_f32(&all)[o] = m->beta * tn_f32(&b)[n == 1 ? 0 : o];
    return ox_fill_with(imp, l->layer, "bias", tn_f32(&all), l->out);
}

int ox_linear(ox_importer *imp, const ox_matrix *m, nn_value *ret)
{
    linear l = {.in = 0};
    int r = check_sizes(imp, m, &l);
    if (r == 0)
        r = ox_afford(imp, l.out); /* the bias, where there is none */
    if (r == 0)
        r = ox_layer_name(imp, m->weight, m->bias, l.layer);
    if (r != 0)
        return r;
    *ret = add_layer(imp, m, &l);
    if (ret->id < 0)
        return 0; /* the graph keeps the mistake */
    r = fill_weight(imp, m, &l);
    return r != 0 ? r : fill_bias(imp, m, &l);
}

int ox_lower_gemm(ox_importer *imp)
{
    ox_matrix m = {.alpha = (float)ox_float(imp, "alpha", 1),
                   .beta = (float)ox_float(imp, "beta", 1)};
    int64_t turn_a = 0;
    int64_t turn_b = 0;
    nn_value at = {-1};
    int r = ox_int(imp, "transA", 0, 0, 0, &turn_a);
    if (r == 0)
        r = ox_int(imp, "transB", 0, 0, 1, &turn_b);
    if (r == 0)
        r = ox_ready_input(imp, 0, false, &m.x);
    if (r == 0)
        r = ox_constant(imp, 1, &m.weight);
    if (r == 0)
        r = ox_optional(imp, 2, &m.bias);
    if (r != 0)
        return r;
    m.transposed = turn_b != 0;
    r = ox_linear(imp, &m, &at);
    return r != 0 ? r : ox_define_layer(imp, at, NULL, 2);
}

/* The bias may come with an Add behind. */
int ox_lower_matmul(ox_importer *imp)
{
    ox_value *x = NULL;
    ox_value *w = NULL;
    int r = ox_input(imp, 1, &w);
    if (r == 0 && w->form != OX_CONSTANT)
        return ox_matmul_values(imp);
    if (r == 0)
        r = ox_ready_input(imp, 0, false, &x);
    if (r != 0)
        return r;
    const ox_matrix m = {.x = x, .weight = w};
    linear l;
    r = check_sizes(imp, &m, &l);
    if (r != 0)
        return r;
    ox_value v = {.form = OX_PRODUCT,
                  .at = x->at,
                  .shape = TN_SHAPE(x->shape.dim[0], l.out),
                  .gain = w};
    return ox_define(imp, &v);
}
