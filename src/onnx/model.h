/* A model of ONNX as its file has it: operators over names. Nothing is computed
 * or believed here but that the bytes are the messages they claim to be.
 *
 * Subgraphs (of If, Loop, Scan) are noticed, not read. Everything is borrowed
 * from the file's buffer, which the model keeps. */
#ifndef CS_ONNX_MODEL_H
#define CS_ONNX_MODEL_H

#include "base/arena.h"
#include "base/vec.h"
#include "weights/dict.h"

/* The largest file that Protocol Buffers can be written to. */
#define OX_FILE_MAX ((uint64_t)INT32_MAX)

typedef struct ox_attribute {
    cs_str name;
    cs_str text; /* of a text, or the message of a tensor */
    float number;
    int64_t integer;
    int64_t *ints; /* and `n_ints` */
    size_t n_ints;
    float *floats;
    size_t n_floats;
    bool has_float, has_int, has_text, has_tensor;
} ox_attribute;

typedef struct ox_node {
    cs_str op, name, domain;
    cs_str *inputs, *outputs; /* an empty name: left out */
    size_t n_inputs, n_outputs;
    ox_attribute *attributes;
    size_t n_attributes;
    bool has_graph; /* a subgraph, not read */
} ox_node;

/* An input or output of the model. */
typedef struct ox_port {
    cs_str name;
    int64_t dtype;
    bool has_shape;
    size_t rank;
    int64_t dim[TN_RANK_MAX];     /* -1: not said, or a name */
    cs_str dim_name[TN_RANK_MAX]; /* "batch"; empty where there is none */
} ox_port;

typedef struct ox_model {
    tn_buffer *file;
    cs_arena arena;
    int64_t ir_version, opset; /* of ONNX's own operators; 0: not said */
    cs_str producer, producer_version, graph_name;
    CS_VEC(ox_node) nodes;
    CS_VEC(ox_port) inputs; /* initializers listed among them left out */
    CS_VEC(ox_port) outputs;
    wt_dict weights; /* the initializers; notes are the metadata */
} ox_model;

#define OX_MODEL_INIT                                                          \
    {                                                                          \
        .file = NULL                                                           \
    }

void ox_model_done(ox_model *m);

/* *ret is empty. `name` is the place of errors. */
int ox_model_parse(tn_buffer *file, const char *name, ox_model *ret,
                   cs_errinfo *info);
int ox_model_read(const char *path, ox_model *ret, cs_errinfo *info);

/* The weights of a model: its initializers, and the counts of batches
 * that ox_export() keeps as notes "….num_batches_tracked". *ret is empty. */
int ox_weights(const ox_model *m, wt_dict *ret, cs_errinfo *info);

/* NULL where the node has none of that name. */
const ox_attribute *ox_find_attribute(const ox_node *n, const char *name);

/* True for a path that ends in ".onnx". */
bool ox_is_path(const char *path);

#endif
