/* Networks whose plans are not simple: twins, joins, several levels. */
#ifndef CS_TESTS_NN_NETS_H
#define CS_TESTS_NN_NETS_H

#include "nn/net.h"

static inline nn_value conv3(nn_graph *g, const char *name, nn_value x,
                             size_t out)
{
    return nn_conv(
        g, name, x,
        &(nn_conv_spec){.out = out, .kernel = {3, 3, 3}, .pad = {1, 1, 1}});
}

static inline nn_value block(nn_graph *g, const char *name, nn_value x,
                             size_t out)
{
    nn_enter(g, name);
    x = nn_relu(g, nn_batch_norm(g, "1", conv3(g, "0", x, out)));
    x = nn_relu(g, nn_batch_norm(g, "3", conv3(g, "2", x, out)));
    nn_leave(g);
    return x;
}

static inline nn_value up(nn_graph *g, const char *name, nn_value x, size_t out)
{
    return nn_conv_transposed(
        g, name, x,
        &(nn_conv_spec){.out = out, .kernel = {2, 2, 2}, .stride = {2, 2, 2}});
}

/* Two levels, two twins; wide enough for Winograd. */
static inline nn_value unet(nn_graph *g, nn_value x)
{
    nn_value a = block(g, "a", x, 16);
    nn_value b = block(g, "b", nn_max_pool(g, 2, 2, 0, a), 24);
    nn_value c = block(g, "c", nn_max_pool(g, 2, 2, 0, b), 32);
    nn_value d = block(g, "d", nn_concat(g, up(g, "u", c, 24), b), 24);
    nn_value e = block(g, "e", nn_concat(g, up(g, "v", d, 16), a), 16);
    return nn_sigmoid(g, nn_conv(g, "f", e, &(nn_conv_spec){.out = 3}));
}

/* Sums, products with one plane or one channel, a softmax, a twin that is
 * also an output, and a layer that needs all planes in the middle. */
static inline nn_value joined(nn_graph *g, nn_value x)
{
    nn_value a = conv3(g, "a", x, 12);
    nn_value gate = nn_sigmoid(g, conv3(g, "b", a, 1));
    nn_value all = nn_global_mean(g, a);
    nn_value b = nn_multiply(g, nn_multiply(g, a, gate), all);
    b = nn_relu(g, nn_add(g, conv3(g, "c", b, 12), a));
    b = nn_layer_norm(g, "l", nn_subtract(g, b, gate));
    nn_value c = nn_instance_norm(g, "n", b);
    c = nn_softmax(g, TK_SOFTMAX, nn_concat(g, conv3(g, "d", c, 5), b));
    return nn_batch_norm(g, "m", nn_concat(g, c, conv3(g, "e", c, 8)));
}

/* Room for a result to compare with. */
static inline float *net_copy_of(const float *x, size_t n)
{
    float *copy = cs_calloc(n + 1, sizeof(float));
    assert_non_null(copy);
    memcpy(copy, x, n * sizeof(float));
    return copy;
}

/* What is read before it is written shows as NaN. */
static inline nn_plan *net_poisoned_plan(const net *t, nn_plan_options o)
{
    nn_plan *p = net_plan(t, o);
    memset(tn_buffer_data(p->arena), 0xff, tn_buffer_size(p->arena));
    return p;
}

#endif
