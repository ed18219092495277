/* Sums and products of two values, and of a value and constants. */
#include <math.h>

#include "onnx/import_impl.h"

#define SQRT_HALF 0.70710678118654752

static bool about(float a, double b)
{
    return fabs((double)a - b) < 1e-5;
}

/* A constant that has one number for each channel, once repeated to x. */
bool ox_by_channel(const ox_value *x, const ox_value *c)
{
    const tn_shape *s = &c->constant.shape;
    if (s->rank > x->shape.rank || x->shape.rank < 2)
        return false;
    for (unsigned i = 0; i < s->rank; i++) {
        unsigned axis = x->shape.rank - s->rank + i;
        if (s->dim[i] != (axis == 1 ? x->shape.dim[1] : 1))
            return false;
    }
    return true;
}

/* One number, or one for each channel, as one for each channel. */
static int spread(ox_importer *imp, const ox_value *x, const ox_value *c,
                  float *ret, size_t n)
{
    CS_SCOPED(tn_tensor) f = TN_TENSOR_INIT;
    char left[TN_SHAPE_TEXT_MAX];
    char right[TN_SHAPE_TEXT_MAX];
    size_t have = tn_count(&c->constant);
    if (have != 1 && (!ox_by_channel(x, c) || !ox_is_plain(imp, x)))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a constant %s beside %s is not supported; it may have "
                       "one number, or one for each channel",
                       tn_shape_text(&c->constant.shape, right),
                       tn_shape_text(&x->shape, left));
    int r = ox_floats(imp, c, &f);
    for (size_t i = 0; r == 0 && i < n; i++)
        ret[i] = tn_f32(&f)[have == 1 ? 0 : i];
    return r;
}

typedef struct affine {
    char layer[OX_LAYER_MAX];
    float *gain, *shift;
    size_t channels;
} affine;

static int affine_numbers(ox_importer *imp, const ox_value *x,
                          const ox_value *gain, const ox_value *shift,
                          affine *a)
{
    for (size_t i = 0; i < a->channels; i++)
        a->gain[i] = 1;
    int r = gain ? spread(imp, x, gain, a->gain, a->channels) : 0;
    return r != 0 || !shift ? r : spread(imp, x, shift, a->shift, a->channels);
}

static int affine_layer(ox_importer *imp, const ox_value *x, const affine *a)
{
    ox_set_rank(imp, x);
    nn_value at =
        nn_conv(imp->graph, a->layer, x->at,
                &(nn_conv_spec){.out = a->channels, .groups = a->channels});
    int r = at.id < 0
                ? 0
                : ox_fill_with(imp, a->layer, "weight", a->gain, a->channels);
    if (r == 0 && at.id >= 0)
        r = ox_fill_with(imp, a->layer, "bias", a->shift, a->channels);
    return r != 0 ? r : ox_define_layer(imp, at, &x->shape, 0);
}

/* A convolution of one tap and one channel does it. */
int ox_affine(ox_importer *imp, ox_value *x, const ox_value *gain,
              const ox_value *shift, bool negate, bool divide)
{
    affine a = {.channels = 0};
    int r = ox_ready(imp, x);
    if (r != 0)
        return r;
    a.channels = ox_dims_at(imp, x->at)->c;
    r = ox_afford(imp, 2 * a.channels);
    if (r == 0)
        r = ox_layer_name(imp, NULL, NULL, a.layer);
    if (r != 0)
        return r;
    CS_AUTO_MEM float *numbers = cs_calloc(2 * a.channels, sizeof(*numbers));
    if (!numbers)
        return cs_fail_nomem(imp->info);
    a.gain = numbers;
    a.shift = numbers + a.channels;
    r = affine_numbers(imp, x, gain, shift, &a);
    for (size_t i = 0; r == 0 && i < a.channels; i++) {
        a.shift[i] = negate ? -a.shift[i] : a.shift[i];
        a.gain[i] = divide ? 1 / a.gain[i] : a.gain[i];
    }
    return r != 0 ? r : affine_layer(imp, x, &a);
}

/* The two inputs; where one is a constant, it comes second. */
static int ordered(ox_importer *imp, ox_value *ret[2], bool *swapped)
{
    int r = ox_input(imp, 0, &ret[0]);
    if (r == 0)
        r = ox_input(imp, 1, &ret[1]);
    if (r != 0)
        return r;
    if (ret[0]->form == OX_CONSTANT) {
        ox_value *first = ret[0];
        ret[0] = ret[1];
        ret[1] = first;
        *swapped = true;
    }
    if (ret[0]->form == OX_CONSTANT)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "arithmetic of constants is not supported; export the "
                       "model with constant folding");
    return 0;
}

