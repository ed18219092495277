/* Resize, and Upsample before opset 10.
 *
 * Our layer knows three ways: nearest voxel from the lower corner, linear from
 * the centres of voxels, linear with meeting corners. */
#include <math.h>

#include "onnx/import_impl.h"

#define EXTENT_MAX ((int64_t)1 << 24)

/* Scales as floats: input i, or an attribute. */
static int read_scales(ox_importer *imp, size_t i, float *ret, size_t max,
                       size_t *ret_n)
{
    const ox_attribute *a = ox_find_attribute(imp->node, "scales");
    const ox_value *c = NULL;
    CS_SCOPED(tn_tensor) f = TN_TENSOR_INIT;
    *ret_n = 0;
    int r = a ? 0 : ox_optional(imp, i, &c);
    if (r == 0 && c)
        r = ox_floats(imp, c, &f);
    if (r < 0 || (!a && !c))
        return r;
    size_t n = a ? a->n_floats : tn_count(&f);
    if (n > max)
        return cs_fail(imp->info, CS_E_FORMAT, "there are %zu scales", n);
    for (size_t k = 0; k < n; k++)
        ret[k] = a ? a->floats[k] : tn_f32(&f)[k];
    *ret_n = n;
    return 0;
}

/* An extent that comes out whole: positions would be others otherwise. */
static int64_t scaled(size_t in, float scale)
{
    double out = (double)in * ox_written(scale);
    double whole = round(out);
    if (!(out > 0.5 && out < (double)EXTENT_MAX) || fabs(out - whole) > 1e-3)
        return -1;
    return (int64_t)whole;
}

static int extents(ox_importer *imp, const ox_value *x, int64_t *ret)
{
    float scales[TN_RANK_MAX] = {0};
    size_t n = 0;
    size_t rank = x->shape.rank;
    bool upsample = cs_str_is(imp->node->op, "Upsample");
    bool first = upsample || imp->model->opset < 11;
    int r = read_scales(imp, first ? 1 : 2, scales, TN_RANK_MAX, &n);
    for (size_t i = 0; r == 0 && n == rank && i < rank; i++)
        ret[i] = scaled(x->shape.dim[i], scales[i]);
    if (r == 0 && n == 0 && !first)
        r = ox_ints_of(imp, "sizes", 3, ret, TN_RANK_MAX, &n);
    if (r != 0)
        return r;
    for (size_t i = 0; i < rank && n == rank; i++)
        if (ret[i] < 1 || ret[i] > EXTENT_MAX ||
            (i < 2 && (size_t)ret[i] != x->shape.dim[i]))
            return cs_fail(imp->info, CS_E_UNSUPPORTED,
                           "a change of batch or channels, or a scale that "
                           "does not give whole extents, is not supported");
    return n == rank ? 0
                     : cs_fail(imp->info, CS_E_FORMAT,
                               "%zu scales or sizes for %zu axes", n, rank);
}

static bool whole_factors(const ox_value *x, const int64_t *to)
{
    for (unsigned i = 2; i < x->shape.rank; i++)
        if ((size_t)to[i] % x->shape.dim[i] != 0)
            return false;
    return true;
}

static bool same_extents(const ox_value *x, const int64_t *to)
{
    for (unsigned i = 0; i < x->shape.rank; i++)
        if ((size_t)to[i] != x->shape.dim[i])
            return false;
    return true;
}

/* pytorch_half_pixel reads voxel 0 for an output of one voxel, we its middle.
 */
static bool one_voxel(const ox_value *x, const int64_t *to)
{
    for (unsigned i = 2; i < x->shape.rank; i++)
        if (to[i] == 1 && x->shape.dim[i] > 1)
            return true;
    return false;
}

static cs_str word(const ox_importer *imp, const char *name, const char *usual)
{
    cs_str s = ox_text(imp, name);
    return s.len ? s : cs_str_of(usual);
}

static bool find_nearest(const ox_importer *imp, const ox_value *x,
                         const int64_t *to, cs_str places)
{
    cs_str rounding = word(imp, "nearest_mode", "round_prefer_floor");
    bool corner = cs_str_is(places, "asymmetric");
    bool half = cs_str_is(places, "half_pixel") ||
                cs_str_is(places, "pytorch_half_pixel");
    if (corner && cs_str_is(rounding, "floor"))
        return true;
    /* Upwards by whole factors the nearest centre is the voxel that holds
     * the place. */
    return half && whole_factors(x, to) &&
           cs_str_starts_with(rounding, CS_STR("round_prefer_"));
}

static bool find_way(const ox_importer *imp, const ox_value *x,
                     const int64_t *to, tk_resize *ret)
{
    bool old = imp->model->opset < 11;
    cs_str mode = word(imp, "mode", "nearest");
    cs_str places = word(imp, "coordinate_transformation_mode",
                         old ? "asymmetric" : "half_pixel");
    *ret = TK_RESIZE_NEAREST;
    if (same_extents(x, to))
        return true;
    if (cs_str_is(mode, "nearest"))
        return old ? whole_factors(x, to) : find_nearest(imp, x, to, places);
    if (!cs_str_is(mode, "linear"))
        return false;
    *ret = cs_str_is(places, "align_corners") ? TK_RESIZE_LINEAR_CORNERS
                                              : TK_RESIZE_LINEAR;
    return cs_str_is(places, "align_corners") ||
           cs_str_is(places, "half_pixel") ||
           (cs_str_is(places, "pytorch_half_pixel") && !one_voxel(x, to));
}

int ox_lower_resize(ox_importer *imp)
{
    ox_value *x = NULL;
    int64_t to[TN_RANK_MAX] = {0};
    tk_resize how = TK_RESIZE_NEAREST;
    int64_t smooth = 0;
    int r = ox_ready_input(imp, 0, true, &x);
    if (r == 0)
        r = ox_int(imp, "antialias", 0, 0, 0, &smooth);
    if (r == 0)
        r = extents(imp, x, to);
    if (r != 0)
        return r;
    if (x->shape.rank < 3 || !find_way(imp, x, to, &how))
        return cs_fail(
            imp->info, CS_E_UNSUPPORTED,
            "resizing by mode '%.*s' and coordinates '%.*s' is not supported",
            CS_STR_ARG(ox_text(imp, "mode")),
            CS_STR_ARG(ox_text(imp, "coordinate_transformation_mode")));
    tn_shape shape = {.rank = x->shape.rank};
    for (unsigned i = 0; i < shape.rank; i++)
        shape.dim[i] = (size_t)to[i];
    tk_dims d;
    ox_dims_of(&shape, &d);
    return ox_define_layer(
        imp, nn_resize(imp->graph, how, d.d, d.h, d.w, x->at), &shape, 0);
}
