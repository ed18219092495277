/* Up- and downsampling to any extents: nearest neighbour, and linear along
 * each axis (bilinear, trilinear). The output's extents are the target; n and
 * c are those of the input.
 *
 * Places are found as PyTorch's interpolate(size=…) finds them, in float: with
 * scale = in / out, nearest takes floor(o * scale); linear reads at
 * scale * (o + 0.5) - 0.5, not below 0, or with align_corners at
 * o * (in - 1) / (out - 1). */
#ifndef CS_TENSOR_KERNELS_RESIZE_H
#define CS_TENSOR_KERNELS_RESIZE_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef enum tk_resize {
    TK_RESIZE_NEAREST,
    TK_RESIZE_LINEAR,
    TK_RESIZE_LINEAR_CORNERS, /* corner voxels meet: align_corners=True */
} tk_resize;

/* y must not overlap x. */
void tk_resize_forward(const tk_run *run, tk_resize how, const tk_image *x,
                       const tk_image *y);

/* dx = gradient. Sums follow the order of the output's voxels. */
void tk_resize_backward(const tk_run *run, tk_resize how, const tk_image *dy,
                        const tk_image *dx);

#endif
