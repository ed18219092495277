/* Zip archives as PyTorch writes them: stored members, zip64 where needed.
 *
 * The reader looks at memory and trusts nothing in it: the directory and each
 * member's own header must agree, members lie inside the file, before the
 * directory and apart from each other, their CRC-32 is right, their names are
 * plain relative paths that differ. Compressed, encrypted and split archives
 * are refused, so no member is larger than the file that holds it. */
#ifndef CS_WEIGHTS_ZIP_H
#define CS_WEIGHTS_ZIP_H

#include "base/map.h"
#include "base/vec.h"
#include "weights/sink.h"

/* A storage for each tensor and a few more. */
#define WT_ZIP_MEMBERS_MAX ((uint64_t)70000)

typedef struct wt_zip_member {
    cs_str name;  /* borrowed from the archive */
    size_t begin; /* of its bytes, from the archive's start */
    size_t size;
} wt_zip_member;

typedef struct wt_zip {
    CS_VEC(wt_zip_member) members; /* as the directory lists them */
    cs_map index;                  /* the names, in the order of the members */
} wt_zip;

#define WT_ZIP_INIT                                                            \
    {                                                                          \
        .members = CS_VEC_INIT                                                 \
    }

/* `archive` outlives *ret, which is empty before. */
int wt_zip_parse(cs_str archive, wt_zip *ret, cs_errinfo *info);
void wt_zip_done(wt_zip *z);

const wt_zip_member *wt_zip_find(const wt_zip *z, cs_str name);

/* --- writing --- */

/* What the directory at the end will say of a member. */
typedef struct wt_zip_row {
    char *name; /* owned */
    uint64_t begin, size;
    uint32_t crc;
} wt_zip_row;

typedef struct wt_zip_writer {
    wt_sink *to;    /* borrowed */
    uint64_t large; /* sizes and places from here on are written as zip64;
                       0: only those that must. A seam for tests */
    CS_VEC(wt_zip_row) rows;
} wt_zip_writer;

#define WT_ZIP_WRITER_INIT(sink)                                               \
    {                                                                          \
        .to = (sink)                                                           \
    }

void wt_zip_writer_done(wt_zip_writer *w);

/* A stored member whose bytes start at a multiple of 64, so that whoever maps
 * the archive has aligned tensors. No time stamp: the same members give the
 * same bytes. The name is our own: ASCII, shorter than 64 KiB. */
int wt_zip_add(wt_zip_writer *w, const char *name, const void *data,
               size_t size, cs_errinfo *info);

/* The directory. Nothing can be added after it. */
int wt_zip_finish(wt_zip_writer *w, cs_errinfo *info);

#endif
