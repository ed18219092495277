/* Layers of transformers as our writer has them: rows of channels, embeddings,
 * and attention, which is put together from seven operators. */
#include <math.h>

#include "onnx/import_impl.h"

static int waiting(ox_importer *imp, const ox_value *x, ox_form form,
                   const tn_shape *shape)
{
    ox_value v = *x;
    v.form = form;
    v.shape = *shape;
    return ox_define(imp, &v);
}

/* --- rows --- */

/* The order is 0, 2, 3, …, 1, or its reverse 0, last, 1, 2, …. */
static bool is_order(const unsigned *order, unsigned rank, bool back)
{
    bool same = order[0] == 0;
    for (unsigned i = 1; i < rank; i++) {
        unsigned there = i + 1 < rank ? i + 1 : 1;
        unsigned home = i > 1 ? i - 1 : rank - 1;
        same = same && order[i] == (back ? home : there);
    }
    return same;
}

/* [n, c, …], the rest being voxels in their order. */
static bool is_image(const ox_importer *imp, const ox_value *x)
{
    const tk_dims *d = ox_dims_at(imp, x->at);
    return x->shape.rank > 2 && x->shape.dim[0] == d->n &&
           x->shape.dim[1] == d->c;
}

int ox_rows(ox_importer *imp, const ox_value *x, const unsigned *order,
            bool *done)
{
    unsigned rank = x->shape.rank;
    bool back = x->form == OX_ROWS;
    tn_shape shape = {.rank = rank};
    *done = (back || (x->form == OX_READY && is_image(imp, x))) &&
            is_order(order, rank, back);
    if (!*done)
        return 0;
    for (unsigned i = 0; i < rank; i++)
        shape.dim[i] = x->shape.dim[order[i]];
    return waiting(imp, x, back ? OX_READY : OX_ROWS, &shape);
}

/* Numbers of rows, then the table's rows behind them. */
int ox_gather_rows(ox_importer *imp, const ox_value *table)
{
    ox_value *ids = NULL;
    char layer[OX_LAYER_MAX];
    const tn_shape *t = &table->constant.shape;
    char text[TN_SHAPE_TEXT_MAX];
    int64_t axis = 0;
    int r = ox_input(imp, 1, &ids);
    if (r == 0)
        r = ox_int(imp, "axis", 0, 0, 0, &axis);
    if (r != 0)
        return r;
    if (ids->form != OX_WHOLE || t->rank != 2 ||
        ids->shape.rank + 1 > TN_RANK_MAX || ids->shape.rank == 0 ||
        ids->shape.dim[0] != ox_dims_at(imp, ids->at)->n)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "rows of %s by computed numbers are supported as an "
                       "embedding only",
                       tn_shape_text(t, text));
    r = ox_layer_name(imp, table, NULL, layer);
    if (r != 0)
        return r;
    ox_value v = {.form = OX_ROWS, .shape = ids->shape};
    v.shape.dim[v.shape.rank++] = t->dim[1];
    v.at = nn_embedding(imp->graph, layer, ids->at, t->dim[0], t->dim[1]);
    r = ox_check_layer(imp, v.at);
    if (r == 0)
        r = ox_fill(imp, layer, "weight", table);
    return r != 0 ? r : ox_define(imp, &v);
}

/* --- attention --- */

/* [n, heads, …] with the channels of a head along one axis and tokens along
 * the other. */
static bool has_heads(const ox_importer *imp, const ox_value *x,
                      unsigned channels)
{
    const tn_shape *s = &x->shape;
    if (s->rank != 4)
        return false;
    const tk_dims *d = ox_dims_at(imp, x->at);
    return s->dim[0] == d->n && s->dim[5 - channels] == tk_voxels(d) &&
           s->dim[1] * s->dim[channels] == d->c;
}

/* Tokens before channels: turned, or with nothing to turn. */
static bool is_turned(const ox_importer *imp, const ox_value *x)
{
    if (x->form == OX_HEADS)
        return true;
    return x->form == OX_READY && has_heads(imp, x, 3) &&
           (x->shape.dim[2] == 1 || x->shape.dim[3] == 1);
}

int ox_heads(ox_importer *imp, const ox_value *x, const unsigned *order,
             bool *done)
{
    static const unsigned turned[] = {0, 1, 3, 2};
    tn_shape shape = x->shape;
    bool back = x->form == OX_HEADS;
    *done = x->shape.rank == 4 && memcmp(order, turned, sizeof(turned)) == 0 &&
            (back || (x->form == OX_READY && has_heads(imp, x, 2)));
    if (!*done)
        return 0;
    shape.dim[2] = x->shape.dim[3];
    shape.dim[3] = x->shape.dim[2];
    return waiting(imp, x, back ? OX_READY : OX_HEADS, &shape);
}

