/* A mask with one bit a voxel: an eighth of its memory, and sixty-four voxels
 * an instruction. What works on masks packs them first.
 *
 * Rows follow one another as in a volume (y, then z); voxel x of a row is bit
 * x % 64 of its word x / 64, and the bits beyond the row are zero. */
#ifndef CS_IMAGE_BITS_H
#define CS_IMAGE_BITS_H

#include "image/run.h"
#include "image/volume.h"

/* Which voxels touch: those that share a face, or an edge, or a corner. */
typedef enum im_neighbours {
    IM_NEIGHBOURS_6 = 6,
    IM_NEIGHBOURS_18 = 18,
    IM_NEIGHBOURS_26 = 26,
} im_neighbours;

typedef struct im_bits {
    size_t size[3];
    size_t words; /* of a row */
    uint64_t *data;
    tn_buffer *buffer; /* NULL: empty */
} im_bits;

#define IM_BITS_INIT                                                           \
    {                                                                          \
        .buffer = NULL                                                         \
    }

/* Zeros. On failure *b stays empty. */
int im_bits_init(im_bits *b, const size_t size[3], cs_errinfo *info);
void im_bits_done(im_bits *b);

/* The non-zero voxels of a TN_U8 or TN_BOOL volume; *ret must be empty. */
int im_bits_of(const im_run *run, const im_volume *mask, im_bits *ret,
               cs_errinfo *info);

/* One byte a voxel, 0 or 1. */
void im_bits_to_bytes(const im_run *run, const im_bits *b, uint8_t *dst);

/* As a TN_U8 volume on g, whose size is that of b; *ret must be empty. */
int im_bits_to_volume(const im_run *run, const im_bits *b, const im_geometry *g,
                      im_volume *ret, cs_errinfo *info);

/* Every voxel turned over. */
void im_bits_invert(im_bits *b);

size_t im_bits_count(const im_bits *b);

/* to = from, moved by so many voxels along each axis, on a grid that may have
 * another size; background where nothing comes from. */
void im_bits_move(const im_bits *from, const ptrdiff_t by[3], im_bits *to);

static inline size_t im_bits_rows(const im_bits *b)
{
    return b->size[1] * b->size[2];
}

/* Row y of plane z is row z * size[1] + y. */
static inline uint64_t *im_bits_row(const im_bits *b, size_t row)
{
    return b->data + row * b->words;
}

static inline bool im_bits_get(const im_bits *b, size_t x, size_t y, size_t z)
{
    const uint64_t *row = im_bits_row(b, z * b->size[1] + y);
    return row[x / 64] >> x % 64 & 1;
}

/* The bits of the last word of a row that are voxels. */
static inline uint64_t im_bits_tail(const im_bits *b)
{
    return ~UINT64_C(0) >> (-b->size[0] % 64);
}

#endif
