/* Padding by zeros as a node of its own, as some exporters write it ahead of a
 * convolution or of average pooling, whose padding it becomes. */
#include "onnx/import_impl.h"

#define PAD_MAX ((int64_t)1 << 20)

static int read_pads(ox_importer *imp, const ox_value *x, int64_t *ret)
{
    size_t n = 0;
    const size_t max = (size_t)2 * TN_RANK_MAX;
    int r = ox_ints_of(imp, "pads", 1, ret, max, &n);
    if (r != 0)
        return r;
    if (n != 2 * (size_t)x->shape.rank || ox_has_input(imp, 3))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "padding needs %u numbers, for both ends of each axis",
                       2 * x->shape.rank);
    for (size_t i = 0; i < n; i++)
        if (ret[i] < 0 || ret[i] > PAD_MAX ||
            (ret[i] > 0 && i % x->shape.rank < 2))
            return cs_fail(imp->info, CS_E_UNSUPPORTED,
                           "padding of %lld is not supported along axis %zu",
                           (long long)ret[i], i % x->shape.rank);
    return 0;
}

static int check_zeros(ox_importer *imp)
{
    const ox_value *filler = NULL;
    float with = (float)ox_float(imp, "value", 0);
    cs_str mode = ox_text(imp, "mode");
    int r = ox_optional(imp, 2, &filler);
    if (r != 0)
        return r;
    bool known = !filler || ox_scalar(filler, &with);
    if (!known || with != 0 || (mode.len && !cs_str_is(mode, "constant")))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "padding is supported by zeros only");
    return 0;
}

int ox_lower_pad(ox_importer *imp)
{
    ox_value *x = NULL;
    int64_t pads[2 * TN_RANK_MAX];
    int r = ox_ready_input(imp, 0, true, &x);
    if (r == 0)
        r = read_pads(imp, x, pads);
    if (r == 0)
        r = check_zeros(imp);
    if (r != 0)
        return r;
    unsigned rank = x->shape.rank;
    bool any = false;
    ox_value v = {.form = OX_PADDED, .at = x->at, .shape = x->shape};
    for (unsigned i = 2; i < rank; i++) {
        unsigned axis = i + 3 - rank; /* of d, h, w: the last ones */
        v.begin[axis] = (size_t)pads[i];
        v.end[axis] = (size_t)pads[rank + i];
        v.shape.dim[i] += v.begin[axis] + v.end[axis];
        any = any || pads[i] || pads[rank + i];
    }
    v.form = any ? OX_PADDED : OX_READY;
    return ox_define(imp, &v);
}

int ox_padded_input(ox_importer *imp, size_t i, ox_value *ret)
{
    ox_value *v = NULL;
    int r = ox_input(imp, i, &v);
    if (r == 0 && v->form != OX_PADDED)
        r = ox_ready_input(imp, i, true, &v);
    if (r != 0)
        return r;
    *ret = *v;
    if (v->form == OX_PADDED)
        ret->shape = ox_shape_of(ox_dims_at(imp, v->at), v->shape.rank);
    ret->form = OX_READY;
    return 0;
}
