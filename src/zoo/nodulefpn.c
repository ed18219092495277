/* Our detector: a residual feature pyramid. Down to an eighth, back up to half
 * the resolution, and there for each cell one score, an offset and the
 * logarithm of a diameter. Most of its arithmetic is done on small maps, so
 * that a chest costs a fifth of what the references take. */
#include <stdio.h>

#include "zoo/zoo.h"

static nn_value conv(nn_graph *g, const char *name, nn_value x, size_t out)
{
    return nn_conv(g, name, x,
                   &(nn_conv_spec){.out = out,
                                   .kernel = {3, 3, 3},
                                   .pad = {1, 1, 1},
                                   .no_bias = true});
}

static nn_value conv_norm_relu(nn_graph *g, const char *name, nn_value x,
                               size_t out)
{
    nn_enter(g, name);
    x = nn_relu(g, nn_batch_norm(g, "norm", conv(g, "conv", x, out)));
    nn_leave(g);
    return x;
}

/* Two convolutions around which the input passes. */
static nn_value residual(nn_graph *g, const char *name, nn_value x,
                         size_t width)
{
    nn_enter(g, name);
    nn_value y =
        nn_relu(g, nn_batch_norm(g, "norm1", conv(g, "conv1", x, width)));
    y = nn_batch_norm(g, "norm2", conv(g, "conv2", y, width));
    x = nn_relu(g, nn_add(g, y, x));
    nn_leave(g);
    return x;
}

static nn_value down(nn_graph *g, const char *name, nn_value x, size_t width)
{
    nn_enter(g, name);
    x = conv_norm_relu(g, "widen", nn_max_pool(g, 2, 2, 0, x), width);
    x = residual(g, "block", x, width);
    nn_leave(g);
    return x;
}

static nn_value up(nn_graph *g, const char *name, nn_value x, nn_value skip,
                   size_t width)
{
    nn_enter(g, name);
    x = nn_conv_transposed(g, "grow", x,
                           &(nn_conv_spec){.out = width,
                                           .kernel = {2, 2, 2},
                                           .stride = {2, 2, 2}});
    x = conv_norm_relu(g, "join", nn_concat(g, x, skip), width);
    x = residual(g, "block", x, width);
    nn_leave(g);
    return x;
}

void zoo_nodulefpn(nn_graph *g, nn_value x, size_t outputs)
{
    x = conv_norm_relu(g, "stem", x, 16);
    nn_value half = down(g, "down1", x, 32);
    nn_value quarter = down(g, "down2", half, 64);
    nn_value eighth = down(g, "down3", quarter, 96);
    x = up(g, "up2", eighth, quarter, 64);
    x = up(g, "up1", x, half, 32);
    x = conv_norm_relu(g, "head", x, 32);
    nn_output(g, nn_conv(g, "out", x, &(nn_conv_spec){.out = outputs}));
}
