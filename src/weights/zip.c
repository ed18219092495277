#include "weights/zip.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/path.h"
#include "weights/crc32.h"
#include "weights/le.h"
#include "weights/zip_format.h"

/* Where the directory is, as the end of the archive says. */
typedef struct directory {
    uint64_t rows, begin, size;
} directory;

/* A row of the directory. */
typedef struct row {
    cs_str name;
    unsigned flags, method;
    uint32_t crc;
    uint64_t packed, size, header; /* header: of the local one */
    size_t length;                 /* of the row itself */
} row;

/* From a member's header to its last byte. */
typedef struct span {
    size_t begin, end;
} span;

typedef struct parse {
    const unsigned char *p;
    size_t size;
    directory dir;
    wt_zip *zip;
    CS_VEC(span) spans;
} parse;

static const unsigned char *bytes_of(cs_str s)
{
    return (const unsigned char *)s.data;
}

/* --- the end --- */

static bool is_end(cs_str archive, size_t at)
{
    const unsigned char *p = bytes_of(archive) + at;
    return wt_le32(p) == ZIP_END &&
           wt_le16(p + 20) == archive.len - at - ZIP_END_SIZE;
}

/* The end record is last, but for a comment of up to 64 KiB. */
static int find_end(cs_str archive, size_t *ret, cs_errinfo *info)
{
    size_t limit = ZIP_END_SIZE + (size_t)UINT16_MAX;
    for (size_t back = ZIP_END_SIZE; back <= limit && back <= archive.len;
         back++) {
        if (is_end(archive, archive.len - back)) {
            *ret = archive.len - back;
            return 0;
        }
    }
    return cs_fail(info, CS_E_FORMAT,
                   "no zip archive, or its end is missing (a broken "
                   "download?)");
}

static bool agrees(uint64_t small, uint64_t elsewhere, uint64_t large)
{
    return small == elsewhere || small == large;
}

/* The 64-bit companion, when its locator stands before the end record.
 * Whatever both can say, both must say. *ret_end is where the directory has to
 * end. */
static bool read_end64(cs_str archive, size_t end, directory *dir,
                       size_t *ret_end)
{
    const unsigned char *p = bytes_of(archive);
    const unsigned char *locator = p + end - ZIP_LOCATOR_SIZE;
    uint64_t at = wt_le64(locator + 8);
    if (wt_le32(locator + 4) != 0 || wt_le32(locator + 16) > 1 ||
        !cs_range_fits(at, ZIP_END64_SIZE, end - ZIP_LOCATOR_SIZE))
        return false;
    const unsigned char *e = p + at;
    if (wt_le32(e) != ZIP_END64 || wt_le32(e + 16) != 0 ||
        wt_le32(e + 20) != 0 || wt_le64(e + 24) != wt_le64(e + 32))
        return false;
    directory large = {wt_le64(e + 32), wt_le64(e + 48), wt_le64(e + 40)};
    if (!agrees(dir->rows, ZIP_ELSEWHERE_16, large.rows) ||
        !agrees(dir->begin, ZIP_ELSEWHERE_32, large.begin) ||
        !agrees(dir->size, ZIP_ELSEWHERE_32, large.size))
        return false;
    *dir = large;
    *ret_end = (size_t)at;
    return true;
}

static int read_end(cs_str archive, size_t end, directory *ret,
                    cs_errinfo *info)
{
    const unsigned char *p = bytes_of(archive) + end;
    *ret = (directory){wt_le16(p + 10), wt_le32(p + 16), wt_le32(p + 12)};
    if (wt_le16(p + 4) != 0 || wt_le16(p + 6) != 0 ||
        wt_le16(p + 8) != wt_le16(p + 10))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "a zip archive in several parts");
    bool large =
        end >= ZIP_LOCATOR_SIZE && wt_le32(p - ZIP_LOCATOR_SIZE) == ZIP_LOCATOR;
    bool fine = true;
    if (large)
        fine = read_end64(archive, end, ret, &end);
    if (!fine || !cs_range_fits(ret->begin, ret->size, end) ||
        ret->begin + ret->size != end)
        return cs_fail(info, CS_E_FORMAT,
                       "the zip archive's directory is not where its end says");
    if (ret->rows > WT_ZIP_MEMBERS_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "a zip archive of %llu members; at most %llu are "
                       "allowed",
                       (unsigned long long)ret->rows,
                       (unsigned long long)WT_ZIP_MEMBERS_MAX);
    return 0;
}

