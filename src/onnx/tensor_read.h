/* TensorProto: an initializer, or the value of an attribute. */
#ifndef CS_ONNX_TENSOR_READ_H
#define CS_ONNX_TENSOR_READ_H

#include "base/str.h"
#include "tensor/tensor.h"

/* The message is a part of `file`. Raw elements are a view of the file where
 * their place suits their type, else copied; typed fields are converted. *ret
 * is empty; never larger than what the file holds. *ret_name is borrowed and
 * may be empty. */
int ox_tensor_parse(tn_buffer *file, cs_str message, cs_str *ret_name,
                    tn_tensor *ret, cs_errinfo *info);

#endif
