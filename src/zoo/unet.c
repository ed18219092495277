/* The two U-Nets of the reference systems: two convolutions at each level,
 * halved by pooling on the way down, doubled by transposed convolutions on the
 * way up, each level joined with its twin. */
#include <stdio.h>

#include "zoo/zoo.h"

typedef struct unet {
    const char *down, *up, *head; /* names of the layers */
    size_t widths[4], levels;
    bool bias; /* of the convolutions that are normalised */
} unet;

static nn_value conv_norm_relu(nn_graph *g, const unet *u, const char *conv,
                               const char *norm, nn_value x, size_t out)
{
    x = nn_conv(g, conv, x,
                &(nn_conv_spec){.out = out,
                                .kernel = {3, 3, 3},
                                .pad = {1, 1, 1},
                                .no_bias = !u->bias});
    return nn_relu(g, nn_batch_norm(g, norm, x));
}

static nn_value two_convs(nn_graph *g, const unet *u, const char *name,
                          nn_value x, size_t out)
{
    nn_enter(g, name);
    x = conv_norm_relu(g, u, "0", "1", x, out);
    x = conv_norm_relu(g, u, "3", "4", x, out);
    nn_leave(g);
    return x;
}

#define LEVEL_NAME 40

static const char *level_name(char dst[LEVEL_NAME], const char *what,
                              size_t level)
{
    snprintf(dst, LEVEL_NAME, "%s%zu", what, level + 1);
    return dst;
}

static nn_value up(nn_graph *g, const unet *u, size_t level, nn_value x,
                   nn_value skip)
{
    char name[LEVEL_NAME];
    x = nn_conv_transposed(g, level_name(name, "upconv", level), x,
                           &(nn_conv_spec){.out = u->widths[level],
                                           .kernel = {2, 2, 2},
                                           .stride = {2, 2, 2}});
    nn_enter(g, level_name(name, u->up, level));
    x = nn_concat(g, x, skip);
    nn_leave(g);
    return two_convs(g, u, name, x, u->widths[level]);
}

static nn_value build(nn_graph *g, const unet *u, nn_value x, size_t classes)
{
    nn_value skips[4];
    char name[LEVEL_NAME];
    for (size_t i = 0; i < u->levels; i++) {
        skips[i] =
            two_convs(g, u, level_name(name, u->down, i), x, u->widths[i]);
        nn_enter(g, name); /* for messages: it has no parameters */
        x = nn_max_pool(g, 2, 2, 0, skips[i]);
        nn_leave(g);
    }
    x = two_convs(g, u, "bottleneck", x, 2 * u->widths[u->levels - 1]);
    for (size_t i = u->levels; i-- > 0;)
        x = up(g, u, i, x, skips[i]);
    return nn_conv(g, u->head, x, &(nn_conv_spec){.out = classes});
}

void zoo_unet3d(nn_graph *g, nn_value x, size_t classes)
{
    static const unet u = {"encoder",          "decoder", "conv",
                           {32, 64, 128, 256}, 4,         false};
    nn_output(g, nn_sigmoid(g, build(g, &u, x, classes)));
}

void zoo_simple3dunet(nn_graph *g, nn_value x, size_t classes)
{
    static const unet u = {"enc", "dec", "final", {32, 64, 128}, 3, true};
    nn_output(g, build(g, &u, x, classes));
}
