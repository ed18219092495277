#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "onnx/import_impl.h"
#include "tensor/kernels/arith.h"

/* Numbers that may come on top of twice what the file can hold: parameters
 * that exporters leave out, layers that use the same weights. A short file can
 * then not ask for much memory. */
#define COPIED_MAX ((size_t)16 << 20)

/* --- names --- */

/* What a name stands for. Nodes that share their weights share the layer. */
typedef struct standing {
    const void *weight, *bias;
    cs_str op;
} standing;

static standing identity(const ox_importer *imp, const ox_value *weight,
                         const ox_value *bias)
{
    return (standing){weight ? tn_data(&weight->constant) : NULL,
                      bias ? tn_data(&bias->constant) : NULL, imp->node->op};
}

static bool shareable(const standing *a, const standing *b)
{
    return a->weight && a->weight == b->weight && a->bias == b->bias &&
           cs_str_eq(a->op, b->op) &&
           (cs_str_is(a->op, "Conv") || cs_str_is(a->op, "ConvTranspose"));
}

static bool usable_name(cs_str s)
{
    return s.len > 0 && s.len < OX_LAYER_MAX - 24 &&
           cs_utf8_valid(s.data, s.len) && !memchr(s.data, '\0', s.len);
}

/* "enc1.0" of "enc1.0.weight"; otherwise the node's own name. */
static cs_str wish(const ox_importer *imp, const ox_value *weight)
{
    static const char *const endings[] = {".weight", ".bias"};
    cs_str s = weight ? weight->name : CS_STR("");
    for (size_t i = 0; i < CS_COUNTOF(endings); i++) {
        cs_str end = cs_str_of(endings[i]);
        if (s.len > end.len && cs_str_ends_with(s, end))
            return cs_str_sub(s, 0, s.len - end.len);
    }
    return imp->node->name;
}

static int claim(ox_importer *imp, const char *name, const standing *what)
{
    standing *mine = cs_memdup(what, sizeof(*what));
    if (!mine)
        return cs_fail_nomem(imp->info);
    if (cs_vec_push(&imp->owned, mine) < 0) {
        cs_free(mine);
        return cs_fail_nomem(imp->info);
    }
    return cs_map_put(&imp->layers, cs_str_of(name), mine, NULL) < 0
               ? cs_fail_nomem(imp->info)
               : 0;
}

int ox_layer_name(ox_importer *imp, const ox_value *weight,
                  const ox_value *bias, char ret[OX_LAYER_MAX])
{
    const standing what = identity(imp, weight, bias);
    cs_str base = wish(imp, weight);
    if (usable_name(base))
        snprintf(ret, OX_LAYER_MAX, "%.*s", CS_STR_ARG(base));
    else
        snprintf(ret, OX_LAYER_MAX, "node%zu", imp->index);
    const standing *other = cs_map_get(&imp->layers, cs_str_of(ret));
    if (other && shareable(other, &what))
        return 0;
    size_t used = strlen(ret);
    for (size_t i = 0; cs_map_find(&imp->layers, cs_str_of(ret)); i++)
        snprintf(ret + used, OX_LAYER_MAX - used, "_%zu_%zu", imp->index, i);
    return claim(imp, ret, &what);
}

/* --- values --- */

int ox_afford(ox_importer *imp, size_t n)
{
    size_t limit = COPIED_MAX + 2 * tn_buffer_size(imp->model->file);
    if (n > limit - imp->copied)
        return cs_fail(imp->info, CS_E_LIMIT,
                       "the model needs too many numbers that its file does "
                       "not hold");
    imp->copied += n;
    return 0;
}

int ox_floats(ox_importer *imp, const ox_value *v, tn_tensor *ret)
{
    return tn_copy(&v->constant, TN_F32, ret, imp->info);
}

int ox_all_are(ox_importer *imp, const ox_value *v, float what, bool *ret)
{
    CS_SCOPED(tn_tensor) f = TN_TENSOR_INIT;
    int r = ox_floats(imp, v, &f);
    if (r != 0)
        return r;
    *ret = true;
    for (size_t i = 0; i < tn_count(&f); i++)
        *ret = *ret && tn_f32(&f)[i] == what;
    return 0;
}

