/* Builds a model of ONNX: nodes and small things in memory, large initializers
 * where they are until the file is written. Running out of memory is kept until
 * ox_writer_put(). */
#ifndef CS_ONNX_WRITER_H
#define CS_ONNX_WRITER_H

#include "base/vec.h"
#include "onnx/pb_write.h"
#include "tensor/tensor.h"
#include "weights/sink.h"

#define OX_IR_VERSION 8
#define OX_OPSET 17

/* TensorProto: its fields but the elements are at [begin, begin + size) of
 * `heads`. */
typedef struct ox_written_tensor {
    size_t begin, size;
    tn_tensor data; /* a view */
} ox_written_tensor;

typedef struct ox_writer {
    cs_strbuf node;  /* the one that is open */
    cs_strbuf graph; /* fields of the graph but initializers */
    cs_strbuf notes; /* fields of the model: metadata */
    cs_strbuf heads;
    CS_VEC(ox_written_tensor) tensors;
    bool failed;
} ox_writer;

void ox_writer_init(ox_writer *w);
void ox_writer_done(ox_writer *w);

/* A node: its inputs and outputs, attributes in any order, then the end. */
void ox_begin(ox_writer *w, const char *op, const char *name);
void ox_in(ox_writer *w, const char *value); /* "": left out */
void ox_out(ox_writer *w, const char *value);
void ox_attr_int(ox_writer *w, const char *name, int64_t v);
void ox_attr_float(ox_writer *w, const char *name, float v);
void ox_attr_text(ox_writer *w, const char *name, const char *v);
void ox_attr_ints(ox_writer *w, const char *name, const int64_t *v, size_t n);
void ox_end(ox_writer *w);

/* An initializer: contiguous f32; the memory is shared until done. */
void ox_tensor(ox_writer *w, const char *name, const tn_tensor *t);

/* Small constants are nodes, so that the initializers are the parameters and
 * nothing else. No other node may be open. */
void ox_const_ints(ox_writer *w, const char *name, const int64_t *v, size_t n);
/* n times v; a single number without axes where n is 0. */
void ox_const_floats(ox_writer *w, const char *name, float v, size_t n);

/* Inputs and outputs are of f32. */
void ox_input_port(ox_writer *w, const char *name, const tn_shape *shape);
void ox_output_port(ox_writer *w, const char *name, const tn_shape *shape);

void ox_note(ox_writer *w, const char *key, const char *text);

/* Writes the model. CS_E_LIMIT beyond 2 GiB. */
int ox_writer_put(ox_writer *w, const char *graph_name, wt_sink *to,
                  cs_errinfo *info);

#endif