/* --- rows --- */

static int broken(cs_str name, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "the zip archive's member '%.*s' is described wrongly",
                   CS_STR_ARG(name));
}

/* Takes the next 64-bit number for a field that had no room for it. */
static bool take64(const unsigned char **p, size_t *left, uint64_t *field)
{
    if (*field != ZIP_ELSEWHERE_32)
        return true;
    if (*left < 8)
        return false;
    *field = wt_le64(*p);
    *p += 8;
    *left -= 8;
    return true;
}

/* Walks the extra fields; the zip64 one holds what did not fit, in this order:
 * size, packed size, place of the header. False where it is cut short. */
static bool read_extra(const unsigned char *p, size_t left, row *r)
{
    bool seen = false;
    while (left >= 4) {
        size_t n = wt_le16(p + 2);
        if (n > left - 4)
            return false;
        if (wt_le16(p) == ZIP_EXTRA_64 && !seen) {
            const unsigned char *q = p + 4;
            size_t rest = n;
            seen = true;
            if (!take64(&q, &rest, &r->size) ||
                !take64(&q, &rest, &r->packed) ||
                !take64(&q, &rest, &r->header))
                return false;
        }
        p += 4 + n;
        left -= 4 + n;
    }
    return left == 0;
}

/* The row at `at` of the directory. */
static int read_row(const parse *z, size_t at, row *ret, cs_errinfo *info)
{
    const unsigned char *p = z->p + at;
    size_t left = (size_t)(z->dir.begin + z->dir.size) - at;
    if (left < ZIP_ROW_SIZE || wt_le32(p) != ZIP_ROW)
        return cs_fail(info, CS_E_FORMAT,
                       "the zip archive's directory is broken at byte %zu", at);
    size_t name = wt_le16(p + 28);
    size_t extra = wt_le16(p + 30);
    size_t whole = ZIP_ROW_SIZE + name + extra + wt_le16(p + 32);
    if (whole > left)
        return cs_fail(info, CS_E_FORMAT,
                       "the zip archive's directory is broken at byte %zu", at);
    *ret = (row){
        .name = {(const char *)p + ZIP_ROW_SIZE, name},
        .flags = wt_le16(p + 8),
        .method = wt_le16(p + 10),
        .crc = wt_le32(p + 16),
        .packed = wt_le32(p + 20),
        .size = wt_le32(p + 24),
        .header = wt_le32(p + 42),
        .length = whole,
    };
    if (!read_extra(p + ZIP_ROW_SIZE + name, extra, ret) ||
        wt_le16(p + 34) != 0)
        return broken(ret->name, info);
    return 0;
}

static int check_row(const row *r, cs_errinfo *info)
{
    int bad = cs_path_check_relative(r->name, info);
    if (bad < 0)
        return bad;
    if (r->flags & ZIP_FLAG_ENCRYPTED)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the zip archive's member '%.*s' is encrypted",
                       CS_STR_ARG(r->name));
    if (r->method != ZIP_STORED)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the zip archive's member '%.*s' is compressed, as in a "
                       "TorchScript program; weights are not",
                       CS_STR_ARG(r->name));
    return r->packed == r->size ? 0 : broken(r->name, info);
}

/* --- members --- */

/* The header before the data repeats the row. Sizes and CRC may be missing
 * there when a trailer holds them; the directory's count. */
static bool same_as_row(const unsigned char *p, const row *r)
{
    unsigned flags = wt_le16(p + 6);
    const cs_str name = {(const char *)p + ZIP_LOCAL_SIZE, r->name.len};
    row local = {.packed = wt_le32(p + 18), .size = wt_le32(p + 22)};
    if (wt_le16(p + 8) != ZIP_STORED || flags != r->flags ||
        !cs_str_eq(name, r->name))
        return false;
    if (flags & ZIP_FLAG_TRAILER)
        return true;
    size_t extra = wt_le16(p + 28);
    return read_extra(p + ZIP_LOCAL_SIZE + r->name.len, extra, &local) &&
           wt_le32(p + 14) == r->crc && local.packed == r->size &&
           local.size == r->size;
}

