/* The reference detection network: three pooled pairs of convolutions, then
 * for each cell of eight voxels two scores and six box numbers per anchor. */
#include <stdio.h>

#include "zoo/zoo.h"

/* Layers are numbered as in the reference's list: convolution, normalisation
 * and activation take a number each. */
static nn_value numbered(nn_graph *g, size_t number, nn_value x, size_t out)
{
    char conv[8];
    char norm[8];
    snprintf(conv, sizeof(conv), "%zu", number % 1000);
    snprintf(norm, sizeof(norm), "%zu", (number + 1) % 1000);
    x = nn_conv(
        g, conv, x,
        &(nn_conv_spec){.out = out, .kernel = {3, 3, 3}, .pad = {1, 1, 1}});
    return nn_relu(g, nn_batch_norm(g, norm, x));
}

void zoo_noduledet(nn_graph *g, nn_value x, size_t anchors)
{
    static const size_t widths[] = {64, 128, 256};
    nn_enter(g, "features");
    for (size_t i = 0; i < CS_COUNTOF(widths); i++) {
        x = numbered(g, 7 * i, x, widths[i]);
        x = numbered(g, 7 * i + 3, x, widths[i]);
        x = nn_max_pool(g, 2, 2, 0, x);
    }
    nn_leave(g);
    x = nn_relu(g, nn_conv(g, "rpn_conv", x,
                           &(nn_conv_spec){.out = 512,
                                           .kernel = {3, 3, 3},
                                           .pad = {1, 1, 1}}));
    nn_output(g, nn_conv(g, "rpn_cls", x, &(nn_conv_spec){.out = 2 * anchors}));
    nn_output(g, nn_conv(g, "rpn_reg", x, &(nn_conv_spec){.out = 6 * anchors}));
}
