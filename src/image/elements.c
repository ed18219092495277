#include "image/elements.h"

#include <math.h>
#include <string.h>

/* An element type's row, for types that have no kernel of their own. */
#define LOAD_ROW(T)                                                            \
    for (size_t i = 0; i < n; i++)                                             \
    to[i] = (float)((const T *)from)[i]

static void load_rare(tn_dtype d, const void *from, size_t n, float *to)
{
    switch (d) {
    case TN_I8:
        LOAD_ROW(int8_t);
        break;
    case TN_U16:
        LOAD_ROW(uint16_t);
        break;
    case TN_I32:
        LOAD_ROW(int32_t);
        break;
    case TN_I64:
        LOAD_ROW(int64_t);
        break;
    case TN_F64:
        LOAD_ROW(double);
        break;
    case TN_F16:
        for (size_t i = 0; i < n; i++)
            to[i] = tn_f16_to_f32(((const uint16_t *)from)[i]);
        break;
    default: /* TN_BF16 */
        for (size_t i = 0; i < n; i++)
            to[i] = tn_bf16_to_f32(((const uint16_t *)from)[i]);
        break;
    }
}

void im_load_row(const im_table *table, tn_dtype d, const void *from, size_t n,
                 float *to)
{
    if (d == TN_F32)
        memcpy(to, from, n * sizeof(float));
    else if (d == TN_I16)
        table->load_i16(from, n, to);
    else if (d == TN_U8 || d == TN_BOOL)
        table->load_u8(from, n, to);
    else
        load_rare(d, from, n, to);
}

/* --- back --- */

/* Rounded to even at a tie, whatever the rounding mode of the moment. */
static double round_even(double v)
{
    double whole = floor(v), over = v - whole;
    if (over > 0.5 || (over == 0.5 && fmod(whole, 2) != 0))
        whole += 1;
    return whole;
}

static int64_t to_integer(double v, double low, double high)
{
    if (isnan(v))
        return 0;
    if (v <= low)
        return (int64_t)low;
    if (v >= high)
        return high >= 0x1p63 ? INT64_MAX : (int64_t)high;
    return (int64_t)round_even(v);
}

void im_store_value(tn_dtype d, double v, void *to)
{
    switch (d) {
    case TN_F32:
        *(float *)to = (float)v;
        break;
    case TN_F64:
        *(double *)to = v;
        break;
    case TN_F16:
        *(uint16_t *)to = tn_f16_from_f32((float)v);
        break;
    case TN_BF16:
        *(uint16_t *)to = tn_bf16_from_f32((float)v);
        break;
    case TN_I8:
        *(int8_t *)to = (int8_t)to_integer(v, INT8_MIN, INT8_MAX);
        break;
    case TN_U8:
        *(uint8_t *)to = (uint8_t)to_integer(v, 0, UINT8_MAX);
        break;
    case TN_I16:
        *(int16_t *)to = (int16_t)to_integer(v, INT16_MIN, INT16_MAX);
        break;
    case TN_U16:
        *(uint16_t *)to = (uint16_t)to_integer(v, 0, UINT16_MAX);
        break;
    case TN_I32:
        *(int32_t *)to = (int32_t)to_integer(v, INT32_MIN, INT32_MAX);
        break;
    case TN_I64:
        *(int64_t *)to = to_integer(v, -0x1p63, 0x1p63);
        break;
    default: /* TN_BOOL */
        *(uint8_t *)to = v != 0;
        break;
    }
}

void im_store_row(const im_table *table, tn_dtype d, const float *from,
                  size_t n, void *to)
{
    size_t size = tn_dtype_size(d);
    if (d == TN_F32)
        memcpy(to, from, n * sizeof(float));
    else if (d == TN_I16)
        table->store_i16(from, n, to);
    else if (d == TN_U8)
        table->store_u8(from, n, to);
    else
        for (size_t i = 0; i < n; i++)
            im_store_value(d, (double)from[i], (char *)to + i * size);
}

#define FILL_ROW(T)                                                            \
    for (size_t i = 0; i < n; i++)                                             \
    ((T *)to)[i] = *(const T *)value

void im_fill_row(tn_dtype d, const void *value, size_t n, void *to)
{
    switch (tn_dtype_size(d)) {
    case 1:
        memset(to, *(const uint8_t *)value, n);
        break;
    case 2:
        FILL_ROW(uint16_t);
        break;
    case 4:
        FILL_ROW(uint32_t);
        break;
    default:
        FILL_ROW(uint64_t);
        break;
    }
}
