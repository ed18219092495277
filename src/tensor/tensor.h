/* A tensor: a shape and strides over a shared buffer. A struct of its
 * holder's, holding one reference on the buffer; copies are made by
 * tn_view_*() or tn_copy(), never by assignment.
 *
 *     CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
 *     int r = tn_tensor_init(&t, TN_F32, &TN_SHAPE(2, 3), info);
 *
 * Views share the memory: writing through one shows in the others. */
#ifndef CS_TENSOR_TENSOR_H
#define CS_TENSOR_TENSOR_H

#include "tensor/buffer.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

typedef struct tn_tensor {
    tn_dtype dtype;
    tn_shape shape;
    ptrdiff_t stride[TN_RANK_MAX]; /* in elements; 0 along a broadcast axis */
    size_t offset;                 /* of element 0, in elements */
    tn_buffer *buffer;             /* NULL: empty */
} tn_tensor;

#define TN_TENSOR_INIT                                                         \
    {                                                                          \
        .buffer = NULL                                                         \
    }

/* Zeros, contiguous, in a buffer of its own. On failure *t stays empty. */
int tn_tensor_init(tn_tensor *t, tn_dtype dtype, const tn_shape *shape,
                   cs_errinfo *info);

/* Contiguous over `buffer` from element `offset` on; takes a reference of its
 * own. CS_E_RANGE when the buffer is too small. */
int tn_tensor_over(tn_tensor *t, tn_buffer *buffer, size_t offset,
                   tn_dtype dtype, const tn_shape *shape, cs_errinfo *info);

void tn_tensor_done(tn_tensor *t);

/* The first element's address. Typed access is for contiguous tensors, or
 * goes by the strides. */
void *tn_data(const tn_tensor *t);
static inline float *tn_f32(const tn_tensor *t)
{
    return (float *)tn_data(t);
}

size_t tn_count(const tn_tensor *t);
size_t tn_bytes(const tn_tensor *t); /* of the elements, not of the buffer */
bool tn_is_contiguous(const tn_tensor *t);

/* Views of *from in *ret, which must be empty. */
int tn_view_slice(const tn_tensor *from, unsigned axis, size_t begin,
                  size_t end, tn_tensor *ret, cs_errinfo *info);
/* Axis i of the view is axis order[i]; a permutation of the rank. */
int tn_view_permute(const tn_tensor *from, const unsigned *order,
                    tn_tensor *ret, cs_errinfo *info);
/* A contiguous tensor seen with another shape of as many elements. */
int tn_view_reshape(const tn_tensor *from, const tn_shape *shape,
                    tn_tensor *ret, cs_errinfo *info);
/* Axes of extent 1, and missing leading ones, repeated without copying. */
int tn_view_expand(const tn_tensor *from, const tn_shape *shape, tn_tensor *ret,
                   cs_errinfo *info);

/* A contiguous copy, element by element converted to `dtype` as C converts,
 * with floats to integers clamped to what fits (NaN gives 0), and anything
 * non-zero being true. */
int tn_copy(const tn_tensor *from, tn_dtype dtype, tn_tensor *ret,
            cs_errinfo *info);

#endif
