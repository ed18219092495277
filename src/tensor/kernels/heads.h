/* Between an image, whose voxels are tokens, and the plain arrays
 * [n][heads][voxels][c / heads] that attention.h takes: head h has channels
 * h c / heads and on. */
#ifndef CS_TENSOR_KERNELS_HEADS_H
#define CS_TENSOR_KERNELS_HEADS_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

/* `heads` divides the channels. */
void tk_heads_take(const tk_run *run, size_t heads, const tk_image *from,
                   float *plain);
void tk_heads_give(const tk_run *run, size_t heads, const float *plain,
                   const tk_image *to);
/* to += plain */
void tk_heads_add(const tk_run *run, size_t heads, const float *plain,
                  const tk_image *to);

#endif
