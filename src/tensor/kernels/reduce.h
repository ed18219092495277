/* Sums, means and largest values over any axes, and with them the gradients of
 * operands that were repeated (arith.h). The target has extent 1 along the axes
 * that are reduced, and the extents of the source along the others.
 *
 * Sums are in double, over fixed parts of the image in rising order and then
 * over the parts: bits depend on the extents alone. */
#ifndef CS_TENSOR_KERNELS_REDUCE_H
#define CS_TENSOR_KERNELS_REDUCE_H

#include "tensor/kernels/arith.h"

/* Floats of scratch for tk_reduce() and tk_arith_backward(). */
size_t tk_reduce_scratch(void);

typedef enum tk_reduction {
    TK_REDUCE_SUM,
    TK_REDUCE_MEAN,
    TK_REDUCE_MAX, /* NaN if one is among the values */
} tk_reduction;

/* y of x over the axes along which y has extent 1. */
void tk_reduce(const tk_run *run, tk_reduction kind, const tk_image *x,
               const tk_image *y);

/* dx from y, the result of TK_REDUCE_MAX. Of equal largest values the first in
 * the order of samples, blocks of eight channels, voxels, channels gets the
 * whole gradient. */
void tk_reduce_max_backward(const tk_run *run, const tk_image *x,
                            const tk_image *y, const tk_image *dy,
                            const tk_image *dx);

/* The gradient of an operand of tk_arith_run() from dy, summed to its extents:
 * of the first operand, or of the second. `other` is the other one, read for
 * MUL alone. */
void tk_arith_backward(const tk_run *run, tk_arith op, bool second,
                       const tk_image *other, const tk_image *dy,
                       const tk_image *to);

#endif
