#include "weights/elements.h"

#include <string.h>

static int whole_view(const tn_tensor *t, tn_tensor *ret, cs_errinfo *info)
{
    unsigned order[TN_RANK_MAX];
    for (unsigned i = 0; i < TN_RANK_MAX; i++)
        order[i] = i;
    return tn_view_permute(t, order, ret, info);
}

/* The next index in row-major order, and its place. */
static void step(const tn_tensor *t, size_t *index, ptrdiff_t *at)
{
    for (unsigned i = t->shape.rank; i-- > 0;) {
        *at += t->stride[i];
        if (++index[i] < t->shape.dim[i])
            return;
        *at -= t->stride[i] * (ptrdiff_t)index[i];
        index[i] = 0;
    }
}

static void gather(const tn_tensor *from, tn_tensor *to)
{
    size_t size = tn_dtype_size(from->dtype);
    size_t index[TN_RANK_MAX] = {0};
    size_t n = tn_count(from);
    const char *p = tn_data(from);
    char *q = tn_data(to);
    ptrdiff_t at = 0;
    for (size_t i = 0; i < n; i++) {
        memcpy(q + i * size, p + at * (ptrdiff_t)size, size);
        step(from, index, &at);
    }
}

int wt_contiguous(const tn_tensor *t, tn_tensor *ret, cs_errinfo *info)
{
    if (tn_is_contiguous(t))
        return whole_view(t, ret, info);
    int r = tn_tensor_init(ret, t->dtype, &t->shape, info);
    if (r == 0)
        gather(t, ret);
    return r;
}

/* --- oddities --- */

/* Where the exponent of a float type is, and its magnitude. */
typedef struct float_bits {
    uint64_t exponent, magnitude;
} float_bits;

static float_bits bits_of(tn_dtype d)
{
    switch (d) {
    case TN_F16:
        return (float_bits){0x7c00U, 0x7fffU};
    case TN_BF16:
        return (float_bits){0x7f80U, 0x7fffU};
    case TN_F32:
        return (float_bits){0x7f800000U, 0x7fffffffU};
    default:
        return (float_bits){UINT64_C(0x7ff) << 52, UINT64_MAX >> 1};
    }
}

static uint64_t load(const char *p, size_t size)
{
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch (size) {
    case sizeof(u16):
        memcpy(&u16, p, sizeof(u16));
        return u16;
    case sizeof(u32):
        memcpy(&u32, p, sizeof(u32));
        return u32;
    default:
        memcpy(&u64, p, sizeof(u64));
        return u64;
    }
}

int wt_count_oddities(const tn_tensor *t, wt_oddities *ret, cs_errinfo *info)
{
    wt_oddities found = {0, 0};
    if (tn_dtype_is_float(t->dtype)) {
        CS_SCOPED(tn_tensor) flat = TN_TENSOR_INIT;
        int r = wt_contiguous(t, &flat, info);
        if (r < 0)
            return r;
        size_t size = tn_dtype_size(t->dtype);
        float_bits bits = bits_of(t->dtype);
        const char *p = tn_data(&flat);
        for (size_t n = tn_count(t); n-- > 0; p += size) {
            uint64_t v = load(p, size) & bits.magnitude;
            found.nan += v > bits.exponent;
            found.inf += v == bits.exponent;
        }
    }
    *ret = found;
    return 0;
}