static int no_attention(ox_importer *imp, const ox_value *a, const ox_value *b)
{
    char left[TN_SHAPE_TEXT_MAX];
    char right[TN_SHAPE_TEXT_MAX];
    return cs_fail(imp->info, CS_E_UNSUPPORTED,
                   "a product of %s and %s, both computed, is supported as a "
                   "part of attention only",
                   tn_shape_text(&a->shape, left),
                   tn_shape_text(&b->shape, right));
}

/* Queries and keys, of the same samples, heads and channels. */
static int scores(ox_importer *imp, const ox_value *q, const ox_value *k)
{
    if (k->form != OX_READY || !is_turned(imp, q) || !has_heads(imp, k, 2) ||
        q->shape.dim[0] != k->shape.dim[0] ||
        q->shape.dim[1] != k->shape.dim[1] ||
        q->shape.dim[3] != k->shape.dim[2])
        return no_attention(imp, q, k);
    ox_value v = {.form = OX_SCORES,
                  .at = q->at,
                  .keys = k->at,
                  .shape = q->shape,
                  .factor = 1};
    v.shape.dim[3] = k->shape.dim[3];
    return ox_define(imp, &v);
}

/* All of it: the weights of values. */
static int attention(ox_importer *imp, const ox_value *w, const ox_value *v)
{
    const nn_attention_spec spec = {
        .heads = w->shape.dim[1], .scale = w->factor, .causal = w->causal};
    ox_value made = {.form = OX_HEADS, .shape = w->shape};
    if (!is_turned(imp, v) || w->shape.dim[1] != v->shape.dim[1] ||
        w->shape.dim[3] != v->shape.dim[2])
        return no_attention(imp, w, v);
    made.at = nn_attention(imp->graph, &spec, w->at, w->keys, v->at);
    int r = ox_check_layer(imp, made.at);
    made.shape.dim[3] = v->shape.dim[3];
    return r != 0 ? r : ox_define(imp, &made);
}

int ox_matmul_values(ox_importer *imp)
{
    ox_value *a = NULL;
    ox_value *b = NULL;
    int r = ox_input(imp, 0, &a);
    if (r == 0)
        r = ox_input(imp, 1, &b);
    if (r != 0)
        return r;
    return a->form == OX_WEIGHTS ? attention(imp, a, b) : scores(imp, a, b);
}

int ox_weights_of(ox_importer *imp, const ox_value *x)
{
    if (!(fabsf(x->factor) > 0 && isfinite(x->factor)))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "attention scaled by %g is not supported",
                       (double)x->factor);
    return waiting(imp, x, OX_WEIGHTS, &x->shape);
}

/* --- masks --- */

/* Of one number: what will be a mask, which takes no memory here. */
int ox_lower_expand(ox_importer *imp)
{
    const ox_value *c = NULL;
    const ox_value *to = NULL;
    int64_t dims[2];
    size_t n = 0;
    ox_value v = {.form = OX_FILLED, .at = {-1}, .shape = {.rank = 2}};
    int r = ox_constant(imp, 0, &c);
    if (r == 0)
        r = ox_constant(imp, 1, &to);
    if (r == 0)
        r = ox_ints(imp, to, dims, CS_COUNTOF(dims), &n);
    if (r != 0)
        return r;
    bool sane = n == 2 && dims[0] > 0 && dims[0] <= INT32_MAX && dims[1] > 0 &&
                dims[1] <= INT32_MAX;
    if (!sane || !ox_scalar(c, &v.factor))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "Expand and Trilu are supported as a mask of attention "
                       "only");
    v.shape.dim[0] = (size_t)dims[0];
    v.shape.dim[1] = (size_t)dims[1];
    return ox_define(imp, &v);
}

int ox_lower_trilu(ox_importer *imp)
{
    ox_value *x = NULL;
    const ox_value *k = NULL;
    int64_t above = 0;
    int64_t upper = 0;
    size_t n = 0;
    int r = ox_input(imp, 0, &x);
    if (r == 0)
        r = ox_optional(imp, 1, &k);
    if (r == 0 && k)
        r = ox_ints(imp, k, &above, 1, &n);
    if (r == 0)
        r = ox_int(imp, "upper", 1, 0, 1, &upper);
    if (r != 0)
        return r;
    bool never = x->form == OX_FILLED && isinf(x->factor) && x->factor < 0;
    if (!never || above != 1 || !upper)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "Expand and Trilu are supported as a mask of attention "
                       "only");
    return waiting(imp, x, OX_CAUSAL, &x->shape);
}

int ox_masked(ox_importer *imp, const ox_value *x, const ox_value *mask)
{
    if (x->shape.dim[2] != mask->shape.dim[0] ||
        x->shape.dim[3] != mask->shape.dim[1])
        return no_attention(imp, x, mask);
    ox_value v = *x;
    v.causal = true;
    return ox_define(imp, &v);
}
