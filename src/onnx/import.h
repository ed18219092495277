/* From a model of ONNX to a network that runs here.
 *
 * Shapes must be known: those of the model's inputs, or given by the caller.
 * Operators of ONNX become our layers one by one; a few patterns that exporters
 * write for one layer (GELU, SiLU, group normalisation, a linear layer without
 * Gemm, attention) become that layer again. What cannot be said in our layers
 * is refused, with the node and the reason; of operators that we lack, all at
 * once. */
#ifndef CS_ONNX_IMPORT_H
#define CS_ONNX_IMPORT_H

#include "nn/graph.h"
#include "onnx/model.h"

#define OX_OPSET_MIN 7
#define OX_OPSET_MAX 21

typedef struct ox_import_options {
    const tn_shape *inputs; /* of each input; NULL: as the model says */
    size_t n_inputs;
} ox_import_options;

/* An input or output as ONNX has it. The graph's extents are [n][c][d][h][w]
 * with ones where ONNX has no axis, so the elements are in the same order. */
typedef struct ox_named_shape {
    char *name;
    tn_shape shape;
} ox_named_shape;

typedef struct ox_network {
    nn_params *params;
    nn_graph *graph; /* its inputs and outputs are in this order */
    CS_VEC(ox_named_shape) inputs;
    CS_VEC(ox_named_shape) outputs;
} ox_network;

#define OX_NETWORK_INIT                                                        \
    {                                                                          \
        .params = NULL                                                         \
    }

void ox_network_done(ox_network *n);

/* Parameters are named after the initializers where those are called
 * "NAME.weight", otherwise after the nodes. `options` may be NULL; `name` is
 * the place of errors; *ret is empty. */
int ox_import(const ox_model *m, const char *name,
              const ox_import_options *options, ox_network *ret,
              cs_errinfo *info);

/* Whether there is anything here for the node's operator. */
bool ox_supported(const ox_node *n);

/* The shape that an input has, or is given; CS_E_USAGE where it stays open. */
int ox_input_shape(const ox_port *p, const tn_shape *given, tn_shape *ret,
                   cs_errinfo *info);

#endif
