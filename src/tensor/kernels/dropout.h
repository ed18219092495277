/* Dropout: each element, or each whole channel of a sample, is zeroed with
 * probability p, and the others are divided by 1 - p.
 *
 * The mask is not stored: element i of [n][c / 8][d][h][w][8] (or channel
 * n * c + i) is kept when word i of the stream, as a number of [0, 1), is not
 * below p. So one function serves both directions, and the mask is the same on
 * any number of threads and wherever the image lies. */
#ifndef CS_TENSOR_KERNELS_DROPOUT_H
#define CS_TENSOR_KERNELS_DROPOUT_H

#include "base/random.h"
#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

typedef struct tk_dropout {
    cs_rng stream; /* one for each layer and step; its place plays no part */
    float p;       /* 0 to 1; at 1 everything is zero */
    bool channels; /* whole channels: PyTorch's Dropout2d and 3d */
} tk_dropout;

/* y from x, and dx from dy. In place is fine. */
void tk_dropout_run(const tk_run *run, const tk_dropout *drop,
                    const tk_image *x, const tk_image *y);

#endif
