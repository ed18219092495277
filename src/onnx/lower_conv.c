/* Convolutions. */
#include "base/checked.h"
#include "onnx/import_impl.h"

#define GROUPS_MAX ((int64_t)1 << 20)

/* What Conv and ConvTranspose have in common. */
typedef struct conv {
    ox_value x;
    const ox_value *weight, *bias;
    ox_window window;
    int64_t groups;
    char layer[OX_LAYER_MAX];
} conv;

static int read_weight(ox_importer *imp, conv *c, int64_t kernel[3])
{
    const tn_shape *w = &c->weight->constant.shape;
    char text[TN_SHAPE_TEXT_MAX];
    if (w->rank != c->x.shape.rank || w->rank < 3 || tn_shape_count(w) == 0)
        return cs_fail(imp->info, CS_E_FORMAT,
                       "weights %s do not suit an input of %u dimensions",
                       tn_shape_text(w, text), c->x.shape.rank);
    for (unsigned a = 2; a < w->rank; a++)
        kernel[a - 2] = (int64_t)w->dim[a];
    const ox_attribute *said = ox_find_attribute(imp->node, "kernel_shape");
    for (size_t a = 0; said && a < said->n_ints; a++)
        if (said->n_ints != w->rank - 2 || said->ints[a] != kernel[a])
            return cs_fail(imp->info, CS_E_FORMAT,
                           "kernel_shape and the weights %s differ",
                           tn_shape_text(w, text));
    return 0;
}

static int read_conv(ox_importer *imp, conv *c)
{
    int64_t kernel[3];
    int r = ox_padded_input(imp, 0, &c->x);
    if (r == 0)
        r = ox_constant(imp, 1, &c->weight);
    if (r == 0)
        r = ox_optional(imp, 2, &c->bias);
    if (r == 0)
        r = read_weight(imp, c, kernel);
    if (r == 0)
        r = ox_int(imp, "group", 1, 1, GROUPS_MAX, &c->groups);
    if (r == 0)
        r = ox_window_read(imp, &c->x, kernel, &c->window);
    return r;
}

static nn_conv_spec spec_of(const conv *c, size_t out)
{
    nn_conv_spec s = {
        .out = out, .groups = (size_t)c->groups, .no_bias = !c->bias};
    for (int a = 0; a < 3; a++) {
        s.kernel[a] = c->window.kernel[a];
        s.stride[a] = c->window.stride[a];
        s.pad[a] = c->window.begin[a];
        s.dilation[a] = c->window.dilation[a];
    }
    return s;
}

static int fill_conv(ox_importer *imp, const conv *c, nn_value at)
{
    if (at.id >= 0) {
        int r = ox_fill(imp, c->layer, "weight", c->weight);
        if (r == 0 && c->bias)
            r = ox_fill(imp, c->layer, "bias", c->bias);
        if (r != 0)
            return r;
    }
    return ox_define_layer(imp, at, NULL, c->x.shape.rank);
}

/* --- padding that differs at both ends --- */

/* A kernel that is wider by zeros gives the same sums under even padding. */
static bool can_grow(const ox_window *w)
{
    for (int a = 0; a < 3; a++)
        if (w->begin[a] != w->end[a] && w->dilation[a] != 1)
            return false;
    return true;
}

static int grow(ox_importer *imp, conv *c, tn_tensor *ret)
{
    CS_SCOPED(tn_tensor) narrow = TN_TENSOR_INIT;
    const ox_window old = c->window;
    ox_window *w = &c->window;
    for (int a = 0; a < 3; a++) {
        size_t pad = CS_MAX(old.begin[a], old.end[a]);
        w->kernel[a] += 2 * pad - old.begin[a] - old.end[a];
        w->begin[a] = w->end[a] = pad;
    }
    const tn_shape *s = &c->weight->constant.shape;
    size_t rows = s->dim[0] * s->dim[1];
    const tn_shape shape =
        TN_SHAPE(rows, w->kernel[0], w->kernel[1], w->kernel[2]);
    size_t count = 0;
    const size_t factors[] = {rows, w->kernel[0], w->kernel[1], w->kernel[2]};
    int r = cs_product_size(factors, CS_COUNTOF(factors), &count)
                ? ox_afford(imp, count)
                : cs_fail(imp->info, CS_E_LIMIT, "the padding is too large");
    if (r == 0)
        r = ox_floats(imp, c->weight, &narrow);
    if (r == 0)
        r = tn_tensor_init(ret, TN_F32, &shape, imp->info);
    if (r != 0)
        return r;
    const float *from = tn_f32(&narrow);
    for (size_t row = 0; row < rows; row++)
        for (size_t z = 0; z < old.kernel[0]; z++)
            for (size_t y = 0; y < old.kernel[1]; y++) {
                size_t plane = z + w->begin[0] - old.begin[0];
                size_t line = y + w->begin[1] - old.begin[1];
                float *to =
                    tn_f32(ret) + w->begin[2] - old.begin[2] +
                    ((row * w->kernel[0] + plane) * w->kernel[1] + line) *
                        w->kernel[2];
                memcpy(to, from, old.kernel[2] * sizeof(*to));
                from += old.kernel[2];
            }
    return 0;
}

