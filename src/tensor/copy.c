/* Copies of tensors, with conversion of their elements. Integers travel as
 * int64_t, everything else as double, which holds each of our floats. */
#include <math.h>
#include <string.h>

#include "tensor/tensor.h"

static double load_float(const void *p, tn_dtype d)
{
    switch (d) {
    case TN_F32:
        return (double)*(const float *)p;
    case TN_F16:
        return (double)tn_f16_to_f32(*(const uint16_t *)p);
    case TN_BF16:
        return (double)tn_bf16_to_f32(*(const uint16_t *)p);
    default:
        return *(const double *)p;
    }
}

static int64_t load_int(const void *p, tn_dtype d)
{
    switch (d) {
    case TN_I8:
        return *(const int8_t *)p;
    case TN_U8:
    case TN_BOOL:
        return *(const uint8_t *)p;
    case TN_I16:
        return *(const int16_t *)p;
    case TN_U16:
        return *(const uint16_t *)p;
    case TN_I32:
        return *(const int32_t *)p;
    default:
        return *(const int64_t *)p;
    }
}

/* A double that is on its way to 16 bits must not be rounded twice: towards
 * zero to f32 first, with the last bit set when something was cut off. */
static float round_to_odd(double v)
{
    float f = (float)v;
    if ((double)f == v || isnan(v) || isinf(f))
        return f;
    if (fabs((double)f) > fabs(v))
        f = nextafterf(f, 0.0F);
    uint32_t bits;
    memcpy(&bits, &f, sizeof(bits));
    bits |= 1U;
    memcpy(&f, &bits, sizeof(f));
    return f;
}

static void store_float(void *p, tn_dtype d, double v)
{
    switch (d) {
    case TN_F32:
        *(float *)p = (float)v;
        break;
    case TN_F16:
        *(uint16_t *)p = tn_f16_from_f32(round_to_odd(v));
        break;
    case TN_BF16:
        *(uint16_t *)p = tn_bf16_from_f32(round_to_odd(v));
        break;
    default:
        *(double *)p = v;
        break;
    }
}

static void store_int(void *p, tn_dtype d, int64_t v)
{
    switch (d) {
    case TN_I8:
        *(int8_t *)p = (int8_t)v;
        break;
    case TN_U8:
        *(uint8_t *)p = (uint8_t)v;
        break;
    case TN_BOOL:
        *(uint8_t *)p = v != 0;
        break;
    case TN_I16:
        *(int16_t *)p = (int16_t)v;
        break;
    case TN_U16:
        *(uint16_t *)p = (uint16_t)v;
        break;
    case TN_I32:
        *(int32_t *)p = (int32_t)v;
        break;
    default:
        *(int64_t *)p = v;
        break;
    }
}

static int64_t clamp_to(double v, tn_dtype d)
{
    static const struct {
        double low, high;
    } limits[TN_DTYPES] = {
        [TN_I8] = {INT8_MIN, INT8_MAX},    [TN_U8] = {0, UINT8_MAX},
        [TN_I16] = {INT16_MIN, INT16_MAX}, [TN_U16] = {0, UINT16_MAX},
        [TN_I32] = {INT32_MIN, INT32_MAX}, [TN_I64] = {-0x1p63, 0x1p63},
    };
    if (isnan(v))
        return 0;
    if (v >= limits[d].high)
        return d == TN_I64 ? INT64_MAX : (int64_t)limits[d].high;
    return v <= limits[d].low ? (int64_t)limits[d].low : (int64_t)v;
}

static void convert(const void *from, tn_dtype fd, void *to, tn_dtype td)
{
    if (tn_dtype_is_float(fd)) {
        double v = load_float(from, fd);
        if (tn_dtype_is_float(td))
            store_float(to, td, v);
        else
            store_int(to, td, td == TN_BOOL ? v != 0 : clamp_to(v, td));
        return;
    }
    int64_t v = load_int(from, fd);
    if (tn_dtype_is_float(td))
        store_float(to, td, (double)v);
    else
        store_int(to, td, v);
}

/* The next index in row-major order, and its place in *from. */
static void step(const tn_tensor *from, size_t *index, ptrdiff_t *at)
{
    for (unsigned i = from->shape.rank; i-- > 0;) {
        *at += from->stride[i];
        if (++index[i] < from->shape.dim[i])
            return;
        *at -= from->stride[i] * (ptrdiff_t)index[i];
        index[i] = 0;
    }
}

int tn_copy(const tn_tensor *from, tn_dtype dtype, tn_tensor *ret,
            cs_errinfo *info)
{
    tn_tensor made = TN_TENSOR_INIT;
    int r = tn_tensor_init(&made, dtype, &from->shape, info);
    if (r < 0)
        return r;
    size_t n = tn_count(from);
    size_t from_size = tn_dtype_size(from->dtype);
    size_t to_size = tn_dtype_size(dtype);
    const char *source = tn_data(from);
    char *target = tn_data(&made);
    size_t index[TN_RANK_MAX] = {0};
    ptrdiff_t at = 0;
    if (dtype == from->dtype && tn_is_contiguous(from)) {
        memcpy(target, source, n * from_size);
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        const void *element = source + at * (ptrdiff_t)from_size;
        if (dtype == from->dtype)
            memcpy(target + i * to_size, element, to_size);
        else
            convert(element, from->dtype, target + i * to_size, dtype);
        step(from, index, &at);
    }
    *ret = made;
    return 0;
}
