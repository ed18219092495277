/* Rows of an image, and of one that is repeated to wider extents, for the files
 * arith.c, reduce.c and box.c alone. */
#ifndef CS_TENSOR_KERNELS_BROADCAST_H
#define CS_TENSOR_KERNELS_BROADCAST_H

#include <string.h>

#include "tensor/kernels/voxels.h"

/* A row along w of one block. */
typedef struct tk_row {
    size_t n, block, z, y;
} tk_row;

static inline size_t tk_rows_of(const tk_dims *s)
{
    return s->n * tk_blocks(s->c) * s->d * s->h;
}

static inline tk_row tk_row_at(const tk_dims *s, size_t i)
{
    tk_row r = {.y = i % s->h, .z = i / s->h % s->d};
    i /= s->h * s->d;
    r.block = i % tk_blocks(s->c);
    r.n = i / tk_blocks(s->c);
    return r;
}

/* The row of an operand that is repeated to wider extents. */
typedef struct tk_source {
    const float *data;
    size_t step; /* floats from voxel to voxel: 0 repeats one */
    bool splat;  /* the first lane stands for all */
} tk_source;

static inline tk_source tk_source_at(const tk_image *x, const tk_dims *to,
                                     const tk_row *r)
{
    const tk_dims *s = &x->dims;
    size_t z = s->d == 1 ? 0 : r->z;
    size_t y = s->h == 1 ? 0 : r->y;
    bool splat = s->c == 1 && to->c != 1;
    const float *block =
        tk_block(x, s->n == 1 ? 0 : r->n, s->c == 1 ? 0 : r->block);
    return (tk_source){.data = block + (z * s->h + y) * s->w * TK_LANES,
                       .step = s->w == 1 ? 0 : TK_LANES,
                       .splat = splat};
}

static inline void tk_load(const tk_source *s, size_t x, float to[TK_LANES])
{
    const float *p = s->data + x * s->step;
    for (size_t l = 0; l < TK_LANES; l++)
        to[l] = p[s->splat ? 0 : l];
}

static inline float *tk_row_data(const tk_image *x, const tk_row *r)
{
    return tk_block(x, r->n, r->block) +
           (r->z * x->dims.h + r->y) * x->dims.w * TK_LANES;
}

static inline void tk_zero_beyond(const tk_dims *s, size_t block, size_t w,
                                  float *y)
{
    size_t used = tk_lanes_used(s, block);
    for (size_t x = 0; used < TK_LANES && x < w; x++)
        memset(y + x * TK_LANES + used, 0, (TK_LANES - used) * sizeof(float));
}

#endif
