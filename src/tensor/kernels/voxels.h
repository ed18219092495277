/* Loops over the blocks of an image, for kernels that treat every block of
 * eight channels alike. */
#ifndef CS_TENSOR_KERNELS_VOXELS_H
#define CS_TENSOR_KERNELS_VOXELS_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

/* Voxels of one chunk: 32 KiB, so that what one pass has touched the next one
 * of the same chunk finds in the first cache. */
#define TK_CHUNK ((size_t)1024)

typedef struct tk_chunk {
    size_t sample, block;
    size_t begin, end; /* voxels */
} tk_chunk;

static inline size_t tk_chunks_of_block(const tk_dims *s)
{
    return (tk_voxels(s) + TK_CHUNK - 1) / TK_CHUNK;
}

/* All chunks of an image, numbered by sample, block, place. */
static inline size_t tk_chunks(const tk_dims *s)
{
    return s->n * tk_blocks(s->c) * tk_chunks_of_block(s);
}

static inline tk_chunk tk_chunk_at(const tk_dims *s, size_t i)
{
    size_t per_block = tk_chunks_of_block(s);
    size_t blocks = tk_blocks(s->c);
    size_t begin = i % per_block * TK_CHUNK;
    size_t end = CS_MIN(begin + TK_CHUNK, tk_voxels(s));
    return (tk_chunk){.sample = i / per_block / blocks,
                      .block = i / per_block % blocks,
                      .begin = begin,
                      .end = end};
}

/* First float of a chunk in an image that has it. */
static inline float *tk_chunk_data(const tk_image *x, const tk_chunk *k)
{
    return tk_block(x, k->sample, k->block) + k->begin * TK_LANES;
}

/* How many lanes of a block hold channels. */
static inline size_t tk_lanes_used(const tk_dims *s, size_t block)
{
    return CS_MIN(s->c - block * TK_LANES, (size_t)TK_LANES);
}

#endif
