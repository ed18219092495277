/* Shapes: up to six extents, the last one fastest in memory. A shape that was
 * made by tn_shape_make() has a product of extents, times the largest element,
 * that fits in ptrdiff_t; arithmetic on its offsets then cannot overflow. */
#ifndef CS_TENSOR_SHAPE_H
#define CS_TENSOR_SHAPE_H

#include "base/defs.h"
#include "base/error.h"

#define TN_RANK_MAX 6

typedef struct tn_shape {
    unsigned rank; /* 0: a single number */
    size_t dim[TN_RANK_MAX];
} tn_shape;

/* For extents known to be sane, as in tests and network definitions. */
#define TN_SHAPE(...)                                                          \
    ((tn_shape){.rank = sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t),      \
                .dim = {__VA_ARGS__}})

/* The checked way in for extents from a file. CS_E_RANGE names the shape. */
int tn_shape_make(const uint64_t *dims, size_t rank, tn_shape *ret,
                  cs_errinfo *info);

/* Number of elements; 1 for rank 0. */
size_t tn_shape_count(const tn_shape *s);

bool tn_shape_equal(const tn_shape *a, const tn_shape *b);

/* The shape of an operation on a and b under NumPy's broadcasting rules;
 * CS_E_RANGE, naming both, when they do not fit. */
int tn_shape_broadcast(const tn_shape *a, const tn_shape *b, tn_shape *ret,
                       cs_errinfo *info);

#define TN_SHAPE_TEXT_MAX 136
/* "[2, 3, 64]"; returns dst. */
char *tn_shape_text(const tn_shape *s, char dst[TN_SHAPE_TEXT_MAX]);

#endif
