/* New shapes for the same numbers in the same order, and concatenation. */
#include "base/checked.h"
#include "onnx/import_impl.h"

static int reshaped(ox_importer *imp, ox_value *x, const tn_shape *shape)
{
    char from[TN_SHAPE_TEXT_MAX];
    char to[TN_SHAPE_TEXT_MAX];
    if (tn_shape_count(shape) != tn_shape_count(&x->shape))
        return cs_fail(imp->info, CS_E_FORMAT, "%s cannot be reshaped to %s",
                       tn_shape_text(&x->shape, from),
                       tn_shape_text(shape, to));
    if (x->form == OX_CONSTANT)
        return ox_define_view(imp, x, shape);
    if (x->form != OX_NORMED && x->form != OX_WHOLE) {
        int r = ox_ready(imp, x);
        if (r != 0)
            return r;
    }
    ox_value v = *x;
    v.shape = *shape;
    return ox_define(imp, &v);
}

/* Fills in the one extent that is -1. */
static int infer_extent(ox_importer *imp, const ox_value *x, uint64_t *dims,
                        size_t n, size_t open)
{
    size_t known = 1;
    for (size_t i = 0; i < n; i++)
        if (i != open && !cs_mul_size(known, (size_t)dims[i], &known))
            known = 0;
    size_t count = tn_shape_count(&x->shape);
    if (known == 0 || count % known != 0)
        return cs_fail(imp->info, CS_E_FORMAT,
                       "the new shape does not suit %zu numbers", count);
    dims[open] = count / known;
    return 0;
}

static int target(ox_importer *imp, const ox_value *x, const int64_t *asked,
                  size_t n, tn_shape *ret)
{
    uint64_t dims[TN_RANK_MAX];
    size_t open = SIZE_MAX;
    int64_t zero = 0;
    int r = ox_int(imp, "allowzero", 0, 0, 1, &zero);
    for (size_t i = 0; r == 0 && i < n; i++) {
        bool copy = asked[i] == 0 && !zero;
        if (asked[i] < -1 || (copy && i >= x->shape.rank) ||
            (asked[i] == -1 && open != SIZE_MAX))
            return cs_fail(imp->info, CS_E_FORMAT,
                           "the new shape makes no sense");
        if (asked[i] == -1)
            open = i;
        dims[i] = copy ? x->shape.dim[i] : (uint64_t)asked[i];
    }
    if (r == 0 && open != SIZE_MAX)
        r = infer_extent(imp, x, dims, n, open);
    return r != 0 ? r : tn_shape_make(dims, n, ret, imp->info);
}

int ox_lower_reshape(ox_importer *imp)
{
    ox_value *x = NULL;
    const ox_value *c = NULL;
    int64_t asked[TN_RANK_MAX];
    size_t n = 0;
    tn_shape shape;
    int r = ox_input(imp, 0, &x);
    if (r == 0)
        r = ox_constant(imp, 1, &c);
    if (r == 0)
        r = ox_ints(imp, c, asked, TN_RANK_MAX, &n);
    if (r == 0)
        r = target(imp, x, asked, n, &shape);
    return r != 0 ? r : reshaped(imp, x, &shape);
}

int ox_lower_flatten(ox_importer *imp)
{
    ox_value *x = NULL;
    int64_t axis = 0;
    int r = ox_input(imp, 0, &x);
    if (r == 0)
        r = ox_int(imp, "axis", 1, -TN_RANK_MAX, TN_RANK_MAX, &axis);
    if (r != 0)
        return r;
    axis = axis < 0 ? axis + x->shape.rank : axis;
    if (axis < 0 || axis > x->shape.rank)
        return cs_fail(imp->info, CS_E_FORMAT, "there is no axis %lld among %u",
                       (long long)axis, x->shape.rank);
    tn_shape shape = {.rank = 2, .dim = {1, 1}};
    for (unsigned i = 0; i < x->shape.rank; i++)
        shape.dim[i >= (unsigned)axis] *= x->shape.dim[i];
    return reshaped(imp, x, &shape);
}

