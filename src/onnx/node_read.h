/* NodeProto and ValueInfoProto. */
#ifndef CS_ONNX_NODE_READ_H
#define CS_ONNX_NODE_READ_H

#include "onnx/model.h"

/* Arrays come from the arena and are no larger than the message. */
int ox_node_parse(cs_str message, cs_arena *arena, ox_node *ret,
                  cs_errinfo *info);

int ox_port_parse(cs_str message, ox_port *ret, cs_errinfo *info);

#endif
