/* Layer normalisation: over the channels of each voxel, y = (x - mean) /
 * sqrt(variance + eps) * gain + shift. Statistics in double, in an order that
 * the extents alone decide. */
#ifndef CS_TENSOR_KERNELS_LAYER_NORM_H
#define CS_TENSOR_KERNELS_LAYER_NORM_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef struct tk_layer_norm {
    const float *gain, *shift; /* one per channel; NULL for 1 and 0 */
    double eps;
} tk_layer_norm;

/* y may be x. */
void tk_layer_norm_forward(const tk_run *run, const tk_layer_norm *norm,
                           const tk_image *x, const tk_image *y);

/* Floats of scratch that the backward pass needs. */
size_t tk_layer_norm_scratch(const tk_dims *x);

/* Each may be NULL. */
typedef struct tk_layer_norm_gradients {
    const tk_image *dx;    /* overlaps neither x nor dy */
    float *dgain, *dshift; /* one per channel */
} tk_layer_norm_gradients;

void tk_layer_norm_backward(const tk_run *run, const tk_layer_norm *norm,
                            const tk_image *x, const tk_image *dy,
                            const tk_layer_norm_gradients *to);

#endif