/* --- axes of extent 1 --- */

int ox_read_axes(ox_importer *imp, unsigned rank, unsigned *ret)
{
    int64_t axes[TN_RANK_MAX];
    size_t n = 0;
    int r = ox_ints_of(imp, "axes", 1, axes, TN_RANK_MAX, &n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        unsigned axis = 0;
        r = ox_axis(imp, axes[i], rank, &axis);
        *ret |= 1U << axis;
    }
    return r;
}

int ox_lower_squeeze(ox_importer *imp)
{
    ox_value *x = NULL;
    unsigned axes = 0;
    tn_shape shape = {.rank = 0};
    int r = ox_input(imp, 0, &x);
    if (r == 0)
        r = ox_read_axes(imp, x->shape.rank, &axes);
    if (r != 0)
        return r;
    for (unsigned i = 0; i < x->shape.rank; i++) {
        bool drop = axes ? axes >> i & 1 : x->shape.dim[i] == 1;
        if (drop && x->shape.dim[i] != 1)
            return cs_fail(imp->info, CS_E_FORMAT,
                           "axis %u has %zu entries and cannot be dropped", i,
                           x->shape.dim[i]);
        if (!drop)
            shape.dim[shape.rank++] = x->shape.dim[i];
    }
    return reshaped(imp, x, &shape);
}

int ox_lower_unsqueeze(ox_importer *imp)
{
    ox_value *x = NULL;
    unsigned axes = 0;
    int r = ox_input(imp, 0, &x);
    int64_t list[TN_RANK_MAX];
    size_t n = 0;
    if (r == 0)
        r = ox_ints_of(imp, "axes", 1, list, TN_RANK_MAX, &n);
    if (r != 0)
        return r;
    if (x->shape.rank + n > TN_RANK_MAX)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "more than %d axes are not supported", TN_RANK_MAX);
    tn_shape shape = {.rank = x->shape.rank + (unsigned)n};
    r = ox_read_axes(imp, shape.rank, &axes);
    if (r != 0)
        return r;
    unsigned from = 0;
    for (unsigned i = 0; i < shape.rank; i++) {
        bool made = axes >> i & 1;
        if (!made && from == x->shape.rank)
            return cs_fail(imp->info, CS_E_FORMAT, "an axis is added twice");
        shape.dim[i] = made ? 1 : x->shape.dim[from++];
    }
    return reshaped(imp, x, &shape);
}

/* --- transposition --- */

static int transpose_constant(ox_importer *imp, const ox_value *x,
                              const unsigned *order)
{
    CS_SCOPED(tn_tensor) view = TN_TENSOR_INIT;
    ox_value v = {.form = OX_CONSTANT, .name = x->name};
    int r = ox_afford(imp, tn_count(&x->constant));
    if (r == 0)
        r = tn_view_permute(&x->constant, order, &view, imp->info);
    if (r == 0)
        r = tn_copy(&view, x->constant.dtype, &v.constant, imp->info);
    if (r != 0)
        return r;
    v.shape = v.constant.shape;
    r = ox_define(imp, &v);
    tn_tensor_done(&v.constant);
    return r;
}

static int read_order(ox_importer *imp, const ox_value *x, unsigned *ret)
{
    int64_t perm[TN_RANK_MAX];
    unsigned rank = x->shape.rank;
    unsigned seen = 0;
    int r = 0;
    if (ox_find_attribute(imp->node, "perm"))
        r = ox_list(imp, "perm", rank, 0, 0, rank - 1, perm);
    else
        for (unsigned i = 0; i < rank; i++)
            perm[i] = rank - 1 - i;
    for (unsigned i = 0; r == 0 && i < rank; i++) {
        ret[i] = (unsigned)perm[i];
        seen |= 1U << ret[i];
    }
    if (r == 0 && seen != (1U << rank) - 1)
        return cs_fail(imp->info, CS_E_FORMAT, "'perm' is no permutation");
    return r;
}

