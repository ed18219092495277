/* Bytes compressed as files keep them, by libdeflate: one stream, the same
 * bytes for the same input wherever it runs. The result is in a buffer of its
 * own, of which *ret_size bytes count. */
#ifndef CS_IMAGE_DEFLATE_H
#define CS_IMAGE_DEFLATE_H

#include "base/defs.h"
#include "base/error.h"
#include "tensor/buffer.h"

/* A zlib stream. */
int im_deflate_zlib(const void *data, size_t size, tn_buffer **ret,
                    size_t *ret_size, cs_errinfo *info);

#define IM_GZIP_HEAD_MAX ((size_t)65535)
/* A gzip file of one member: the head (at most IM_GZIP_HEAD_MAX bytes, kept as
 * they are) and the data after it. */
int im_deflate_gzip(const void *head, size_t head_size, const void *data,
                    size_t size, tn_buffer **ret, size_t *ret_size,
                    cs_errinfo *info);

#endif