static int operands(ox_importer *imp, ox_value *ret[2])
{
    bool ignored = false;
    return ordered(imp, ret, &ignored);
}

static int waiting(ox_importer *imp, const ox_value *x, ox_form form)
{
    ox_value v = *x;
    v.form = form;
    return ox_define(imp, &v);
}

typedef nn_value pair_layer(nn_graph *, nn_value, nn_value);

/* Elements of both are in the same order, one for one. */
static bool alike(const ox_importer *imp, const ox_value *a, const ox_value *b)
{
    const tk_dims *x = ox_dims_at(imp, a->at);
    const tk_dims *y = ox_dims_at(imp, b->at);
    return tn_shape_equal(&a->shape, &b->shape) && x->n == y->n &&
           x->c == y->c && x->d == y->d && x->h == y->h && x->w == y->w;
}

/* Extents of 1 are repeated where both have the same axes, and so do their
 * layers. */
static bool may_repeat(const ox_importer *imp, const ox_value *a,
                       const ox_value *b)
{
    return ox_is_plain(imp, a) && ox_is_plain(imp, b) &&
           a->shape.rank == b->shape.rank;
}

static int join(ox_importer *imp, ox_value *v[2], pair_layer *layer)
{
    char text[2][TN_SHAPE_TEXT_MAX];
    int r = ox_ready(imp, v[0]);
    if (r == 0)
        r = ox_ready(imp, v[1]);
    if (r != 0)
        return r;
    bool same = alike(imp, v[0], v[1]);
    if (!same && !may_repeat(imp, v[0], v[1]))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "%s and %s are not supported together",
                       tn_shape_text(&v[0]->shape, text[0]),
                       tn_shape_text(&v[1]->shape, text[1]));
    return ox_define_layer(imp, layer(imp->graph, v[0]->at, v[1]->at),
                           same ? &v[0]->shape : NULL, v[0]->shape.rank);
}

/* A constant that is more than one number for each channel, of which no
 * waiting form makes use. */
static bool beside(const ox_importer *imp, const ox_value *x, const ox_value *c)
{
    return x->at.id >= 0 && tn_count(&c->constant) != 1 &&
           !ox_by_channel(x, c) && ox_repeats(imp, x, c);
}

/* x, then the constant as a learned value. */
static int with_learned(ox_importer *imp, ox_value *x, const ox_value *c,
                        nn_role role, pair_layer *layer)
{
    nn_value at = {-1};
    int r = ox_ready(imp, x);
    if (r == 0)
        r = ox_learned(imp, x, c, role, &at);
    return r != 0 ? r
                  : ox_define_layer(imp, layer(imp->graph, x->at, at), NULL,
                                    x->shape.rank);
}

/* --- sums --- */

static int add_constant(ox_importer *imp, ox_value *x, const ox_value *c)
{
    float number = 0;
    bool one = ox_scalar(c, &number);
    if (x->form == OX_ERF && one && number == 1)
        return waiting(imp, x, OX_ERF_AND_ONE);
    if (beside(imp, x, c))
        return with_learned(imp, x, c, NN_SHIFT, nn_add);
    ox_value v = *x;
    v.form = OX_READY;
    v.shift = c;
    bool normed = x->form == OX_NORMED && !x->shift && ox_is_plain(imp, x) &&
                  ox_by_channel(x, c);
    if (!normed && (x->form != OX_PRODUCT || x->shift || !ox_by_channel(x, c)))
        return ox_affine(imp, x, NULL, c, false, false);
    v.form = x->form;
    return ox_define(imp, &v);
}

static int lower_sum(ox_importer *imp, ox_value *v[2])
{
    for (int i = 0; i < 2; i++)
        if (v[i]->form == OX_SCORES && v[!i]->form == OX_CAUSAL)
            return ox_masked(imp, v[i], v[!i]);
    return join(imp, v, nn_add);
}

int ox_lower_add(ox_importer *imp)
{
    ox_value *v[2];
    int r = operands(imp, v);
    if (r != 0)
        return r;
    return v[1]->form == OX_CONSTANT ? add_constant(imp, v[0], v[1])
                                     : lower_sum(imp, v);
}

