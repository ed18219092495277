#include "image/inflate.h"

/* zlib's input is then const, as it should be. */
#define ZLIB_CONST
#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

#define RATIO_MAX 1032
#define GZIP_SMALLEST 18 /* header and trailer of an empty member */

static int too_short(size_t got, size_t size, const char *name,
                     cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "'%s' holds %zu bytes; the header needs %zu", name, got,
                   size);
}

static int too_long(size_t size, const char *name, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "'%s' holds more than the %zu bytes that the header needs",
                   name, size);
}

static int damaged(const char *name, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT, "the compressed data in '%s' is damaged",
                   name);
}

int im_inflate_check(size_t packed, size_t size, const char *name,
                     cs_errinfo *info)
{
    if (size / RATIO_MAX > packed)
        return cs_fail(info, CS_E_FORMAT,
                       "'%s': %zu compressed bytes cannot hold the %zu that "
                       "the header needs",
                       name, packed, size);
    return 0;
}

int im_inflate_zlib(const void *packed, size_t packed_size, void *to,
                    size_t size, const char *name, cs_errinfo *info)
{
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    if (!d)
        return cs_fail_nomem(info);
    size_t got = 0;
    enum libdeflate_result r =
        libdeflate_zlib_decompress(d, packed, packed_size, to, size, &got);
    libdeflate_free_decompressor(d);
    if (r == LIBDEFLATE_INSUFFICIENT_SPACE)
        return too_long(size, name, info);
    if (r != LIBDEFLATE_SUCCESS)
        return damaged(name, info);
    return got == size ? 0 : too_short(got, size, name, info);
}

/* --- gzip, in small steps --- */

/* zlib counts in 32 bits. */
#define STEP ((size_t)1 << 30)

typedef struct gunzip {
    z_stream z;
    const unsigned char *at; /* packed bytes not yet given to zlib */
    size_t left;
    bool over; /* the last member has ended */
} gunzip;

static int gunzip_init(gunzip *g, const void *packed, size_t size,
                       cs_errinfo *info)
{
    memset(g, 0, sizeof(*g));
    g->at = packed;
    g->left = size;
    if (inflateInit2(&g->z, 16 + MAX_WBITS) != Z_OK)
        return cs_fail_nomem(info);
    return 0;
}

static void feed(gunzip *g)
{
    if (g->z.avail_in > 0)
        return;
    size_t n = CS_MIN(g->left, STEP);
    g->z.next_in = g->at;
    g->z.avail_in = (uInt)n;
    g->at += n;
    g->left -= n;
}

/* After a member: another one, or zeros that tapes and tar leave, or the end.
 * Anything else that follows is not gzip. */
static int next_member(gunzip *g, const char *name, cs_errinfo *info)
{
    feed(g);
    while (g->z.avail_in > 0 && *g->z.next_in == 0) {
        g->z.next_in++;
        g->z.avail_in--;
        feed(g);
    }
    g->over = g->z.avail_in == 0;
    if (!g->over && inflateReset(&g->z) != Z_OK)
        return damaged(name, info);
    return 0;
}

/* Up to `size` bytes; fewer only at the end. */
static int64_t gunzip_read(gunzip *g, unsigned char *to, size_t size,
                           const char *name, cs_errinfo *info)
{
    size_t done = 0;
    while (done < size && !g->over) {
        feed(g);
        g->z.next_out = to + done;
        g->z.avail_out = (uInt)CS_MIN(size - done, STEP);
        uInt room = g->z.avail_out;
        int r = inflate(&g->z, Z_NO_FLUSH);
        done += room - g->z.avail_out;
        if (r == Z_STREAM_END)
            r = next_member(g, name, info);
        else if (r == Z_BUF_ERROR)
            r = cs_fail(info, CS_E_FORMAT,
                        "'%s' is cut short within its compressed data", name);
        else if (r == Z_MEM_ERROR)
            r = cs_fail_nomem(info);
        else if (r != Z_OK)
            r = damaged(name, info);
        if (r < 0)
            return r;
    }
    return (int64_t)done;
}

int64_t im_gunzip_head(const void *packed, size_t packed_size, void *to,
                       size_t size, const char *name, cs_errinfo *info)
{
    gunzip g;
    int r = gunzip_init(&g, packed, packed_size, info);
    if (r < 0)
        return r;
    int64_t n = gunzip_read(&g, to, size, name, info);
    inflateEnd(&g.z);
    return n;
}

/* Reads on to the end, for its checksums, keeping nothing. */
static int skip_tail(gunzip *g, size_t size, const char *name, cs_errinfo *info)
{
    unsigned char scratch[4096];
    size_t tail = 0;
    int64_t n = 1;
    while (n > 0 && tail <= IM_TAIL_MAX) {
        n = gunzip_read(g, scratch, sizeof(scratch), name, info);
        tail += n > 0 ? (size_t)n : 0;
    }
    if (n < 0)
        return (int)n;
    return n == 0 ? 0 : too_long(size, name, info);
}

static int gunzip_slowly(const void *packed, size_t packed_size, void *to,
                         size_t size, const char *name, cs_errinfo *info)
{
    gunzip g;
    int r = gunzip_init(&g, packed, packed_size, info);
    if (r < 0)
        return r;
    int64_t n = gunzip_read(&g, to, size, name, info);
    if (n < 0)
        r = (int)n;
    else if ((size_t)n < size)
        r = too_short((size_t)n, size, name, info);
    else
        r = skip_tail(&g, size, name, info);
    inflateEnd(&g.z);
    return r;
}

/* --- gzip, in one go --- */

/* Whole members as long as they fit. False where that is not the way: a member
 * goes on behind `size`, or is damaged, and the slow way tells what is wrong.
 */
static bool gunzip_at_once(struct libdeflate_decompressor *d,
                           const unsigned char *p, size_t left,
                           unsigned char *to, size_t size)
{
    while (size > 0) {
        size_t used = 0, got = 0;
        enum libdeflate_result r =
            libdeflate_gzip_decompress_ex(d, p, left, to, size, &used, &got);
        if (r != LIBDEFLATE_SUCCESS)
            return false;
        p += used;
        left -= used;
        to += got;
        size -= got;
    }
    for (; left > 0 && *p == 0; left--)
        p++;
    return left == 0;
}

int im_gunzip(const void *packed, size_t packed_size, void *to, size_t size,
              const char *name, cs_errinfo *info)
{
    if (packed_size < GZIP_SMALLEST)
        return damaged(name, info);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    if (!d)
        return cs_fail_nomem(info);
    bool done = gunzip_at_once(d, packed, packed_size, to, size);
    libdeflate_free_decompressor(d);
    return done ? 0 : gunzip_slowly(packed, packed_size, to, size, name, info);
}
