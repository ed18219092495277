/* The reference malignancy network. It is shaped like a ResNet-18, but its
 * blocks add nothing back and end without activation; so must ours. */
#include <stdio.h>

#include "zoo/zoo.h"

static nn_value conv(nn_graph *g, const char *name, nn_value x, size_t out,
                     size_t stride)
{
    return nn_conv(g, name, x,
                   &(nn_conv_spec){.out = out,
                                   .kernel = {3, 3, 3},
                                   .stride = {stride, stride, stride},
                                   .pad = {1, 1, 1},
                                   .no_bias = true});
}

static nn_value block(nn_graph *g, size_t number, nn_value x, size_t out,
                      size_t stride)
{
    nn_enter(g, number ? "1" : "0");
    x = nn_relu(g, nn_batch_norm(g, "1", conv(g, "0", x, out, stride)));
    x = nn_batch_norm(g, "4", conv(g, "3", x, out, 1));
    nn_leave(g);
    return x;
}

static nn_value classify(nn_graph *g, nn_value x, size_t classes)
{
    nn_enter(g, "fc");
    x = nn_relu(g, nn_linear(g, "0", x, 256));
    x = nn_relu(g, nn_linear(g, "3", nn_dropout(g, 0.5, false, x), 128));
    x = nn_linear(g, "6", nn_dropout(g, 0.3, false, x), classes);
    nn_leave(g);
    return x;
}

void zoo_malignancy(nn_graph *g, nn_value x, size_t classes)
{
    static const char *const layers[] = {"layer1", "layer2", "layer3",
                                         "layer4"};
    x = nn_conv(g, "conv1", x,
                &(nn_conv_spec){.out = 64,
                                .kernel = {7, 7, 7},
                                .stride = {2, 2, 2},
                                .pad = {3, 3, 3},
                                .no_bias = true});
    x = nn_max_pool(g, 3, 2, 1, nn_relu(g, nn_batch_norm(g, "bn1", x)));
    for (size_t i = 0; i < CS_COUNTOF(layers); i++) {
        nn_enter(g, layers[i]);
        x = block(g, 0, x, (size_t)64 << i, i == 0 ? 1 : 2);
        x = block(g, 1, x, (size_t)64 << i, 1);
        nn_leave(g);
    }
    nn_output(g, classify(g, nn_global_mean(g, x), classes));
}
