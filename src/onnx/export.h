/* From a network to a model of ONNX, for inference: IR version 8, opset 17.
 *
 * Values are [n, c, d, h, w], for networks over images [n, c, h, w]; what comes
 * from a linear layer is [n, c], as PyTorch exports it. Initializers are the
 * parameters, by their names; counts of batches, for which no operator has
 * use, become notes. Dropout is left out, normalisation uses its running
 * statistics. The same graph gives the same bytes. */
#ifndef CS_ONNX_EXPORT_H
#define CS_ONNX_EXPORT_H

#include "nn/graph.h"
#include "weights/sink.h"

/* `name` is that of the model's graph. CS_E_UNSUPPORTED, naming the layer, for
 * what ONNX cannot say; CS_E_LIMIT beyond 2 GiB. */
int ox_export(const nn_graph *g, const char *name, wt_sink *to,
              cs_errinfo *info);

/* Replaces or creates the file in one step. */
int ox_export_file(const nn_graph *g, const char *name, const char *path,
                   cs_errinfo *info);

/* Whether the value of a layer is [n, c] in ONNX, for each layer of the graph;
 * cs_free() the array. Also the shape in which a program shows results. */
int ox_flat_values(const nn_graph *g, bool **ret, cs_errinfo *info);

#endif
