#include "tensor/dtype.h"

#include <string.h>

static const struct {
    const char *name;
    unsigned char size;
    bool is_float;
} dtypes[TN_DTYPES] = {
    [TN_F32] = {"f32", 4, true},    [TN_F16] = {"f16", 2, true},
    [TN_BF16] = {"bf16", 2, true},  [TN_F64] = {"f64", 8, true},
    [TN_I8] = {"i8", 1, false},     [TN_U8] = {"u8", 1, false},
    [TN_I16] = {"i16", 2, false},   [TN_U16] = {"u16", 2, false},
    [TN_I32] = {"i32", 4, false},   [TN_I64] = {"i64", 8, false},
    [TN_BOOL] = {"bool", 1, false},
};

size_t tn_dtype_size(tn_dtype d)
{
    return dtypes[d].size;
}

const char *tn_dtype_name(tn_dtype d)
{
    return dtypes[d].name;
}

bool tn_dtype_is_float(tn_dtype d)
{
    return dtypes[d].is_float;
}

bool tn_dtype_parse(const char *name, tn_dtype *ret)
{
    for (int d = 0; d < TN_DTYPES; d++) {
        if (strcmp(name, dtypes[d].name) == 0) {
            *ret = (tn_dtype)d;
            return true;
        }
    }
    return false;
}

static uint32_t bits_of(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof(bits));
    return bits;
}

static float float_of(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof(v));
    return v;
}

/* Drops the low `n` bits (1 to 24), to nearest, ties to even. A carry may run
 * into the exponent, which is then right as well. */
static uint32_t round_off(uint32_t bits, unsigned n)
{
    uint32_t half = 1U << (n - 1);
    uint32_t odd = (bits >> n) & 1U;
    return (bits + half - 1 + odd) >> n;
}

#define F32_INF 0x7f800000U
#define F16_INF 0x7c00U
#define F16_QUIET 0x7e00U
#define F32_OF_F16_MIN_NORMAL 0x38800000U /* 2^-14 */
#define F32_OF_F16_OVERFLOW 0x47800000U   /* 2^16 */
#define EXPONENT_SHIFT_F16 0x38000000U    /* 127 - 15, in place */

uint16_t tn_f16_from_f32(float v)
{
    uint32_t bits = bits_of(v);
    uint32_t sign = (bits >> 16) & 0x8000U;
    uint32_t abs = bits & 0x7fffffffU;
    if (abs > F32_INF)
        return (uint16_t)(sign | F16_QUIET);
    if (abs >= F32_OF_F16_OVERFLOW)
        return (uint16_t)(sign | F16_INF);
    if (abs >= F32_OF_F16_MIN_NORMAL)
        return (uint16_t)(sign | round_off(abs - EXPONENT_SHIFT_F16, 13));
    /* Subnormal: the mantissa with its leading one, moved down. */
    unsigned shift = 126 - (abs >> 23);
    if (shift > 24)
        return (uint16_t)sign;
    uint32_t mantissa = (abs & 0x7fffffU) | 0x800000U;
    return (uint16_t)(sign | round_off(mantissa, shift));
}

float tn_f16_to_f32(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits & 0x8000U) << 16;
    uint32_t abs = bits & 0x7fffU;
    if (abs >= F16_INF)
        return float_of(sign | F32_INF | (abs & 0x3ffU) << 13);
    if (abs >= 0x400U)
        return float_of(sign | ((abs << 13) + EXPONENT_SHIFT_F16));
    float magnitude = (float)abs * 0x1p-24F;
    return float_of(sign | bits_of(magnitude));
}

uint16_t tn_bf16_from_f32(float v)
{
    uint32_t bits = bits_of(v);
    if ((bits & 0x7fffffffU) > F32_INF)
        return (uint16_t)(bits >> 16 | 0x40U);
    return (uint16_t)round_off(bits, 16);
}

float tn_bf16_to_f32(uint16_t bits)
{
    return float_of((uint32_t)bits << 16);
}
