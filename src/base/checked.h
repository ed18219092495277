/* Arithmetic on sizes that come from files or the network. Each returns false,
 * leaving *ret untouched, when the result does not fit. */
#ifndef CS_BASE_CHECKED_H
#define CS_BASE_CHECKED_H

#include "base/defs.h"

static inline CS_MUST_CHECK bool cs_add_size(size_t a, size_t b, size_t *ret)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *ret = sum;
    return true;
}

static inline CS_MUST_CHECK bool cs_sub_size(size_t a, size_t b, size_t *ret)
{
    if (b > a)
        return false;
    *ret = a - b;
    return true;
}

static inline CS_MUST_CHECK bool cs_mul_size(size_t a, size_t b, size_t *ret)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *ret = product;
    return true;
}

/* Product of n factors: the voxel count of a volume, the bytes of a tensor. */
static inline CS_MUST_CHECK bool cs_product_size(const size_t *factors,
                                                 size_t n, size_t *ret)
{
    size_t product = 1;
    bool zero = false;
    for (size_t i = 0; i < n; i++) {
        if (factors[i] == 0)
            zero = true;
        else if (__builtin_mul_overflow(product, factors[i], &product))
            return false;
    }
    *ret = zero ? 0 : product;
    return true;
}

/* Smallest multiple of `align` (a power of two) that is at least n. */
static inline CS_MUST_CHECK bool cs_align_size(size_t n, size_t align,
                                               size_t *ret)
{
    size_t sum;
    if (__builtin_add_overflow(n, align - 1, &sum))
        return false;
    *ret = sum & ~(align - 1);
    return true;
}

/* A size kept in 64 bits by a file format, on this machine. */
static inline CS_MUST_CHECK bool cs_size_from_u64(uint64_t v, size_t *ret)
{
    if (v > SIZE_MAX)
        return false;
    *ret = (size_t)v;
    return true;
}

/* True when [offset, offset + length) lies inside [0, total). */
static inline bool cs_range_fits(uint64_t offset, uint64_t length,
                                 uint64_t total)
{
    return offset <= total && length <= total - offset;
}

#endif
