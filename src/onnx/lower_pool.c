/* Pooling by windows and of all there is. */
#include "onnx/import_impl.h"

static int make_pool(ox_importer *imp, const ox_value *x, const ox_window *w,
                     tk_pool pool)
{
    for (int a = 0; a < 3; a++) {
        pool.kernel[a] = w->kernel[a];
        pool.stride[a] = w->stride[a];
        pool.pad[a] = w->begin[a];
        if (w->dilation[a] != 1)
            return cs_fail(imp->info, CS_E_UNSUPPORTED,
                           "dilated pooling is not supported");
    }
    return ox_define_layer(imp, nn_pool(imp->graph, &pool, x->at), NULL,
                           x->shape.rank);
}

static int read_kernel(ox_importer *imp, const ox_value *x, int64_t kernel[3])
{
    if (x->shape.rank < 3 || !ox_find_attribute(imp->node, "kernel_shape"))
        return cs_fail(imp->info, CS_E_FORMAT,
                       "pooling needs a kernel_shape, and an input with "
                       "space");
    return ox_list(imp, "kernel_shape", x->shape.rank - 2, 1, 1, INT32_MAX,
                   kernel);
}

/* Zeros of a node ahead count; those of the pooling itself count where it says
 * so. A mixture cannot be said. */
static int count_zeros(ox_importer *imp, const ox_value *x, const ox_window *w,
                       int64_t *count)
{
    bool ahead = false;
    bool own = false;
    for (int a = 0; a < 3; a++) {
        ahead = ahead || x->begin[a] || x->end[a];
        own = own || w->begin[a] > x->begin[a] || w->end[a] > x->end[a];
    }
    if (ahead && own && !*count)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "zeros that count and padding that does not are not "
                       "supported together");
    *count = *count || ahead;
    return 0;
}

static int read_pool(ox_importer *imp, bool max, ox_value *x, int64_t kernel[3])
{
    ox_value *ready = NULL;
    int r =
        max ? ox_ready_input(imp, 0, true, &ready) : ox_padded_input(imp, 0, x);
    if (r == 0 && max)
        *x = *ready;
    return r != 0 ? r : read_kernel(imp, x, kernel);
}

int ox_lower_pool(ox_importer *imp)
{
    ox_value x = {.form = OX_READY};
    ox_window w = {.axes = 0};
    int64_t kernel[3] = {0};
    int64_t ceil = 0;
    int64_t count = 0;
    bool max = cs_str_is(imp->node->op, "MaxPool");
    int r = read_pool(imp, max, &x, kernel);
    if (r == 0)
        r = ox_window_read(imp, &x, kernel, &w);
    if (r == 0)
        r = ox_int(imp, "ceil_mode", 0, 0, 1, &ceil);
    if (r == 0)
        r = ox_int(imp, "count_include_pad", 0, 0, 1, &count);
    if (r == 0)
        r = count_zeros(imp, &x, &w, &count);
    if (r != 0)
        return r;
    if (!ox_window_even(imp, &x, &w, ceil != 0))
        return ox_window_uneven(imp, &w, ceil != 0);
    return make_pool(imp, &x, &w,
                     (tk_pool){.kind = max ? TK_POOL_MAX : TK_POOL_MEAN,
                               .count_pad = count != 0});
}

/* The largest of a channel: one window over all of it. */
static nn_value global_max(ox_importer *imp, const ox_value *x)
{
    const tk_dims *d = ox_dims_at(imp, x->at);
    const tk_pool pool = {
        .kind = TK_POOL_MAX, .kernel = {d->d, d->h, d->w}, .stride = {1, 1, 1}};
    return nn_pool(imp->graph, &pool, x->at);
}

int ox_lower_global_pool(ox_importer *imp)
{
    ox_value *x = NULL;
    int r = ox_ready_input(imp, 0, true, &x);
    if (r != 0)
        return r;
    bool max = cs_str_is(imp->node->op, "GlobalMaxPool");
    nn_value at = max ? global_max(imp, x) : nn_global_mean(imp->graph, x->at);
    return ox_define_layer(imp, at, NULL, x->shape.rank);
}
