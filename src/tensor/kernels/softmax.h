/* Softmax over the channels of each voxel, and its logarithm.
 *
 * The largest channel is subtracted first, so that nothing overflows; sums are
 * in double, lane by lane and then over the lanes. A voxel with a NaN, or with
 * no channel above -infinity, becomes NaN. */
#ifndef CS_TENSOR_KERNELS_SOFTMAX_H
#define CS_TENSOR_KERNELS_SOFTMAX_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef enum tk_softmax {
    TK_SOFTMAX,
    TK_LOG_SOFTMAX,
} tk_softmax;

/* y may be x. */
void tk_softmax_forward(const tk_run *run, tk_softmax kind, const tk_image *x,
                        const tk_image *y);

/* From the output y; dx may be dy or y. */
void tk_softmax_backward(const tk_run *run, tk_softmax kind, const tk_image *y,
                         const tk_image *dy, const tk_image *dx);

#endif
