#include "onnx/import_impl.h"

#define WINDOW_MAX ((int64_t)1 << 20)

static const size_t *extents(const tk_dims *d, size_t ret[3])
{
    ret[0] = d->d;
    ret[1] = d->h;
    ret[2] = d->w;
    return ret;
}

static size_t span(const ox_window *w, unsigned a)
{
    return (w->kernel[a] - 1) * w->dilation[a] + 1;
}

/* Padding so that the output has ceil(in / stride) voxels; an odd one goes to
 * the end, or with `lower` to the beginning. */
static void pad_same(ox_window *w, const size_t in[3], bool lower)
{
    for (unsigned a = 3 - w->axes; a < 3; a++) {
        size_t out = (in[a] + w->stride[a] - 1) / w->stride[a];
        size_t need = (out - 1) * w->stride[a] + span(w, a);
        size_t pad = need > in[a] ? need - in[a] : 0;
        w->begin[a] = lower ? pad - pad / 2 : pad / 2;
        w->end[a] = pad - w->begin[a];
    }
}

static int read_pads(ox_importer *imp, const size_t in[3], ox_window *w)
{
    int64_t pads[6] = {0};
    cs_str automatic = ox_text(imp, "auto_pad");
    if (cs_str_starts_with(automatic, CS_STR("SAME_"))) {
        pad_same(w, in, cs_str_is(automatic, "SAME_LOWER"));
        return 0;
    }
    int r = ox_list(imp, "pads", (size_t)2 * w->axes, 0, 0, WINDOW_MAX, pads);
    if (r < 0 || cs_str_is(automatic, "VALID"))
        return r;
    for (unsigned a = 0; a < w->axes; a++) {
        w->begin[3 - w->axes + a] = (size_t)pads[a];
        w->end[3 - w->axes + a] = (size_t)pads[w->axes + a];
    }
    return 0;
}

static void spread(const ox_window *w, const int64_t *from, size_t to[3])
{
    for (unsigned a = 0; a < 3; a++)
        to[a] = a < 3 - w->axes ? 1 : (size_t)from[a - (3 - w->axes)];
}

static int check_padding(ox_importer *imp, const ox_value *x)
{
    bool padded = false;
    for (int a = 0; a < 3; a++)
        padded = padded || x->begin[a] || x->end[a];
    if (padded && cs_str_starts_with(ox_text(imp, "auto_pad"), CS_STR("SAME_")))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "auto_pad of a padded input is not supported");
    return 0;
}

int ox_window_read(ox_importer *imp, const ox_value *x, const int64_t *kernel,
                   ox_window *ret)
{
    ox_window w = {.axes = x->shape.rank - 2};
    int64_t list[3] = {0};
    size_t in[3];
    int r = check_padding(imp, x);
    if (r == 0)
        r = ox_list(imp, "strides", w.axes, 1, 1, WINDOW_MAX, list);
    if (r != 0)
        return r;
    spread(&w, list, w.stride);
    r = ox_list(imp, "dilations", w.axes, 1, 1, WINDOW_MAX, list);
    if (r != 0)
        return r;
    spread(&w, list, w.dilation);
    for (unsigned a = 0; a < w.axes; a++)
        if (kernel[a] < 1 || kernel[a] > WINDOW_MAX)
            return cs_fail(imp->info, CS_E_FORMAT,
                           "a window of %lld voxels makes no sense",
                           (long long)kernel[a]);
    spread(&w, kernel, w.kernel);
    r = read_pads(imp, extents(ox_dims_at(imp, x->at), in), &w);
    for (unsigned a = 0; r == 0 && a < 3; a++) {
        w.begin[a] += x->begin[a];
        w.end[a] += x->end[a];
    }
    if (r == 0)
        *ret = w;
    return r;
}

/* Windows along one axis; `ceil` also takes one that begins inside the input or
 * the padding before it, but reaches over the end. */
static size_t windows(const ox_window *w, unsigned a, size_t in, size_t end,
                      bool ceil)
{
    size_t whole = in + w->begin[a] + end;
    if (whole < span(w, a))
        return 0;
    size_t rest = whole - span(w, a);
    size_t n = rest / w->stride[a] + 1;
    bool more =
        ceil && rest % w->stride[a] != 0 && n * w->stride[a] < in + w->begin[a];
    return more ? n + 1 : n;
}

bool ox_window_even(const ox_importer *imp, const ox_value *x,
                    const ox_window *w, bool ceil)
{
    size_t in[3];
    extents(ox_dims_at(imp, x->at), in);
    for (unsigned a = 3 - w->axes; a < 3; a++)
        if (windows(w, a, in[a], w->end[a], ceil) !=
            windows(w, a, in[a], w->begin[a], false))
            return false;
    return true;
}

int ox_window_uneven(ox_importer *imp, const ox_window *w, bool ceil)
{
    if (ceil)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "ceil_mode makes a window that reaches over the end, "
                       "which is not supported");
    for (unsigned a = 0; a < 3; a++)
        if (w->begin[a] != w->end[a])
            return cs_fail(imp->info, CS_E_UNSUPPORTED,
                           "padding of %zu before and %zu after is not "
                           "supported; it must be the same at both ends",
                           w->begin[a], w->end[a]);
    return cs_fail(imp->info, CS_E_UNSUPPORTED,
                   "this padding is not supported");
}
