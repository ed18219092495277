/* Rows of voxels as floats, and back: how operations that compute in single
 * precision read and write volumes of any element type. Integers beyond 2^24
 * and doubles lose their last digits on the way. */
#ifndef CS_IMAGE_ELEMENTS_H
#define CS_IMAGE_ELEMENTS_H

#include "image/kernels/table.h"
#include "tensor/dtype.h"

/* n elements of type d from `from` on. */
void im_load_row(const im_table *table, tn_dtype d, const void *from, size_t n,
                 float *to);

/* To integers: to nearest, ties to even, clamped to what fits; NaN gives 0.
 * To TN_BOOL: whether it is not 0. */
void im_store_row(const im_table *table, tn_dtype d, const float *from,
                  size_t n, void *to);

/* One value, rounded and clamped in the same way but from double. */
void im_store_value(tn_dtype d, double v, void *to);

/* n times the element at `value`. */
void im_fill_row(tn_dtype d, const void *value, size_t n, void *to);

#endif
