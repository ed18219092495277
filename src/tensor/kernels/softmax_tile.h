/* Softmax of a few voxels at once, for softmax.c and attention.c alone. A tile
 * holds `rows` voxels of c channels, in blocks of [rows][8], `stride` floats
 * apart; lanes beyond c are written as zeros. */
#ifndef CS_TENSOR_KERNELS_SOFTMAX_TILE_H
#define CS_TENSOR_KERNELS_SOFTMAX_TILE_H

#include "base/defs.h"
#include "tensor/kernels/table.h"

#define TK_TILE_ROWS ((size_t)64) /* at most */

typedef struct tk_tile {
    size_t rows, c;
    size_t from_stride, to_stride;
} tk_tile;

/* `to` may be `from`. Voxels with -infinity alone become zeros where
 * `hidden_is_zero`, otherwise NaN. */
void tk_tile_softmax(const tk_math_table *math, const tk_tile *t,
                     const float *from, bool hidden_is_zero, float *to);
void tk_tile_log_softmax(const tk_math_table *math, const tk_tile *t,
                         const float *from, float *to);

/* Sums in double of row r's channels: of a * b, or of a where b is NULL. The
 * strides are from_stride for a and to_stride for b. */
void tk_tile_sums(const tk_tile *t, const float *a, const float *b,
                  double *sums);

#endif
