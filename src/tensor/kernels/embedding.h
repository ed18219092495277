/* Rows of a table [rows][size] by number: those at channel 0 of each voxel of
 * `ids`, whole numbers from 0 to rows - 1. */
#ifndef CS_TENSOR_KERNELS_EMBEDDING_H
#define CS_TENSOR_KERNELS_EMBEDDING_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

/* The channels of each voxel of y are the row; NaN where the number is none.
 * rows <= 2^24. */
void tk_embedding_forward(const tk_run *run, size_t rows, const float *table,
                          const tk_image *ids, const tk_image *y);

/* dtable[row] += dy of each voxel, in the order of voxels. A number that is no
 * row gives nothing. */
void tk_embedding_backward(const tk_run *run, size_t rows, const tk_image *ids,
                           const tk_image *dy, float *dtable);

#endif