/* Whether numbers change places: axes of extent 1 may go anywhere. */
static bool moves(const tn_shape *s, const unsigned *order)
{
    unsigned last = 0;
    for (unsigned i = 0; i < s->rank; i++) {
        if (s->dim[order[i]] == 1)
            continue;
        if (order[i] < last)
            return true;
        last = order[i];
    }
    return false;
}

static int transpose_layer(ox_importer *imp, ox_value *x, const unsigned *order)
{
    tn_shape shape = {.rank = x->shape.rank};
    bool done = false;
    int r = x->form == OX_ROWS || x->form == OX_HEADS ? 0 : ox_ready(imp, x);
    if (r == 0)
        r = ox_rows(imp, x, order, &done);
    if (r == 0 && !done)
        r = ox_heads(imp, x, order, &done);
    if (r != 0 || done)
        return r;
    if (moves(&x->shape, order))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a transposition that moves numbers is not supported");
    for (unsigned i = 0; i < shape.rank; i++)
        shape.dim[i] = x->shape.dim[order[i]];
    return reshaped(imp, x, &shape);
}

/* Of constants; of channels behind voxels and back, of tokens before the
 * channels of a head and back; where numbers stay where they are. */
int ox_lower_transpose(ox_importer *imp)
{
    ox_value *x = NULL;
    unsigned order[TN_RANK_MAX] = {0};
    int r = ox_input(imp, 0, &x);
    if (r == 0)
        r = read_order(imp, x, order);
    if (r != 0)
        return r;
    return x->form == OX_CONSTANT ? transpose_constant(imp, x, order)
                                  : transpose_layer(imp, x, order);
}

/* --- concatenation --- */

static int concat_ints(ox_importer *imp)
{
    int64_t all[2 * TN_RANK_MAX];
    size_t used = 0;
    for (size_t i = 0; i < imp->node->n_inputs; i++) {
        const ox_value *c = NULL;
        size_t n = 0;
        int r = ox_constant(imp, i, &c);
        if (r == 0)
            r = ox_ints(imp, c, all + used, CS_COUNTOF(all) - used, &n);
        if (r != 0)
            return r;
        used += n;
    }
    return ox_define_ints(imp, all, used, false);
}

static int concat_layers(ox_importer *imp, const ox_value *first)
{
    unsigned rank = first->shape.rank;
    nn_value sum = first->at;
    for (size_t i = 1; i < imp->node->n_inputs; i++) {
        ox_value *x = NULL;
        int r = ox_ready_input(imp, i, true, &x);
        if (r != 0)
            return r;
        if (x->shape.rank != rank)
            return cs_fail(imp->info, CS_E_FORMAT,
                           "%u and %u dimensions cannot be joined", rank,
                           x->shape.rank);
        sum = nn_concat(imp->graph, sum, x->at);
    }
    return ox_define_layer(imp, sum, NULL, rank);
}

int ox_lower_concat(ox_importer *imp)
{
    ox_value *x = NULL;
    int64_t value = 0;
    unsigned axis = 0;
    int r = ox_input(imp, 0, &x);
    if (r == 0 && x->form == OX_CONSTANT)
        return concat_ints(imp);
    if (r == 0)
        r = ox_ready_input(imp, 0, true, &x);
    if (r == 0)
        r = ox_int(imp, "axis", 1, -TN_RANK_MAX, TN_RANK_MAX, &value);
    if (r == 0)
        r = ox_axis(imp, value, x->shape.rank, &axis);
    if (r != 0)
        return r;
    if (axis != 1)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "concatenation along axis %u is not supported; only "
                       "channels are",
                       axis);
    return concat_layers(imp, x);
}