static int fill(ox_importer *imp, const char *name, const float *from, size_t n)
{
    nn_param *p = nn_params_find(imp->params, name);
    if (!p)
        return cs_fail(imp->info, CS_E_FORMAT, "there is no parameter '%s'",
                       name);
    if (tn_count(&p->value) != n)
        return cs_fail(imp->info, CS_E_FORMAT,
                       "the parameter '%s' takes %zu numbers, the model has "
                       "%zu",
                       name, tn_count(&p->value), n);
    int r = ox_afford(imp, n);
    if (r != 0)
        return r;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(from[i]))
            return cs_fail(imp->info, CS_E_FORMAT,
                           "the parameter '%s' has NaN or infinity", name);
    memcpy(tn_f32(&p->value), from, n * sizeof(*from));
    return 0;
}

int ox_fill_with(ox_importer *imp, const char *layer, const char *what,
                 const float *from, size_t n)
{
    char name[OX_LAYER_MAX + 32];
    snprintf(name, sizeof(name), "%s.%s", layer, what);
    return fill(imp, name, from, n);
}

int ox_fill(ox_importer *imp, const char *layer, const char *what,
            const ox_value *from)
{
    CS_SCOPED(tn_tensor) f = TN_TENSOR_INIT;
    int r = ox_floats(imp, from, &f);
    return r != 0 ? r
                  : ox_fill_with(imp, layer, what, tn_f32(&f), tn_count(&f));
}

/* --- learned values --- */

/* The constant's extents, with ones ahead up to the axes of x. */
static bool extents_beside(const ox_value *x, const ox_value *c, tk_dims *ret)
{
    const tn_shape *s = &c->constant.shape;
    tn_shape wide = {.rank = x->shape.rank};
    if (s->rank > wide.rank)
        return false;
    unsigned ahead = wide.rank - s->rank;
    for (unsigned i = 0; i < wide.rank; i++)
        wide.dim[i] = i < ahead ? 1 : s->dim[i - ahead];
    return ox_dims_of(&wide, ret);
}

bool ox_repeats(const ox_importer *imp, const ox_value *x, const ox_value *c)
{
    tk_dims d;
    tk_dims both;
    return tn_dtype_is_float(c->constant.dtype) && ox_is_plain(imp, x) &&
           extents_beside(x, c, &d) &&
           tk_broadcast(ox_dims_at(imp, x->at), &d, &both, NULL) == 0;
}

/* A name that no parameter has. */
static void free_name(const ox_importer *imp, const ox_value *c,
                      char ret[OX_LAYER_MAX])
{
    cs_str base = usable_name(c->name) ? c->name : imp->node->name;
    if (usable_name(base))
        snprintf(ret, OX_LAYER_MAX, "%.*s", CS_STR_ARG(base));
    else
        snprintf(ret, OX_LAYER_MAX, "node%zu", imp->index);
    size_t used = strlen(ret);
    for (size_t i = 0; nn_params_find(imp->params, ret); i++)
        snprintf(ret + used, OX_LAYER_MAX - used, "_%zu_%zu", imp->index, i);
}

int ox_learned(ox_importer *imp, const ox_value *x, const ox_value *c,
               nn_role role, nn_value *ret)
{
    CS_SCOPED(tn_tensor) f = TN_TENSOR_INIT;
    char name[OX_LAYER_MAX];
    char left[TN_SHAPE_TEXT_MAX];
    char right[TN_SHAPE_TEXT_MAX];
    tk_dims d;
    if (!ox_repeats(imp, x, c) || !extents_beside(x, c, &d))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "%s and %s are not supported together",
                       tn_shape_text(&c->constant.shape, left),
                       tn_shape_text(&x->shape, right));
    int r = ox_floats(imp, c, &f);
    if (r != 0)
        return r;
    free_name(imp, c, name);
    ox_set_rank(imp, x);
    *ret = nn_parameter(imp->graph, name, role, &d);
    r = ox_check_layer(imp, *ret);
    return r != 0 ? r : fill(imp, name, tn_f32(&f), tn_count(&f));
}
