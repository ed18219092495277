/* Layers that change extents, without parameters. */
#include "base/checked.h"
#include "nn/graph_impl.h"

nn_value nn_pool(nn_graph *g, const tk_pool *pool, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    nn_node n = nn_node_of(NN_POOL, x, *nn_dims_of(g, x));
    n.pool = *pool;
    n.pool.adaptive = false;
    int r = tk_pool_output(pool, nn_dims_of(g, x), &n.dims, &g->info);
    return r < 0 ? nn_fail_at(g, "pool", x, r) : nn_append(g, NULL, n);
}

nn_value nn_adaptive_pool(nn_graph *g, tk_pool_kind kind, size_t d, size_t h,
                          size_t w, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    const tk_dims *in = nn_dims_of(g, x);
    nn_node n = nn_node_of(NN_POOL, x, (tk_dims){in->n, in->c, d, h, w});
    n.pool = (tk_pool){.kind = kind, .adaptive = true};
    if (d == 0 || h == 0 || w == 0)
        return nn_fail_at(g, "pool", x,
                          cs_fail(&g->info, CS_E_RANGE,
                                  "%zu x %zu x %zu voxels are none", d, h, w));
    return nn_append(g, NULL, n);
}

nn_value nn_max_pool(nn_graph *g, size_t kernel, size_t stride, size_t pad,
                     nn_value x)
{
    bool flat = g->rank == 2;
    const tk_pool pool = {.kind = TK_POOL_MAX,
                          .kernel = {flat ? 1 : kernel, kernel, kernel},
                          .stride = {flat ? 1 : stride, stride, stride},
                          .pad = {flat ? 0 : pad, pad, pad}};
    return nn_pool(g, &pool, x);
}

nn_value nn_global_mean(nn_graph *g, nn_value x)
{
    return nn_adaptive_pool(g, TK_POOL_MEAN, 1, 1, 1, x);
}

nn_value nn_resize(nn_graph *g, tk_resize how, size_t d, size_t h, size_t w,
                   nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    const tk_dims *in = nn_dims_of(g, x);
    nn_node n = nn_node_of(NN_RESIZE, x, (tk_dims){in->n, in->c, d, h, w});
    n.resize = how;
    if (d == 0 || h == 0 || w == 0)
        return nn_fail_at(g, "resize", x,
                          cs_fail(&g->info, CS_E_RANGE,
                                  "%zu x %zu x %zu voxels are none", d, h, w));
    return nn_append(g, NULL, n);
}

static bool same_grid(const tk_dims *a, const tk_dims *b)
{
    return a->n == b->n && a->d == b->d && a->h == b->h && a->w == b->w;
}

nn_value nn_concat(nn_graph *g, nn_value a, nn_value b)
{
    if (!nn_usable(g, a) || !nn_usable(g, b))
        return nn_no_value;
    const tk_dims *x = nn_dims_of(g, a);
    if (!same_grid(x, nn_dims_of(g, b)))
        return nn_fail_pair(g, "concat", a, b);
    nn_node n = nn_node_of(NN_CONCAT, a, *x);
    if (!cs_add_size(x->c, nn_dims_of(g, b)->c, &n.dims.c))
        return nn_fail_pair(g, "concat", a, b);
    nn_add_input(&n, b);
    return nn_append(g, NULL, n);
}

/* --- sums, means and largest values --- */

static size_t reduced(unsigned axes, nn_axis axis, size_t extent)
{
    return axes & axis ? 1 : extent;
}

nn_value nn_reduce(nn_graph *g, tk_reduction kind, unsigned axes, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    const tk_dims *in = nn_dims_of(g, x);
    if (axes == 0 || axes & ~(unsigned)NN_AXES)
        return nn_fail_at(g, "reduce", x,
                          cs_fail(&g->info, CS_E_RANGE,
                                  "the axes 0x%x are none of n, c, d, h, w",
                                  axes));
    nn_node n = nn_node_of(NN_REDUCE, x,
                           (tk_dims){.n = reduced(axes, NN_AXIS_N, in->n),
                                     .c = reduced(axes, NN_AXIS_C, in->c),
                                     .d = reduced(axes, NN_AXIS_D, in->d),
                                     .h = reduced(axes, NN_AXIS_H, in->h),
                                     .w = reduced(axes, NN_AXIS_W, in->w)});
    n.reduction = kind;
    return nn_append(g, NULL, n);
}

/* --- a box --- */

/* Fills in a count that was left out; false where the box leaves the value. */
static bool cut(size_t extent, size_t first, size_t *count)
{
    size_t end;
    if (first >= extent)
        return false;
    if (*count == 0)
        *count = extent - first;
    return cs_add_size(first, *count, &end) && end <= extent;
}

static nn_value fail_box(nn_graph *g, nn_value x, const nn_box *box)
{
    const tk_dims *f = &box->first;
    const tk_dims *c = &box->count;
    char first[TN_SHAPE_TEXT_MAX];
    char count[TN_SHAPE_TEXT_MAX];
    const tn_shape s = TN_SHAPE(f->n, f->c, f->d, f->h, f->w);
    const tn_shape t = TN_SHAPE(c->n, c->c, c->d, c->h, c->w);
    return nn_fail_at(
        g, "slice", x,
        cs_fail(&g->info, CS_E_RANGE, "a box of %s at %s does not lie inside",
                tn_shape_text(&t, count), tn_shape_text(&s, first)));
}

nn_value nn_slice(nn_graph *g, const nn_box *box, nn_value x)
{
    if (!nn_usable(g, x))
        return nn_no_value;
    const tk_dims *in = nn_dims_of(g, x);
    const tk_dims *first = &box->first;
    nn_node n = nn_node_of(NN_SLICE, x, box->count);
    n.slice_first = *first;
    if (!cut(in->n, first->n, &n.dims.n) || !cut(in->c, first->c, &n.dims.c) ||
        !cut(in->d, first->d, &n.dims.d) || !cut(in->h, first->h, &n.dims.h) ||
        !cut(in->w, first->w, &n.dims.w))
        return fail_box(g, x, box);
    return nn_append(g, NULL, n);
}
