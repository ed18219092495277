/* A small classifier of patches about a nodule: residual blocks on ever
 * smaller maps, then the mean and the largest of each feature. Of 32 voxels a
 * side it costs a fraction of the reference's malignancy network. */
#include "zoo/zoo.h"

static nn_value conv(nn_graph *g, const char *name, nn_value x, size_t out)
{
    return nn_conv(g, name, x,
                   &(nn_conv_spec){.out = out,
                                   .kernel = {3, 3, 3},
                                   .pad = {1, 1, 1},
                                   .no_bias = true});
}

static nn_value stage(nn_graph *g, const char *name, nn_value x, size_t width)
{
    nn_enter(g, name);
    x = nn_relu(g, nn_batch_norm(g, "norm", conv(g, "widen", x, width)));
    nn_value y =
        nn_relu(g, nn_batch_norm(g, "norm1", conv(g, "conv1", x, width)));
    y = nn_batch_norm(g, "norm2", conv(g, "conv2", y, width));
    x = nn_relu(g, nn_add(g, y, x));
    nn_leave(g);
    return x;
}

void zoo_nodulenet(nn_graph *g, nn_value x, size_t classes)
{
    x = stage(g, "stage1", x, 16);
    x = stage(g, "stage2", nn_max_pool(g, 2, 2, 0, x), 32);
    x = stage(g, "stage3", nn_max_pool(g, 2, 2, 0, x), 48);
    x = stage(g, "stage4", nn_max_pool(g, 2, 2, 0, x), 64);
    nn_value mean = nn_global_mean(g, x);
    nn_value most = nn_adaptive_pool(g, TK_POOL_MAX, 1, 1, 1, x);
    x = nn_concat(g, mean, most);
    nn_enter(g, "fc");
    x = nn_relu(g, nn_linear(g, "0", x, 64));
    x = nn_linear(g, "1", nn_dropout(g, 0.3, false, x), classes);
    nn_leave(g);
    nn_output(g, x);
}
