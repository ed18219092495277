/* Compressed voxels back to bytes. Who calls knows from a header how many
 * bytes there must be: nothing here makes more than that, whatever the
 * compressed bytes say, and checksums are checked. `name` is what errors call
 * the file. */
#ifndef CS_IMAGE_INFLATE_H
#define CS_IMAGE_INFLATE_H

#include "base/defs.h"
#include "base/error.h"

/* Bytes that may follow the voxels in a .nii.gz. */
#define IM_TAIL_MAX ((size_t)1 << 20)

/* CS_E_FORMAT where `packed` bytes cannot possibly hold `size`: deflate makes
 * at most 1032 of one. Asked before memory is taken for the result. */
int im_inflate_check(size_t packed, size_t size, const char *name,
                     cs_errinfo *info);

/* A zlib stream of exactly `size` bytes. */
int im_inflate_zlib(const void *packed, size_t packed_size, void *to,
                    size_t size, const char *name, cs_errinfo *info);

/* The first bytes of a gzip file: `size` of them, or as many as there are.
 * Returns the number. */
int64_t im_gunzip_head(const void *packed, size_t packed_size, void *to,
                       size_t size, const char *name, cs_errinfo *info);

/* All of a gzip file of one or more members: `size` bytes, of which the caller
 * keeps all; up to IM_TAIL_MAX more are checked and dropped. */
int im_gunzip(const void *packed, size_t packed_size, void *to, size_t size,
              const char *name, cs_errinfo *info);

#endif
