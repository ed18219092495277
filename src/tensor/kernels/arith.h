/* Sums, differences and products of two images.
 *
 * Broadcasting: where an image has extent 1 along n, c, d, h or w and the
 * other side has more, its values are repeated. So [n][c][1][1][1] scales
 * channels and [n][1][d][h][w] voxels. The gradients are in reduce.h. */
#ifndef CS_TENSOR_KERNELS_ARITH_H
#define CS_TENSOR_KERNELS_ARITH_H

#include "base/error.h"
#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef enum tk_arith {
    TK_ADD,
    TK_SUB,
    TK_MUL,
} tk_arith;

/* Extents of the result; CS_E_RANGE when two extents differ and none is 1. */
int tk_broadcast(const tk_dims *a, const tk_dims *b, tk_dims *ret,
                 cs_errinfo *info);

/* y = a op b; y has the extents that tk_broadcast() gives. y may be an operand
 * of its own extents. */
void tk_arith_run(const tk_run *run, tk_arith op, const tk_image *a,
                  const tk_image *b, const tk_image *y);

/* y = factor * x, x repeated to the extents of y. Also the gradient of a sum
 * (factor 1) and of a mean (1 / elements that were averaged). y may be x. */
void tk_scale(const tk_run *run, float factor, const tk_image *x,
              const tk_image *y);

#endif