/* A constant less a value. */
static int from_constant(ox_importer *imp, const ox_value *c, ox_value *x)
{
    nn_value at = {-1};
    int r = ox_ready(imp, x);
    if (r == 0)
        r = ox_learned(imp, x, c, NN_SHIFT, &at);
    return r != 0 ? r
                  : ox_define_layer(imp, nn_subtract(imp->graph, at, x->at),
                                    NULL, x->shape.rank);
}

int ox_lower_sub(ox_importer *imp)
{
    ox_value *v[2];
    bool swapped = false;
    int r = ordered(imp, v, &swapped);
    if (r != 0)
        return r;
    if (v[1]->form != OX_CONSTANT)
        return join(imp, v, nn_subtract);
    if (swapped)
        return from_constant(imp, v[1], v[0]);
    if (beside(imp, v[0], v[1]))
        return with_learned(imp, v[0], v[1], NN_SHIFT, nn_subtract);
    return ox_affine(imp, v[0], NULL, v[1], true, false);
}

/* --- products --- */

static int scale(ox_importer *imp, ox_value *x, float factor)
{
    if (x->form == OX_GELU_TWICE && factor == 0.5F)
        return ox_define_layer(
            imp,
            nn_activation(imp->graph, (tk_activation){.kind = TK_GELU}, x->at),
            &x->shape, 0);
    if (x->form == OX_SCORES && !x->causal) {
        ox_value scores = *x;
        scores.factor *= factor;
        return ox_define(imp, &scores);
    }
    int r = ox_ready(imp, x);
    if (r != 0)
        return r;
    ox_value v = {
        .form = OX_SCALED, .at = x->at, .shape = x->shape, .factor = factor};
    return ox_define(imp, &v);
}

static int multiply_constant(ox_importer *imp, ox_value *x, const ox_value *c)
{
    float number = 0;
    bool normed = x->form == OX_NORMED && !x->gain && !x->shift &&
                  ox_is_plain(imp, x) && ox_by_channel(x, c);
    if (normed) {
        ox_value v = *x;
        v.gain = c;
        return ox_define(imp, &v);
    }
    if (ox_scalar(c, &number))
        return scale(imp, x, number);
    if (beside(imp, x, c))
        return with_learned(imp, x, c, NN_GAIN, nn_multiply);
    return ox_affine(imp, x, c, NULL, false, false);
}

static bool same_shape(const ox_value *a, const ox_value *b)
{
    return a->at.id == b->at.id && tn_shape_equal(&a->shape, &b->shape);
}

/* What `x * y` is where y is a function of x. True when it was one. */
static bool self_product(ox_importer *imp, const ox_value *x, const ox_value *y,
                         int *ret)
{
    tk_activation f = {.kind = TK_SILU};
    bool gelu = y->form == OX_ERF_AND_ONE && about(y->factor, SQRT_HALF);
    bool half = x->form == OX_SCALED && x->factor == 0.5F;
    if (!same_shape(x, y))
        return false;
    if (x->form == OX_READY && gelu) {
        *ret = waiting(imp, y, OX_GELU_TWICE);
        return true;
    }
    if (half && gelu)
        f.kind = TK_GELU;
    else if (x->form == OX_READY && y->form == OX_HARD_SIGMOID)
        f.kind = TK_HARD_SWISH;
    else if (x->form != OX_READY || y->form != OX_SIGMOID)
        return false;
    *ret =
        ox_define_layer(imp, nn_activation(imp->graph, f, x->at), &x->shape, 0);
    return true;
}

int ox_lower_mul(ox_importer *imp)
{
    ox_value *v[2];
    int done = 0;
    int r = operands(imp, v);
    if (r != 0)
        return r;
    if (v[1]->form == OX_CONSTANT)
        return multiply_constant(imp, v[0], v[1]);
    if (self_product(imp, v[0], v[1], &done) ||
        self_product(imp, v[1], v[0], &done))
        return done;
    return join(imp, v, nn_multiply);
}

int ox_lower_div(ox_importer *imp)
{
    ox_value *x = NULL;
    const ox_value *c = NULL;
    float number = 0;
    int r = ox_input(imp, 0, &x);
    if (r == 0)
        r = ox_constant(imp, 1, &c);
    if (r != 0)
        return r;
    if (x->form == OX_CONSTANT)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "arithmetic of constants is not supported; export the "
                       "model with constant folding");
    if (ox_scalar(c, &number) && number != 0)
        return scale(imp, x, 1 / number);
    return ox_affine(imp, x, c, NULL, false, true);
}
