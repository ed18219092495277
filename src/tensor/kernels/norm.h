/* Batch, instance and group normalisation: y = (x - mean) / sqrt(variance +
 * eps) * gain + shift, where mean and variance belong to a set of channels and
 * samples. All are the same three passes over the image; only the sets differ.
 *
 * Statistics are taken in two passes (mean first), summed by chunks in double,
 * in an order that does not depend on threads. */
#ifndef CS_TENSOR_KERNELS_NORM_H
#define CS_TENSOR_KERNELS_NORM_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef enum tk_norm_kind {
    TK_NORM_BATCH,    /* one set per channel, over all samples */
    TK_NORM_INSTANCE, /* one per channel and sample */
    TK_NORM_GROUP,    /* one per group of channels and sample */
} tk_norm_kind;

typedef struct tk_norm {
    tk_norm_kind kind;
    size_t groups; /* of GROUP; divides the channels */
    double eps;
} tk_norm;

/* Sets of an image, and elements of each. */
size_t tk_norm_sets(const tk_norm *norm, const tk_dims *x);
size_t tk_norm_set_size(const tk_norm *norm, const tk_dims *x);

/* Scratch that the three functions below need, in floats. */
size_t tk_norm_scratch(const tk_dims *x);

/* Mean and (biased) variance of each set. */
void tk_norm_statistics(const tk_run *run, const tk_norm *norm,
                        const tk_image *x, double *mean, double *variance);

/* gain and shift are one float per channel, or NULL for 1 and 0. Afterwards
 * t becomes max(t, slope * t) as in conv.h. y may be x. */
void tk_norm_forward(const tk_run *run, const tk_norm *norm, const double *mean,
                     const double *variance, const float *gain,
                     const float *shift, float slope, const tk_image *x,
                     const tk_image *y);

/* Gradients when mean and variance are those of x itself. dgain and dshift may
 * be NULL; dx may be dy. */
void tk_norm_backward(const tk_run *run, const tk_norm *norm,
                      const double *mean, const double *variance,
                      const float *gain, const tk_image *x, const tk_image *dy,
                      const tk_image *dx, float *dgain, float *dshift);

#endif
