/* Element types of tensors, their names in the formats we read, and the two
 * short floats, whose bits we convert ourselves. */
#ifndef CS_TENSOR_DTYPE_H
#define CS_TENSOR_DTYPE_H

#include "base/defs.h"

typedef enum tn_dtype {
    TN_F32,
    TN_F16,
    TN_BF16, /* the upper half of an f32 */
    TN_F64,
    TN_I8,
    TN_U8,
    TN_I16,
    TN_U16,
    TN_I32,
    TN_I64,
    TN_BOOL, /* one byte, 0 or 1 */
    TN_DTYPES,
} tn_dtype;

/* Bytes of one element. */
size_t tn_dtype_size(tn_dtype d);

/* "f32", "bf16", "u8", "bool": as safetensors spells them, in lower case. */
const char *tn_dtype_name(tn_dtype d);

bool tn_dtype_parse(const char *name, tn_dtype *ret);

bool tn_dtype_is_float(tn_dtype d);

/* To nearest, ties to even. NaN stays NaN, what is too large becomes
 * infinity. */
uint16_t tn_f16_from_f32(float v);
uint16_t tn_bf16_from_f32(float v);

/* Exact. */
float tn_f16_to_f32(uint16_t bits);
float tn_bf16_to_f32(uint16_t bits);

#endif
