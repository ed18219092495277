/* Shared by export.c and put_*.c alone. */
#ifndef CS_ONNX_EXPORT_IMPL_H
#define CS_ONNX_EXPORT_IMPL_H

#include "base/map.h"
#include "onnx/export.h"
#include "onnx/writer.h"

#define OX_VALUE_MAX 160

typedef struct ox_exporter {
    const nn_graph *graph;
    ox_writer w;
    bool *flat;   /* of each layer */
    cs_map done;  /* parameters that are written */
    cs_map nodes; /* names of nodes */
    const nn_node *node;
    size_t index; /* of the node */
    cs_errinfo *info;
} ox_exporter;

typedef int ox_put_layer(ox_exporter *e);

typedef enum ox_axes {
    OX_AS_IT_IS,
    OX_FLAT,    /* [n, c] */
    OX_SPATIAL, /* with all axes */
} ox_axes;

/* The name of the node's k-th input with these axes, which may take a node. */
const char *ox_operand(ox_exporter *e, unsigned k, ox_axes axes,
                       char ret[OX_VALUE_MAX]);
/* The name of the node's result, and of something on the way to it. */
const char *ox_result(const ox_exporter *e, char ret[OX_VALUE_MAX]);
const char *ox_part(const ox_exporter *e, const char *what,
                    char ret[OX_VALUE_MAX]);

/* Opens the node's operator, named after the layer; a second use of the layer
 * has a number behind, as ONNX Runtime wants no name twice. */
void ox_open(ox_exporter *e, const char *op);
/* y = op(a, b), all named; b may be NULL. */
void ox_put_op(ox_exporter *e, const char *op, const char *a, const char *b,
               const char *y);
/* `what` names the constant that says the shape. */
void ox_put_reshape(ox_exporter *e, const char *x, const char *what,
                    const int64_t *shape, size_t n, const char *y);
void ox_put_transpose(ox_exporter *e, const char *x, const int64_t *order,
                      size_t n, const char *y);
/* The layer's name, or that of one before it, for messages. */
const char *ox_layer_of(const ox_exporter *e);
/* A parameter's name, after writing it, once. */
const char *ox_parameter(ox_exporter *e, size_t param);

/* Extents of a layer as ONNX has them; as many as the graph has axes. */
size_t ox_extents(const ox_exporter *e, const size_t *dhw, int64_t *ret);
tn_shape ox_shape(const ox_exporter *e, const tk_dims *d, bool flat);

ox_put_layer ox_put_conv, ox_put_norm, ox_put_activation, ox_put_pool,
    ox_put_pair, ox_put_resize, ox_put_softmax, ox_put_nothing;
ox_put_layer ox_put_reduce, ox_put_slice, ox_put_parameter;
ox_put_layer ox_put_layer_norm, ox_put_embedding, ox_put_attention;

#endif
