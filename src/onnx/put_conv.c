/* Convolutions, transposed ones, and linear layers as Gemm. */
#include "onnx/export_impl.h"

static void put_linear(ox_exporter *e)
{
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    ox_operand(e, 0, OX_FLAT, x);
    ox_open(e, "Gemm");
    ox_in(&e->w, x);
    ox_in(&e->w, ox_parameter(e, e->node->conv.weight));
    if (e->node->conv.bias != NN_NONE)
        ox_in(&e->w, ox_parameter(e, e->node->conv.bias));
    ox_attr_int(&e->w, "transB", 1);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
}

static void put_list(ox_exporter *e, const char *name, const size_t *dhw)
{
    int64_t v[3];
    size_t n = ox_extents(e, dhw, v);
    ox_attr_ints(&e->w, name, v, n);
}

/* The same padding at both ends. */
static void put_pads(ox_exporter *e, const size_t *dhw)
{
    int64_t v[6];
    size_t n = ox_extents(e, dhw, v);
    ox_extents(e, dhw, v + n);
    ox_attr_ints(&e->w, "pads", v, 2 * n);
}

/* What the output has beyond what stride and kernel give. */
static void put_output_padding(ox_exporter *e)
{
    const tk_conv *c = &e->node->conv.conv;
    const tk_dims *x =
        &nn_graph_node(e->graph, (size_t)e->node->inputs[0])->dims;
    const tk_dims *y = &e->node->dims;
    const size_t in[] = {x->d, x->h, x->w};
    const size_t out[] = {y->d, y->h, y->w};
    size_t more[3];
    for (int a = 0; a < 3; a++)
        more[a] = out[a] + 2 * c->pad[a] - (in[a] - 1) * c->stride[a] -
                  (c->kernel[a] - 1) * c->dilation[a] - 1;
    if (more[0] || more[1] || more[2])
        put_list(e, "output_padding", more);
}

int ox_put_conv(ox_exporter *e)
{
    const nn_node *n = e->node;
    const tk_conv *c = &n->conv.conv;
    unsigned rank = nn_params_at(nn_graph_params(e->graph), n->conv.weight)
                        ->value.shape.rank;
    char x[OX_VALUE_MAX];
    char y[OX_VALUE_MAX];
    if (rank == 2) {
        put_linear(e);
        return 0;
    }
    if (rank != nn_graph_rank(e->graph) + 2)
        return cs_fail(e->info, CS_E_UNSUPPORTED,
                       "the weights of '%s' have %u axes in a network of %u",
                       ox_layer_of(e), rank, nn_graph_rank(e->graph) + 2);
    ox_operand(e, 0, OX_SPATIAL, x);
    ox_open(e, n->conv.transposed ? "ConvTranspose" : "Conv");
    ox_in(&e->w, x);
    ox_in(&e->w, ox_parameter(e, n->conv.weight));
    if (n->conv.bias != NN_NONE)
        ox_in(&e->w, ox_parameter(e, n->conv.bias));
    put_list(e, "kernel_shape", c->kernel);
    put_list(e, "strides", c->stride);
    put_list(e, "dilations", c->dilation);
    put_pads(e, c->pad);
    ox_attr_int(&e->w, "group", (int64_t)c->groups);
    if (n->conv.transposed)
        put_output_padding(e);
    ox_out(&e->w, ox_result(e, y));
    ox_end(&e->w);
    return 0;
}
