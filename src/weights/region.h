/* Tensors over bytes of a file that was loaded whole. */
#ifndef CS_WEIGHTS_REGION_H
#define CS_WEIGHTS_REGION_H

#include "base/str.h"
#include "tensor/tensor.h"

/* Bytes [begin, begin + size) of a buffer, inside it; holds one reference. */
typedef struct wt_region {
    tn_buffer *buffer;
    size_t begin, size;
    tn_dtype dtype; /* which its bytes are fit for */
} wt_region;

#define WT_REGION_INIT                                                         \
    {                                                                          \
        .buffer = NULL                                                         \
    }

/* A layout in elements, as files state it: not yet believed. */
typedef struct wt_layout {
    tn_shape shape;               /* made by tn_shape_make() */
    uint64_t stride[TN_RANK_MAX]; /* in elements */
    uint64_t offset;              /* of the first element */
} wt_layout;

/* The bytes of `file` (borrowed) as elements of a type: shared, or copied where
 * they are not aligned to it. CS_E_FORMAT where a bool is neither 0 nor 1.
 * `name` stands in messages. *ret is empty before. */
int wt_region_init(wt_region *ret, const wt_region *file, cs_str name,
                   cs_errinfo *info);
void wt_region_done(wt_region *r);

/* The strides of a contiguous tensor. */
void wt_layout_contiguous(wt_layout *l);

/* A view of the region in *ret, which is empty. CS_E_RANGE where the layout
 * leaves the region; CS_E_FORMAT where it repeats elements so that it is larger
 * than the region: a few bytes could otherwise claim any amount of memory once
 * they are copied. */
int wt_region_tensor(const wt_region *from, const wt_layout *l, cs_str name,
                     tn_tensor *ret, cs_errinfo *info);

#endif
