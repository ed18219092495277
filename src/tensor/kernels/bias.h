/* Sums over samples and voxels: the gradient of a bias. */
#ifndef CS_TENSOR_KERNELS_BIAS_H
#define CS_TENSOR_KERNELS_BIAS_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

/* sum[c] for each channel; scratch as tk_norm_scratch(). */
void tk_channel_sums(const tk_run *run, const tk_image *x, float *sum);

#endif