static int lower_grown(ox_importer *imp, conv *c)
{
    CS_SCOPED(tn_tensor) wide = TN_TENSOR_INIT;
    int r = can_grow(&c->window) ? grow(imp, c, &wide)
                                 : ox_window_uneven(imp, &c->window, false);
    if (r == 0) /* not shared with a layer of the plain kernel */
        r = ox_layer_name(imp, NULL, NULL, c->layer);
    if (r != 0)
        return r;
    ox_set_rank(imp, &c->x);
    nn_conv_spec s = spec_of(c, c->weight->constant.shape.dim[0]);
    nn_value at = nn_conv(imp->graph, c->layer, c->x.at, &s);
    if (at.id >= 0)
        r = ox_fill_with(imp, c->layer, "weight", tn_f32(&wide),
                         tn_count(&wide));
    if (at.id >= 0 && r == 0 && c->bias)
        r = ox_fill(imp, c->layer, "bias", c->bias);
    return r != 0 ? r : ox_define_layer(imp, at, NULL, c->x.shape.rank);
}

int ox_lower_conv(ox_importer *imp)
{
    conv c = {.groups = 1};
    int r = read_conv(imp, &c);
    if (r != 0)
        return r;
    if (!ox_window_even(imp, &c.x, &c.window, false))
        return lower_grown(imp, &c);
    r = ox_layer_name(imp, c.weight, c.bias, c.layer);
    if (r != 0)
        return r;
    ox_set_rank(imp, &c.x);
    nn_conv_spec s = spec_of(&c, c.weight->constant.shape.dim[0]);
    return fill_conv(imp, &c, nn_conv(imp->graph, c.layer, c.x.at, &s));
}

/* --- transposed --- */

/* Output padding and the end's padding become voxels beyond even padding. */
static int read_extra(ox_importer *imp, const ox_window *w, nn_conv_spec *s)
{
    int64_t more[3] = {0};
    cs_str automatic = ox_text(imp, "auto_pad");
    if (ox_find_attribute(imp->node, "output_shape") ||
        cs_str_starts_with(automatic, CS_STR("SAME")))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "output_shape and auto_pad of a transposed convolution "
                       "are not supported; give pads");
    int r = ox_list(imp, "output_padding", w->axes, 0, 0, 1 << 20, more);
    for (unsigned a = 0; r == 0 && a < w->axes; a++) {
        unsigned to = 3 - w->axes + a;
        size_t sum = w->begin[to] + (size_t)more[a];
        if (sum < w->end[to] ||
            (sum > w->end[to] && sum - w->end[to] >= w->stride[to]))
            return ox_window_uneven(imp, w, false);
        s->extra[to] = sum - w->end[to];
    }
    return r;
}

int ox_lower_conv_transposed(ox_importer *imp)
{
    conv c = {.groups = 1};
    size_t out = 0;
    int r = read_conv(imp, &c);
    if (r == 0 && (c.x.begin[0] || c.x.begin[1] || c.x.begin[2] || c.x.end[0] ||
                   c.x.end[1] || c.x.end[2]))
        r = cs_fail(imp->info, CS_E_UNSUPPORTED,
                    "padding is supported ahead of convolutions and average "
                    "pooling only");
    if (r != 0)
        return r;
    if (!cs_mul_size(c.weight->constant.shape.dim[1], (size_t)c.groups, &out))
        return cs_fail(imp->info, CS_E_FORMAT, "too many groups");
    nn_conv_spec s = spec_of(&c, out);
    ox_set_rank(imp, &c.x);
    r = read_extra(imp, &c.window, &s);
    if (r == 0)
        r = ox_layer_name(imp, c.weight, c.bias, c.layer);
    if (r != 0)
        return r;
    ox_set_rank(imp, &c.x);
    return fill_conv(imp, &c,
                     nn_conv_transposed(imp->graph, c.layer, c.x.at, &s));
}
