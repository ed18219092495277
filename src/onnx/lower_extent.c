/* Reductions over any axes, and boxes. */
#include "onnx/import_impl.h"

/* The place among n, c, d, h, w of an axis of ONNX. */
static unsigned place(unsigned rank, unsigned axis)
{
    return axis < 2 ? axis : 5 - rank + axis;
}

/* --- reductions --- */

static tk_reduction reduction(const ox_node *n)
{
    if (cs_str_is(n->op, "ReduceSum"))
        return TK_REDUCE_SUM;
    return cs_str_is(n->op, "ReduceMax") ? TK_REDUCE_MAX : TK_REDUCE_MEAN;
}

/* Left out: all of them. */
static int read_axes(ox_importer *imp, unsigned rank, unsigned *ret)
{
    int64_t nothing = 0;
    int r = ox_int(imp, "noop_with_empty_axes", 0, 0, 0, &nothing);
    *ret = 0;
    if (r == 0)
        r = ox_read_axes(imp, rank, ret);
    if (r == 0 && *ret == 0)
        *ret = (1U << rank) - 1;
    return r;
}

static nn_value reduce(ox_importer *imp, const ox_value *x, unsigned axes)
{
    unsigned places = 0;
    for (unsigned i = 0; i < x->shape.rank; i++)
        if (axes >> i & 1)
            places |= (unsigned)NN_AXIS_N << place(x->shape.rank, i);
    return nn_reduce(imp->graph, reduction(imp->node), places, x->at);
}

/* Axes that are dropped have an extent of 1 by then, so the order stays. */
static tn_shape reduced_shape(const tn_shape *x, unsigned axes, bool keep)
{
    tn_shape shape = {.rank = 0};
    for (unsigned i = 0; i < x->rank; i++) {
        bool gone = axes >> i & 1;
        if (keep || !gone)
            shape.dim[shape.rank++] = gone ? 1 : x->dim[i];
    }
    return shape;
}

int ox_lower_reduce(ox_importer *imp)
{
    ox_value *x = NULL;
    int64_t keep = 1;
    unsigned axes = 0;
    int r = ox_ready_input(imp, 0, true, &x);
    if (r == 0)
        r = ox_int(imp, "keepdims", 1, 0, 1, &keep);
    if (r == 0)
        r = read_axes(imp, x->shape.rank, &axes);
    if (r != 0)
        return r;
    const tn_shape shape = reduced_shape(&x->shape, axes, keep != 0);
    return ox_define_layer(imp, reduce(imp, x, axes), &shape, 0);
}

/* --- boxes --- */

typedef struct cuts {
    int64_t starts[TN_RANK_MAX], ends[TN_RANK_MAX];
    unsigned axes[TN_RANK_MAX];
    size_t n;
} cuts;

/* Steps other than 1 are refused. */
static int read_steps(ox_importer *imp)
{
    const ox_value *c = NULL;
    int64_t steps[TN_RANK_MAX];
    size_t n = 0;
    int r = ox_optional(imp, 4, &c);
    if (r == 0 && c)
        r = ox_ints(imp, c, steps, TN_RANK_MAX, &n);
    for (size_t i = 0; r == 0 && i < n; i++)
        if (steps[i] != 1)
            return cs_fail(imp->info, CS_E_UNSUPPORTED,
                           "slices in steps of %lld are not supported",
                           (long long)steps[i]);
    return r;
}

static int wrong_lists(ox_importer *imp)
{
    return cs_fail(imp->info, CS_E_FORMAT,
                   "starts, ends and axes of a slice do not suit each other");
}

/* Which axis each pair is of; all in order where they are left out. */
static int read_cut_axes(ox_importer *imp, unsigned rank, cuts *c)
{
    int64_t axes[TN_RANK_MAX];
    size_t n = 0;
    unsigned seen = 0;
    int r = ox_ints_of(imp, "axes", 3, axes, TN_RANK_MAX, &n);
    if (r == 0 && n != (n ? c->n : 0))
        return wrong_lists(imp);
    for (size_t i = 0; r == 0 && i < c->n; i++) {
        r = ox_axis(imp, n ? axes[i] : (int64_t)i, rank, &c->axes[i]);
        if (r == 0 && seen >> c->axes[i] & 1)
            return wrong_lists(imp);
        if (r == 0)
            seen |= 1U << c->axes[i];
    }
    return r;
}

static int read_cuts(ox_importer *imp, unsigned rank, cuts *c)
{
    size_t ends = 0;
    int r = ox_ints_of(imp, "starts", 1, c->starts, TN_RANK_MAX, &c->n);
    if (r == 0)
        r = ox_ints_of(imp, "ends", 2, c->ends, TN_RANK_MAX, &ends);
    if (r == 0 && ends != c->n)
        return wrong_lists(imp);
    if (r == 0)
        r = read_cut_axes(imp, rank, c);
    return r != 0 ? r : read_steps(imp);
}

size_t ox_bound(int64_t v, size_t n)
{
    if (v < 0)
        v = v < -(int64_t)n ? 0 : v + (int64_t)n;
    return v > (int64_t)n ? n : (size_t)v;
}

static int cut(ox_importer *imp, size_t extent, int64_t start, int64_t end,
               size_t ret[2])
{
    size_t first = ox_bound(start, extent);
    size_t last = ox_bound(end, extent);
    if (last <= first)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a slice from %lld to %lld of %zu entries is empty",
                       (long long)start, (long long)end, extent);
    ret[0] = first;
    ret[1] = last - first;
    return 0;
}

int ox_slice_layer(ox_importer *imp, ox_value *x)
{
    cuts c = {.n = 0};
    size_t at[5][2] = {{0}};
    int r = ox_ready_input(imp, 0, true, &x);
    if (r == 0)
        r = read_cuts(imp, x->shape.rank, &c);
    for (size_t i = 0; r == 0 && i < c.n; i++)
        r = cut(imp, x->shape.dim[c.axes[i]], c.starts[i], c.ends[i],
                at[place(x->shape.rank, c.axes[i])]);
    if (r != 0)
        return r;
    const nn_box box = {
        .first = {at[0][0], at[1][0], at[2][0], at[3][0], at[4][0]},
        .count = {at[0][1], at[1][1], at[2][1], at[3][1], at[4][1]}};
    return ox_define_layer(imp, nn_slice(imp->graph, &box, x->at), NULL,
                           x->shape.rank);
}
