/* The layout that images and feature maps keep from the first layer of a
 * network to the last: f32 in blocks of eight channels,
 *
 *     [n][ceil(c / 8)][d][h][w][8]
 *
 * so that eight channels of one voxel are one vector, and a block is one
 * contiguous volume. 2D images have d = 1. Lanes beyond c hold zeros: every
 * kernel may rely on that in its inputs and keeps it in its outputs.
 *
 * A tk_image borrows its memory. It may be a part of a larger image: some of
 * its channels (then `batch` is larger than its own blocks need), which is how
 * two layers write the halves of a concatenation, or some of its depth (then
 * `block` is larger too), which is how a large scan goes through in slabs. */
#ifndef CS_TENSOR_KERNELS_IMAGE_H
#define CS_TENSOR_KERNELS_IMAGE_H

#include "base/defs.h"

#define TK_LANES 8

typedef struct tk_dims {
    size_t n, c, d, h, w;
} tk_dims;

typedef struct tk_image {
    float *data; /* 32-byte aligned */
    tk_dims dims;
    size_t batch; /* floats from one sample to the next … */
    size_t block; /* … and from one block of eight channels to the next */
} tk_image;

static inline size_t tk_blocks(size_t channels)
{
    return (channels + TK_LANES - 1) / TK_LANES;
}

static inline size_t tk_voxels(const tk_dims *s)
{
    return s->d * s->h * s->w;
}

/* Floats of one block of eight channels. */
static inline size_t tk_block_floats(const tk_dims *s)
{
    return tk_voxels(s) * TK_LANES;
}

/* Floats of one sample, and of the whole image, when nothing is between. */
static inline size_t tk_sample_floats(const tk_dims *s)
{
    return tk_blocks(s->c) * tk_block_floats(s);
}

static inline size_t tk_image_floats(const tk_dims *s)
{
    return s->n * tk_sample_floats(s);
}

static inline tk_image tk_image_at(float *data, tk_dims dims)
{
    return (tk_image){data, dims, tk_sample_floats(&dims),
                      tk_block_floats(&dims)};
}

/* Channels [begin, begin + count) of an image; begin is a multiple of eight. */
static inline tk_image tk_image_channels(const tk_image *x, size_t begin,
                                         size_t count)
{
    tk_image part = *x;
    part.data += begin / TK_LANES * x->block;
    part.dims.c = count;
    return part;
}

/* Planes [begin, begin + count) of its depth. */
static inline tk_image tk_image_planes(const tk_image *x, size_t begin,
                                       size_t count)
{
    tk_image part = *x;
    part.data += begin * x->dims.h * x->dims.w * TK_LANES;
    part.dims.d = count;
    return part;
}

static inline float *tk_block(const tk_image *x, size_t n, size_t block)
{
    return x->data + n * x->batch + block * x->block;
}

static inline float *tk_at(const tk_image *x, size_t n, size_t c, size_t z,
                           size_t y, size_t i)
{
    size_t voxel = (z * x->dims.h + y) * x->dims.w + i;
    return tk_block(x, n, c / TK_LANES) + voxel * TK_LANES + c % TK_LANES;
}

/* Planes [begin, end) of an image's depth. */
typedef struct tk_planes {
    size_t begin, end;
} tk_planes;

#endif
