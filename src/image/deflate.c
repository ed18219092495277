#include "image/deflate.h"

#include <libdeflate.h>
#include <string.h>

#include "base/checked.h"

/* CT with its noise gets hardly smaller above it, only slower:
 * docs/volumes.md. */
#define LEVEL 4

static int make(size_t bound, size_t extra, struct libdeflate_compressor **c,
                tn_buffer **b, cs_errinfo *info)
{
    size_t room;
    if (!cs_add_size(bound, extra, &room))
        return cs_fail_nomem(info);
    int r = tn_buffer_new(room, b, info);
    if (r < 0)
        return r;
    *c = libdeflate_alloc_compressor(LEVEL);
    if (!*c) {
        tn_buffer_unref(*b);
        return cs_fail_nomem(info);
    }
    return 0;
}

int im_deflate_zlib(const void *data, size_t size, tn_buffer **ret,
                    size_t *ret_size, cs_errinfo *info)
{
    struct libdeflate_compressor *c = NULL;
    tn_buffer *b = NULL;
    size_t bound = libdeflate_zlib_compress_bound(NULL, size);
    int r = make(bound, 0, &c, &b, info);
    if (r < 0)
        return r;
    *ret_size =
        libdeflate_zlib_compress(c, data, size, tn_buffer_data(b), bound);
    libdeflate_free_compressor(c);
    *ret = b;
    return 0;
}

/* --- gzip --- */

static void put_le(unsigned char *p, uint32_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

#define GZIP_HEADER 10
#define STORED_HEADER 5
#define GZIP_TRAILER 8
#define GZIP_FRAME (GZIP_HEADER + STORED_HEADER + GZIP_TRAILER)

/* No time and no name: the same volume gives the same file. */
static size_t put_head(unsigned char *p, const void *head, size_t size)
{
    static const unsigned char header[GZIP_HEADER] = {0x1f, 0x8b, 8, 0, 0,
                                                      0,    0,    0, 0, 255};
    memcpy(p, header, sizeof(header));
    p[GZIP_HEADER] = 0; /* a stored block, not the last one */
    put_le(p + GZIP_HEADER + 1, (uint32_t)size, 2);
    put_le(p + GZIP_HEADER + 3, ~(uint32_t)size, 2);
    memcpy(p + GZIP_HEADER + STORED_HEADER, head, size);
    return GZIP_HEADER + STORED_HEADER + size;
}

/* A stored block ends on a whole byte, where libdeflate's blocks can follow. */
int im_deflate_gzip(const void *head, size_t head_size, const void *data,
                    size_t size, tn_buffer **ret, size_t *ret_size,
                    cs_errinfo *info)
{
    struct libdeflate_compressor *c = NULL;
    tn_buffer *b = NULL;
    size_t bound = libdeflate_deflate_compress_bound(NULL, size);
    int r = make(bound, GZIP_FRAME + head_size, &c, &b, info);
    if (r < 0)
        return r;
    unsigned char *p = tn_buffer_data(b);
    size_t n = put_head(p, head, head_size);
    n += libdeflate_deflate_compress(c, data, size, p + n, bound);
    libdeflate_free_compressor(c);
    uint32_t crc = libdeflate_crc32(0, head, head_size);
    crc = libdeflate_crc32(crc, data, size);
    put_le(p + n, crc, 4);
    put_le(p + n + 4, (uint32_t)(head_size + size), 4);
    *ret = b;
    *ret_size = n + GZIP_TRAILER;
    return 0;
}
