/* Numbers of ONNX's messages and fields (onnx.proto, IR version 8) by name. */
#ifndef CS_ONNX_FORMAT_H
#define CS_ONNX_FORMAT_H

enum ox_model_field {
    OX_MODEL_IR_VERSION = 1,
    OX_MODEL_PRODUCER = 2,
    OX_MODEL_PRODUCER_VERSION = 3,
    OX_MODEL_GRAPH = 7,
    OX_MODEL_OPSET = 8,
    OX_MODEL_NOTE = 14, /* metadata_props */
};

enum ox_opset_field {
    OX_OPSET_DOMAIN = 1,
    OX_OPSET_VERSION = 2,
};

enum ox_note_field {
    OX_NOTE_KEY = 1,
    OX_NOTE_VALUE = 2,
};

enum ox_graph_field {
    OX_GRAPH_NODE = 1,
    OX_GRAPH_NAME = 2,
    OX_GRAPH_INITIALIZER = 5,
    OX_GRAPH_INPUT = 11,
    OX_GRAPH_OUTPUT = 12,
    OX_GRAPH_SPARSE = 15,
};

enum ox_node_field {
    OX_NODE_INPUT = 1,
    OX_NODE_OUTPUT = 2,
    OX_NODE_NAME = 3,
    OX_NODE_OP = 4,
    OX_NODE_ATTRIBUTE = 5,
    OX_NODE_DOMAIN = 7,
};

enum ox_attribute_field {
    OX_ATTRIBUTE_NAME = 1,
    OX_ATTRIBUTE_FLOAT = 2,
    OX_ATTRIBUTE_INT = 3,
    OX_ATTRIBUTE_TEXT = 4,
    OX_ATTRIBUTE_TENSOR = 5,
    OX_ATTRIBUTE_GRAPH = 6,
    OX_ATTRIBUTE_FLOATS = 7,
    OX_ATTRIBUTE_INTS = 8,
    OX_ATTRIBUTE_GRAPHS = 11,
    OX_ATTRIBUTE_TYPE = 20,
};

/* What OX_ATTRIBUTE_TYPE holds. */
enum ox_attribute_type {
    OX_TYPE_FLOAT = 1,
    OX_TYPE_INT = 2,
    OX_TYPE_TEXT = 3,
    OX_TYPE_TENSOR = 4,
    OX_TYPE_INTS = 7,
};

enum ox_tensor_field {
    OX_TENSOR_DIMS = 1,
    OX_TENSOR_DTYPE = 2,
    OX_TENSOR_FLOATS = 4,
    OX_TENSOR_INT32S = 5,
    OX_TENSOR_INT64S = 7,
    OX_TENSOR_NAME = 8,
    OX_TENSOR_RAW = 9,
    OX_TENSOR_DOUBLES = 10,
    OX_TENSOR_EXTERNAL = 13,
    OX_TENSOR_LOCATION = 14,
};

/* ValueInfoProto, its TypeProto, the Tensor in it, the shape, a dimension. */
enum ox_port_field {
    OX_PORT_NAME = 1,
    OX_PORT_TYPE = 2,
    OX_TYPE_OF_TENSOR = 1,
    OX_TENSOR_TYPE_DTYPE = 1,
    OX_TENSOR_TYPE_SHAPE = 2,
    OX_SHAPE_DIM = 1,
    OX_DIM_VALUE = 1,
    OX_DIM_NAME = 2,
};

/* TensorProto.DataType */
enum ox_dtype {
    OX_F32 = 1,
    OX_U8 = 2,
    OX_I8 = 3,
    OX_U16 = 4,
    OX_I16 = 5,
    OX_I32 = 6,
    OX_I64 = 7,
    OX_BOOL = 9,
    OX_F16 = 10,
    OX_F64 = 11,
    OX_BF16 = 16,
};

#endif
