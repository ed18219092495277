/* Models of ONNX among files of weights. */
#ifndef CS_CLI_WEIGHTS_ONNX_H
#define CS_CLI_WEIGHTS_ONNX_H

#include "cli/weights_show.h"
#include "onnx/model.h"

/* What a model is beyond its weights: who made it, inputs, outputs, operators.
 */
int weights_show_model(cli_context *ctx, const ox_model *m, cs_errinfo *info);
int weights_json_model(cs_json *w, const ox_model *m, cs_errinfo *info);

/* Writes a network of the zoo with these weights as a model. `shape` is that of
 * the input, as "1,1,64,96,96"; NULL: one of a usual size. */
int weights_export(const weights_file *f, const char *network,
                   const char *shape, const char *out, cs_errinfo *info);

#endif