/* Finds the data by the header, which with it lies before the directory. */
static int find_data(const parse *z, const row *r, span *ret, cs_errinfo *info)
{
    if (!cs_range_fits(r->header, ZIP_LOCAL_SIZE, z->dir.begin))
        return broken(r->name, info);
    const unsigned char *p = z->p + r->header;
    if (wt_le32(p) != ZIP_LOCAL || wt_le16(p + 26) != r->name.len)
        return broken(r->name, info);
    uint64_t before = ZIP_LOCAL_SIZE + r->name.len + wt_le16(p + 28);
    if (!cs_range_fits(r->header, before, z->dir.begin) ||
        !cs_range_fits(r->header + before, r->size, z->dir.begin) ||
        !same_as_row(p, r))
        return broken(r->name, info);
    size_t begin = (size_t)(r->header + before);
    *ret = (span){begin, begin + (size_t)r->size};
    return 0;
}

static int keep(parse *z, const row *r, const span *data, cs_errinfo *info)
{
    wt_zip *zip = z->zip;
    size_t size = data->end - data->begin;
    if (wt_crc32(0, z->p + data->begin, size) != r->crc)
        return cs_fail(info, CS_E_FORMAT,
                       "the zip archive's member '%.*s' is damaged: its CRC is "
                       "wrong",
                       CS_STR_ARG(r->name));
    if (cs_map_find(&zip->index, r->name))
        return cs_fail(info, CS_E_EXISTS,
                       "the zip archive has the member '%.*s' twice",
                       CS_STR_ARG(r->name));
    wt_zip_member m = {r->name, data->begin, size};
    span whole = {(size_t)r->header, data->end};
    if (cs_vec_push(&zip->members, m) < 0 ||
        cs_vec_push(&z->spans, whole) < 0 ||
        cs_map_put(&zip->index, r->name, NULL, NULL) < 0)
        return cs_fail_nomem(info);
    return 0;
}

static int read_member(parse *z, size_t at, row *ret, cs_errinfo *info)
{
    span data = {0, 0};
    int r = read_row(z, at, ret, info);
    if (r == 0)
        r = check_row(ret, info);
    if (r == 0)
        r = find_data(z, ret, &data, info);
    return r < 0 ? r : keep(z, ret, &data, info);
}

static int by_begin(const void *a, const void *b)
{
    const span *x = a;
    const span *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Members that share bytes make small archives large; see zip bombs. */
static int check_spans(parse *z, cs_errinfo *info)
{
    if (z->spans.len > 1)
        qsort(z->spans.items, z->spans.len, sizeof(span), by_begin);
    for (size_t i = 1; i < z->spans.len; i++) {
        if (z->spans.items[i].begin < z->spans.items[i - 1].end)
            return cs_fail(info, CS_E_FORMAT,
                           "two of the zip archive's members overlap at byte "
                           "%zu",
                           z->spans.items[i].begin);
    }
    return 0;
}

static int read_members(parse *z, cs_errinfo *info)
{
    size_t at = (size_t)z->dir.begin;
    for (uint64_t i = 0; i < z->dir.rows; i++) {
        row found = {.length = 0};
        int r = read_member(z, at, &found, info);
        if (r < 0)
            return r;
        at += found.length;
    }
    if (at != z->dir.begin + z->dir.size)
        return cs_fail(info, CS_E_FORMAT,
                       "the zip archive's directory is broken at byte %zu", at);
    return check_spans(z, info);
}

int wt_zip_parse(cs_str archive, wt_zip *ret, cs_errinfo *info)
{
    CS_SCOPED(wt_zip) made = WT_ZIP_INIT;
    parse z = {.p = bytes_of(archive), .size = archive.len, .zip = &made};
    size_t end = 0;
    int r = find_end(archive, &end, info);
    if (r == 0)
        r = read_end(archive, end, &z.dir, info);
    if (r == 0)
        r = read_members(&z, info);
    cs_vec_done(&z.spans);
    if (r < 0)
        return r;
    *ret = made;
    made = (wt_zip)WT_ZIP_INIT;
    return 0;
}

void wt_zip_done(wt_zip *z)
{
    cs_vec_done(&z->members);
    cs_map_done(&z->index);
}

const wt_zip_member *wt_zip_find(const wt_zip *z, cs_str name)
{
    const cs_map_entry *e = cs_map_find(&z->index, name);
    return e ? &z->members.items[e - z->index.entries] : NULL;
}
