#include "tensor/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"

#define ELEMENT_MAX 8

static char *dims_text(const uint64_t *dims, size_t rank,
                       char dst[TN_SHAPE_TEXT_MAX])
{
    size_t used = 0;
    used += (size_t)snprintf(dst, TN_SHAPE_TEXT_MAX, "[");
    for (size_t i = 0; i < rank; i++)
        used += (size_t)snprintf(dst + used, TN_SHAPE_TEXT_MAX - used,
                                 "%s%" PRIu64, i ? ", " : "", dims[i]);
    snprintf(dst + used, TN_SHAPE_TEXT_MAX - used, "]");
    return dst;
}

int tn_shape_make(const uint64_t *dims, size_t rank, tn_shape *ret,
                  cs_errinfo *info)
{
    if (rank > TN_RANK_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "a tensor of %zu dimensions; at most %d are supported",
                       rank, TN_RANK_MAX);
    tn_shape s = {.rank = (unsigned)rank};
    char text[TN_SHAPE_TEXT_MAX];
    for (size_t i = 0; i < rank; i++) {
        if (!cs_size_from_u64(dims[i], &s.dim[i]))
            return cs_fail(info, CS_E_RANGE, "the shape %s is too large",
                           dims_text(dims, rank, text));
    }
    /* Zero extents must not hide an overflow of the strides of the others. */
    size_t bytes = ELEMENT_MAX;
    for (size_t i = 0; i < rank; i++) {
        size_t extent = s.dim[i] ? s.dim[i] : 1;
        if (!cs_mul_size(bytes, extent, &bytes) || bytes > PTRDIFF_MAX)
            return cs_fail(info, CS_E_RANGE, "the shape %s is too large",
                           dims_text(dims, rank, text));
    }
    *ret = s;
    return 0;
}

size_t tn_shape_count(const tn_shape *s)
{
    size_t n = 1;
    for (unsigned i = 0; i < s->rank; i++)
        n *= s->dim[i];
    return n;
}

bool tn_shape_equal(const tn_shape *a, const tn_shape *b)
{
    return a->rank == b->rank &&
           memcmp(a->dim, b->dim, a->rank * sizeof(a->dim[0])) == 0;
}

/* Extent i counted from the last; 1 beyond the first. */
static size_t extent_from_end(const tn_shape *s, unsigned i)
{
    return i < s->rank ? s->dim[s->rank - 1 - i] : 1;
}

int tn_shape_broadcast(const tn_shape *a, const tn_shape *b, tn_shape *ret,
                       cs_errinfo *info)
{
    uint64_t dims[TN_RANK_MAX];
    unsigned rank = CS_MAX(a->rank, b->rank);
    for (unsigned i = 0; i < rank; i++) {
        size_t x = extent_from_end(a, i);
        size_t y = extent_from_end(b, i);
        if (x != y && x != 1 && y != 1) {
            char left[TN_SHAPE_TEXT_MAX];
            char right[TN_SHAPE_TEXT_MAX];
            return cs_fail(info, CS_E_RANGE,
                           "shapes %s and %s do not go together",
                           tn_shape_text(a, left), tn_shape_text(b, right));
        }
        dims[rank - 1 - i] = x == 1 ? y : x;
    }
    return tn_shape_make(dims, rank, ret, info);
}

char *tn_shape_text(const tn_shape *s, char dst[TN_SHAPE_TEXT_MAX])
{
    uint64_t dims[TN_RANK_MAX];
    for (unsigned i = 0; i < s->rank; i++)
        dims[i] = s->dim[i];
    return dims_text(dims, s->rank, dst);
}
