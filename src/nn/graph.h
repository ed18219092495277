/* A network as a graph of layers over values, built once for one input shape.
 * Builder calls read like the network:
 *
 *     nn_value x = nn_input(g, "x", dims);
 *     nn_enter(g, "enc1");
 *     x = nn_conv(g, "0", x, &(nn_conv_spec){.out = 32, .kernel = {3, 3, 3},
 *                                            .pad = {1, 1, 1}});
 *     x = nn_relu(g, nn_batch_norm(g, "1", x));
 *     nn_leave(g);
 *     nn_output(g, x);
 *     int r = nn_graph_finish(g, info);
 *
 * The first mistake is kept, with the layer's full name and the shape that
 * reached it; later calls do nothing, and nn_graph_finish() tells. Layers are
 * in order: a value's inputs come before it. */
#ifndef CS_NN_GRAPH_H
#define CS_NN_GRAPH_H

#include "nn/params.h"
#include "tensor/kernels/activation.h"
#include "tensor/kernels/conv.h"
#include "tensor/kernels/norm.h"
#include "tensor/kernels/pool.h"
#include "tensor/kernels/reduce.h"
#include "tensor/kernels/resize.h"
#include "tensor/kernels/softmax.h"

typedef struct nn_graph nn_graph;

/* The result of a layer; meaningless outside its graph. */
typedef struct nn_value {
    int id; /* below zero: after a mistake */
} nn_value;

/* `params` is borrowed and outlives the graph. */
int nn_graph_new(nn_params *params, nn_graph **ret, cs_errinfo *info);
void nn_graph_free(nn_graph *g);
CS_DEFINE_AUTO(nn_graph)

/* Names of layers below are "enc1.…" until the matching nn_leave(). */
void nn_enter(nn_graph *g, const char *name);
void nn_leave(nn_graph *g);

nn_value nn_input(nn_graph *g, const char *name, const tk_dims *dims);

/* Fields left 0 are 1 in stride, dilation, kernel and groups. */
typedef struct nn_conv_spec {
    size_t out;
    size_t kernel[3], stride[3], pad[3], dilation[3]; /* d, h, w */
    size_t groups;
    bool no_bias;
    size_t extra[3]; /* of transposed ones: added to the output's extents, each
                        below the stride; PyTorch's output_padding */
} nn_conv_spec;

/* Parameters NAME.weight and NAME.bias. */
nn_value nn_conv(nn_graph *g, const char *name, nn_value x,
                 const nn_conv_spec *spec);
/* Transposed: `pad` as in PyTorch. */
nn_value nn_conv_transposed(nn_graph *g, const char *name, nn_value x,
                            const nn_conv_spec *spec);
/* Of an input with one voxel. */
nn_value nn_linear(nn_graph *g, const char *name, nn_value x, size_t out);

/* Weights of convolutions that follow have rank 2 + this: 3 (the default) or
 * 2, for networks over images. */
void nn_rank(nn_graph *g, unsigned rank);
unsigned nn_graph_rank(const nn_graph *g);

/* Added to the variances of normalisations that follow; 1e-5 at first. */
void nn_norm_eps(nn_graph *g, double eps);

/* NAME.weight, .bias, .running_mean, .running_var, .num_batches_tracked. */
nn_value nn_batch_norm(nn_graph *g, const char *name, nn_value x);
/* With gain and shift where `name` is not NULL. */
nn_value nn_group_norm(nn_graph *g, const char *name, nn_value x,
                       size_t groups);
nn_value nn_instance_norm(nn_graph *g, const char *name, nn_value x);
/* Over the channels of each voxel. */
nn_value nn_layer_norm(nn_graph *g, const char *name, nn_value x);

nn_value nn_activation(nn_graph *g, tk_activation f, nn_value x);
nn_value nn_relu(nn_graph *g, nn_value x);
nn_value nn_sigmoid(nn_graph *g, nn_value x);

/* By windows of one size; `adaptive` is of no effect. */
nn_value nn_pool(nn_graph *g, const tk_pool *pool, nn_value x);
/* To d x h x w, by windows as even as they go. */
nn_value nn_adaptive_pool(nn_graph *g, tk_pool_kind kind, size_t d, size_t h,
                          size_t w, nn_value x);
nn_value nn_max_pool(nn_graph *g, size_t kernel, size_t stride, size_t pad,
                     nn_value x);
/* The mean of each channel: 1 x 1 x 1. */
nn_value nn_global_mean(nn_graph *g, nn_value x);

/* Element by element; extents of 1 are repeated: a product with [n, c, 1, 1, 1]
 * scales the channels of an image, with [n, 1, d, h, w] its voxels. */
nn_value nn_add(nn_graph *g, nn_value a, nn_value b);
nn_value nn_subtract(nn_graph *g, nn_value a, nn_value b);
nn_value nn_multiply(nn_graph *g, nn_value a, nn_value b);
/* Channels of a, then those of b. Without cost where a's are a multiple of
 * eight and the parts can be written in place. */
nn_value nn_concat(nn_graph *g, nn_value a, nn_value b);

