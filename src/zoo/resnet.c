/* ResNet-18 and -50 (He et al. 2015), over images or volumes, named as in
 * torchvision. */
#include <stdio.h>

#include "zoo/zoo.h"

/* A residual block as a list of convolutions. */
typedef struct part {
    size_t kernel, stride, out;
} part;

static size_t depth_of(const nn_graph *g, size_t extent)
{
    return nn_graph_rank(g) == 3 ? extent : 0;
}

static nn_value conv_norm(nn_graph *g, const char *conv, const char *norm,
                          nn_value x, part p)
{
    size_t pad = p.kernel / 2;
    x = nn_conv(
        g, conv, x,
        &(nn_conv_spec){.out = p.out,
                        .kernel = {depth_of(g, p.kernel), p.kernel, p.kernel},
                        .stride = {depth_of(g, p.stride), p.stride, p.stride},
                        .pad = {depth_of(g, pad), pad, pad},
                        .no_bias = true});
    return nn_batch_norm(g, norm, x);
}

static nn_value shortcut(nn_graph *g, nn_value x, size_t in, size_t out,
                         size_t stride)
{
    if (in == out && stride == 1)
        return x;
    nn_enter(g, "downsample");
    x = conv_norm(g, "0", "1", x, (part){1, stride, out});
    nn_leave(g);
    return x;
}

static nn_value residual(nn_graph *g, nn_value x, size_t in, size_t stride,
                         const part *parts, size_t n)
{
    nn_value y = x;
    for (size_t i = 0; i < n; i++) {
        char conv[8];
        char norm[8];
        snprintf(conv, sizeof(conv), "conv%zu", (i + 1) % 10);
        snprintf(norm, sizeof(norm), "bn%zu", (i + 1) % 10);
        y = conv_norm(g, conv, norm, y, parts[i]);
        if (i + 1 < n)
            y = nn_relu(g, y);
    }
    x = shortcut(g, x, in, parts[n - 1].out, stride);
    return nn_relu(g, nn_add(g, y, x));
}

typedef struct resnet {
    size_t blocks[4];
    bool bottleneck;
    bool small; /* for 28 pixels */
} resnet;

static nn_value block(nn_graph *g, const resnet *r, nn_value x, size_t in,
                      size_t width, size_t stride)
{
    const part basic[] = {{3, stride, width}, {3, 1, width}};
    const part deep[] = {{1, 1, width}, {3, stride, width}, {1, 1, 4 * width}};
    return r->bottleneck ? residual(g, x, in, stride, deep, 3)
                         : residual(g, x, in, stride, basic, 2);
}

static nn_value stage(nn_graph *g, const resnet *r, size_t number, nn_value x,
                      size_t *in)
{
    char name[16];
    size_t width = (size_t)64 << number;
    snprintf(name, sizeof(name), "layer%zu", (number + 1) % 10);
    nn_enter(g, name);
    for (size_t i = 0; i < r->blocks[number]; i++) {
        snprintf(name, sizeof(name), "%zu", i % 100);
        nn_enter(g, name);
        x = block(g, r, x, *in, width, i == 0 && number > 0 ? 2 : 1);
        nn_leave(g);
        *in = r->bottleneck ? 4 * width : width;
    }
    nn_leave(g);
    return x;
}

static void build(nn_graph *g, const resnet *r, nn_value x, size_t classes)
{
    const part first = r->small ? (part){3, 1, 64} : (part){7, 2, 64};
    x = nn_relu(g, conv_norm(g, "conv1", "bn1", x, first));
    if (!r->small)
        x = nn_max_pool(g, 3, 2, 1, x);
    size_t in = 64;
    for (size_t i = 0; i < 4; i++)
        x = stage(g, r, i, x, &in);
    nn_output(g, nn_linear(g, "fc", nn_global_mean(g, x), classes));
}

static const resnet resnet18 = {{2, 2, 2, 2}, false, false};
static const resnet resnet50 = {{3, 4, 6, 3}, true, false};
static const resnet resnet18_28 = {{2, 2, 2, 2}, false, true};
static const resnet resnet50_28 = {{3, 4, 6, 3}, true, true};

void zoo_resnet18(nn_graph *g, nn_value x, size_t classes)
{
    build(g, &resnet18, x, classes);
}

void zoo_resnet50(nn_graph *g, nn_value x, size_t classes)
{
    build(g, &resnet50, x, classes);
}

void zoo_resnet18_28(nn_graph *g, nn_value x, size_t classes)
{
    build(g, &resnet18_28, x, classes);
}

void zoo_resnet50_28(nn_graph *g, nn_value x, size_t classes)
{
    build(g, &resnet50_28, x, classes);
}
