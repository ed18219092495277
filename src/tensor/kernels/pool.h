/* Pooling: the maximum or the mean of windows. */
#ifndef CS_TENSOR_KERNELS_POOL_H
#define CS_TENSOR_KERNELS_POOL_H

#include "base/error.h"
#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef enum tk_pool_kind { TK_POOL_MAX, TK_POOL_MEAN } tk_pool_kind;

typedef struct tk_pool {
    tk_pool_kind kind;
    /* Windows as evenly as they go onto the output's extents; the fields
     * below are then unused. An output of 1 x 1 x 1 is global pooling. */
    bool adaptive;
    size_t kernel[3], stride[3], pad[3];
    /* MEAN: padding counts as zeros (PyTorch's default). */
    bool count_pad;
} tk_pool;

/* Output of windows that fit whole; CS_E_RANGE when none does. Not for
 * adaptive pooling. */
int tk_pool_output(const tk_pool *pool, const tk_dims *x, tk_dims *ret,
                   cs_errinfo *info);

void tk_pool_forward(const tk_run *run, const tk_pool *pool, const tk_image *x,
                     const tk_image *y);

/* For planes [to.begin, to.end) of an output alone: the planes of an input
 * with `depth` of them that are read, and the geometry on those parts. Not for
 * adaptive pooling. */
tk_planes tk_pool_reads(const tk_pool *pool, tk_planes to, size_t depth);
tk_pool tk_pool_window(const tk_pool *pool, tk_planes to);

/* dx = gradient, from x (MAX only; may be NULL for MEAN) and dy. Of equal
 * largest values the first of the window gets the gradient. */
void tk_pool_backward(const tk_run *run, const tk_pool *pool, const tk_image *x,
                      const tk_image *dy, const tk_image *dx);

#endif