typedef enum nn_axis {
    NN_AXIS_N = 1,
    NN_AXIS_C = 2,
    NN_AXIS_D = 4,
    NN_AXIS_H = 8,
    NN_AXIS_W = 16,
    NN_AXES = 31,
} nn_axis;

/* Over any axes, whose extent is 1 afterwards. */
nn_value nn_reduce(nn_graph *g, tk_reduction kind, unsigned axes, nn_value x);

/* Elements first … first + count - 1 along each axis; a count of 0: to the
 * end. */
typedef struct nn_box {
    tk_dims first, count;
} nn_box;

nn_value nn_slice(nn_graph *g, const nn_box *box, nn_value x);

/* To d x h x w. */
nn_value nn_resize(nn_graph *g, tk_resize how, size_t d, size_t h, size_t w,
                   nn_value x);
/* Over the channels of each voxel. */
nn_value nn_softmax(nn_graph *g, tk_softmax kind, nn_value x);

/* While training, each element (or with `channels` each whole channel) is
 * zero with this probability, the others larger in proportion. */
nn_value nn_dropout(nn_graph *g, double probability, bool channels, nn_value x);

/* --- transformers ---
 *
 * Tokens are voxels, in the order of d, h, w, and features channels. So a
 * linear layer of each token is a convolution with a kernel of 1, and patches
 * become tokens by a convolution whose stride is its kernel. */

typedef struct nn_attention_spec {
    size_t heads; /* they share the channels out, in order */
    float scale;  /* of scores; 0: 1 / sqrt(channels of a head) */
    bool causal;  /* token i looks at tokens 0 … i alone */
} nn_attention_spec;

/* Scaled dot product: softmax(scale q k') v for each head. k and v have the
 * same voxels, and all three the same samples and channels; the result has the
 * extents of q. */
nn_value nn_attention(nn_graph *g, const nn_attention_spec *spec, nn_value q,
                      nn_value k, nn_value v);

/* Rows of a table by number: `ids` has one channel of whole numbers from 0 to
 * rows - 1 (at most 2^24 rows), the result `size` channels. Parameter
 * NAME.weight [rows, size], which starts uniform in ±1.
 *
 * Numbers are data, which running cannot refuse: a voxel whose number is no
 * row becomes NaN, as its loss does then, and passes no gradient. Whoever
 * takes numbers from outside checks them first. */
nn_value nn_embedding(nn_graph *g, const char *name, nn_value ids, size_t rows,
                      size_t size);

/* A parameter NAME of these extents (without d in networks over images) as a
 * value: a position's embedding, a class's token. NN_WEIGHT, NN_BIAS (their fan
 * in is the channels), NN_GAIN and NN_SHIFT are trained and start as such;
 * NN_MEAN is a constant, zero until it is loaded. */
nn_value nn_parameter(nn_graph *g, const char *name, nn_role role,
                      const tk_dims *dims);

void nn_output(nn_graph *g, nn_value x);

/* CS_OK, or the first mistake. */
int nn_graph_finish(nn_graph *g, cs_errinfo *info);

/* --- what a finished graph consists of --- */

typedef enum nn_op {
    NN_INPUT,
    NN_CONV,
    NN_NORM,
    NN_ACTIVATION,
    NN_POOL,
    NN_ADD,
    NN_MULTIPLY,
    NN_RESIZE,
    NN_SOFTMAX,
    NN_CONCAT,
    NN_DROPOUT,
    NN_SUBTRACT,
    NN_REDUCE,
    NN_SLICE,
    NN_LAYER_NORM,
    NN_ATTENTION,
    NN_EMBEDDING,
    NN_PARAMETER,
} nn_op;

#define NN_NONE SIZE_MAX
#define NN_INPUTS_MAX 3

typedef struct nn_node {
    nn_op op;
    char *name; /* full, for messages; "" for layers without one */
    int inputs[NN_INPUTS_MAX];
    unsigned n_inputs;
    tk_dims dims; /* of the result */
    union {
        struct {
            tk_conv conv;
            bool transposed;
            size_t weight, bias; /* parameters; NN_NONE */
        } conv;
        struct {
            tk_norm norm; /* of NN_LAYER_NORM: eps alone */
            size_t gain, shift, mean, variance, count;
        } norm;
        tk_activation activation;
        tk_pool pool;
        tk_resize resize;
        tk_softmax softmax;
        struct {
            double probability;
            bool channels;
        } dropout;
        tk_reduction reduction;
        tk_dims slice_first;
        nn_attention_spec attention;
        size_t parameter; /* of NN_EMBEDDING the table, of NN_PARAMETER */
    };
} nn_node;

size_t nn_graph_nodes(const nn_graph *g);
const nn_node *nn_graph_node(const nn_graph *g, size_t i);
size_t nn_graph_outputs(const nn_graph *g);
int nn_graph_output(const nn_graph *g, size_t i);
size_t nn_graph_inputs(const nn_graph *g);
int nn_graph_input(const nn_graph *g, size_t i);
nn_params *nn_graph_params(const nn_graph *g);

#endif
