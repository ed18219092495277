/* Constants, and the arithmetic of shapes that exporters leave in a graph: all
 * shapes are known here, so their results are constants, too. */
#include "onnx/format.h"
#include "onnx/import_impl.h"
#include "onnx/tensor_read.h"

/* At most so many extents are reckoned with at a time. */
#define INTS_MAX ((size_t)64)

static int tensor_constant(ox_importer *imp, const ox_attribute *a)
{
    ox_value v = {.form = OX_CONSTANT};
    cs_str ignored;
    int r = ox_tensor_parse(imp->model->file, a->text, &ignored, &v.constant,
                            imp->info);
    v.shape = v.constant.shape;
    if (r == 0)
        r = ox_define(imp, &v);
    tn_tensor_done(&v.constant);
    return r;
}

static int float_constant(ox_importer *imp, float number)
{
    ox_value v = {.form = OX_CONSTANT};
    int r = tn_tensor_init(&v.constant, TN_F32, &v.shape, imp->info);
    if (r != 0)
        return r;
    tn_f32(&v.constant)[0] = number;
    r = ox_define(imp, &v);
    tn_tensor_done(&v.constant);
    return r;
}

int ox_lower_constant(ox_importer *imp)
{
    const ox_node *n = imp->node;
    const ox_attribute *a = n->n_attributes == 1 ? n->attributes : NULL;
    if (a && cs_str_is(a->name, "value") && a->has_tensor)
        return tensor_constant(imp, a);
    if (a && cs_str_is(a->name, "value_float") && a->has_float)
        return float_constant(imp, a->number);
    if (a && cs_str_is(a->name, "value_int") && a->has_int)
        return ox_define_ints(imp, &a->integer, 1, true);
    if (a && cs_str_is(a->name, "value_ints"))
        return ox_define_ints(imp, a->ints, a->n_ints, false);
    return cs_fail(imp->info, CS_E_UNSUPPORTED,
                   "this kind of constant is not supported");
}

int ox_lower_shape(ox_importer *imp)
{
    ox_value *x = NULL;
    int64_t dims[TN_RANK_MAX];
    int r = ox_input(imp, 0, &x);
    if (r != 0)
        return r;
    if (ox_find_attribute(imp->node, "start") ||
        ox_find_attribute(imp->node, "end"))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a part of a shape is not supported");
    for (unsigned i = 0; i < x->shape.rank; i++)
        dims[i] = (int64_t)x->shape.dim[i];
    return ox_define_ints(imp, dims, x->shape.rank, false);
}

/* Input i: a list of at most INTS_MAX. */
static int read_ints(ox_importer *imp, size_t i, int64_t *ret, size_t *n,
                     unsigned *rank)
{
    const ox_value *c = NULL;
    int r = ox_constant(imp, i, &c);
    if (r == 0)
        r = ox_ints(imp, c, ret, INTS_MAX, n);
    if (r == 0)
        *rank = c->constant.shape.rank;
    return r;
}

/* Of a list. */
static int gather_ints(ox_importer *imp)
{
    int64_t from[INTS_MAX];
    int64_t at[INTS_MAX];
    size_t n = 0;
    size_t count = 0;
    unsigned rank = 0;
    unsigned ignored = 0;
    int r = read_ints(imp, 0, from, &n, &ignored);
    if (r == 0)
        r = read_ints(imp, 1, at, &count, &rank);
    for (size_t i = 0; r == 0 && i < count; i++) {
        int64_t k = at[i] < 0 ? at[i] + (int64_t)n : at[i];
        if (k < 0 || k >= (int64_t)n)
            return cs_fail(imp->info, CS_E_FORMAT,
                           "there is no entry %lld among %zu", (long long)at[i],
                           n);
        at[i] = from[k];
    }
    return r != 0 ? r : ox_define_ints(imp, at, count, rank == 0);
}

int ox_lower_gather(ox_importer *imp)
{
    const ox_value *table = NULL;
    ox_value *at = NULL;
    int r = ox_constant(imp, 0, &table);
    if (r == 0)
        r = ox_input(imp, 1, &at);
    if (r != 0)
        return r;
    return at->form == OX_CONSTANT ? gather_ints(imp)
                                   : ox_gather_rows(imp, table);
}

static int no_slice(ox_importer *imp)
{
    return cs_fail(imp->info, CS_E_UNSUPPORTED,
                   "a constant is sliced along one axis only, in steps of 1");
}

/* Of a list: starts and ends are inputs, or attributes before opset 10. */
static int slice_ints(ox_importer *imp)
{
    int64_t from[INTS_MAX];
    int64_t ends[2][INTS_MAX];
    int64_t step[INTS_MAX] = {1};
    size_t n = 0;
    size_t counts[3] = {0, 0, 1};
    unsigned rank = 0;
    int r = read_ints(imp, 0, from, &n, &rank);
    if (r == 0)
        r = ox_ints_of(imp, "starts", 1, ends[0], INTS_MAX, &counts[0]);
    if (r == 0)
        r = ox_ints_of(imp, "ends", 2, ends[1], INTS_MAX, &counts[1]);
    if (r == 0 && ox_has_input(imp, 4))
        r = read_ints(imp, 4, step, &counts[2], &rank);
    if (r != 0)
        return r;
    if (counts[0] != 1 || counts[1] != 1 || counts[2] != 1 || step[0] != 1)
        return no_slice(imp);
    size_t begin = ox_bound(ends[0][0], n);
    size_t end = ox_bound(ends[1][0], n);
    return ox_define_ints(imp, from + begin, end > begin ? end - begin : 0,
                          false);
}

int ox_lower_slice(ox_importer *imp)
{
    ox_value *x = NULL;
    int r = ox_input(imp, 0, &x);
    if (r != 0)
        return r;
    return x->form == OX_CONSTANT ? slice_ints(imp) : ox_slice_layer(imp, x);
}

static bool cast_to(int64_t type, tn_dtype *ret)
{
    *ret = type == OX_F32 ? TN_F32 : TN_I64;
    return type == OX_F32 || type == OX_I64 || type == OX_I32;
}

static int whole(ox_importer *imp)
{
    ox_value *x = NULL;
    int r = ox_ready_input(imp, 0, false, &x);
    if (r != 0)
        return r;
    ox_value v = {.form = OX_WHOLE, .at = x->at, .shape = x->shape};
    return ox_define(imp, &v);
}

/* Of constants; of anything else to what it is, or for an embedding. */
int ox_lower_cast(ox_importer *imp)
{
    ox_value *x = NULL;
    int64_t to = 0;
    tn_dtype dtype = TN_F32;
    int r = ox_input(imp, 0, &x);
    if (r == 0)
        r = ox_int(imp, "to", 0, INT32_MIN, INT32_MAX, &to);
    if (r != 0)
        return r;
    bool known = cast_to(to, &dtype);
    if (known && x->form != OX_CONSTANT && dtype == TN_F32)
        return ox_lower_same(imp);
    if (known && x->form != OX_CONSTANT)
        return whole(imp);
    if (!known || x->form != OX_CONSTANT)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a conversion to the element type %lld of ONNX is not "
                       "supported",
                       (long long)to);
    ox_value v = {.form = OX_CONSTANT, .shape = x->shape, .name = x->name};
    r = ox_afford(imp, tn_count(&x->constant));
    if (r == 0)
        r = tn_copy(&x->constant, dtype, &v.constant, imp->info);
    if (r == 0)
        r = ox_define(imp, &v);
    tn_tensor_done(&v.constant);
    return r;
}
