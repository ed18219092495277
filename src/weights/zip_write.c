#include "base/checked.h"
#include "weights/crc32.h"
#include "weights/le.h"
#include "weights/zip.h"
#include "weights/zip_format.h"

#define ALIGN 64
#define VERSION 20
#define VERSION_64 45
/* 1 January 1980, the first day there is: archives differ by content only. */
#define DATE 0x0021U

void wt_zip_writer_done(wt_zip_writer *w)
{
    for (size_t i = 0; i < w->rows.len; i++)
        cs_free(w->rows.items[i].name);
    cs_vec_done(&w->rows);
}

/* Numbers appended to a record. */
typedef struct record {
    unsigned char bytes[128];
    size_t len;
} record;

static void put(record *r, unsigned n, uint64_t v)
{
    wt_le_set(r->bytes + r->len, n, v);
    r->len += n;
}

static bool is_large(const wt_zip_writer *w, uint64_t v)
{
    return v >= (w->large ? w->large : ZIP_ELSEWHERE_32);
}

static uint64_t small(const wt_zip_writer *w, uint64_t v)
{
    return is_large(w, v) ? ZIP_ELSEWHERE_32 : v;
}

/* What local header and row have in common, from the version needed on. */
static void put_common(const wt_zip_writer *w, record *r, const wt_zip_row *row,
                       bool large)
{
    put(r, 2, large ? VERSION_64 : VERSION);
    put(r, 2, ZIP_FLAG_UTF8);
    put(r, 2, ZIP_STORED);
    put(r, 2, 0); /* time */
    put(r, 2, DATE);
    put(r, 4, row->crc);
    put(r, 4, small(w, row->size));
    put(r, 4, small(w, row->size));
    put(r, 2, strlen(row->name));
}

static void put_extra(const wt_zip_writer *w, record *r, const wt_zip_row *row,
                      bool with_place)
{
    size_t n = is_large(w, row->size) ? 16 : 0;
    bool place = with_place && is_large(w, row->begin);
    n += place ? 8 : 0;
    if (n == 0)
        return;
    put(r, 2, ZIP_EXTRA_64);
    put(r, 2, n);
    if (is_large(w, row->size)) {
        put(r, 8, row->size);
        put(r, 8, row->size);
    }
    if (place)
        put(r, 8, row->begin);
}

/* --- members --- */

/* Bytes of padding, its own header included, that align what follows. */
static size_t padding(uint64_t pos)
{
    size_t n = (ALIGN - (size_t)(pos % ALIGN)) % ALIGN;
    return n == 0 || n >= 4 ? n : n + ALIGN;
}

static int put_local(wt_zip_writer *w, const wt_zip_row *row, cs_errinfo *info)
{
    record head = {.len = 0};
    record extra = {.len = 0};
    put_extra(w, &extra, row, false);
    put(&head, 4, ZIP_LOCAL);
    put_common(w, &head, row, extra.len > 0);
    size_t before = head.len + 2 + strlen(row->name) + extra.len;
    size_t pad = padding(w->to->pos + before);
    put(&head, 2, extra.len + pad);
    if (pad > 0) {
        put(&extra, 2, ZIP_EXTRA_PADDING);
        put(&extra, 2, pad - 4);
    }
    int r = wt_put(w->to, head.bytes, head.len, info);
    if (r == 0)
        r = wt_put(w->to, row->name, strlen(row->name), info);
    if (r == 0)
        r = wt_put(w->to, extra.bytes, extra.len, info);
    if (r == 0 && pad > 0)
        r = wt_put_fill(w->to, 'Z', pad - 4, info);
    return r;
}

int wt_zip_add(wt_zip_writer *w, const char *name, const void *data,
               size_t size, cs_errinfo *info)
{
    wt_zip_row row = {cs_strdup(name), w->to->pos, size,
                      wt_crc32(0, data, size)};
    if (!row.name)
        return cs_fail_nomem(info);
    if (cs_vec_push(&w->rows, row) < 0) {
        cs_free(row.name);
        return cs_fail_nomem(info);
    }
    int r = put_local(w, &row, info);
    return r < 0 ? r : wt_put(w->to, data, size, info);
}

/* --- the directory --- */

static int put_row(wt_zip_writer *w, const wt_zip_row *row, cs_errinfo *info)
{
    record head = {.len = 0};
    record extra = {.len = 0};
    put_extra(w, &extra, row, true);
    put(&head, 4, ZIP_ROW);
    put(&head, 2, VERSION_64); /* made by */
    put_common(w, &head, row, extra.len > 0);
    put(&head, 2, extra.len);
    put(&head, 2, 0); /* comment */
    put(&head, 2, 0); /* part */
    put(&head, 2, 0); /* attributes inside */
    put(&head, 4, 0); /* and outside */
    put(&head, 4, small(w, row->begin));
    int r = wt_put(w->to, head.bytes, head.len, info);
    if (r == 0)
        r = wt_put(w->to, row->name, strlen(row->name), info);
    return r < 0 ? r : wt_put(w->to, extra.bytes, extra.len, info);
}

static void put_end64(record *r, uint64_t rows, uint64_t begin, uint64_t end)
{
    put(r, 4, ZIP_END64);
    put(r, 8, ZIP_END64_SIZE - 12);
    put(r, 2, VERSION_64);
    put(r, 2, VERSION_64);
    put(r, 4, 0);
    put(r, 4, 0);
    put(r, 8, rows);
    put(r, 8, rows);
    put(r, 8, end - begin);
    put(r, 8, begin);
    put(r, 4, ZIP_LOCATOR);
    put(r, 4, 0);
    put(r, 8, end);
    put(r, 4, 1);
}

static int put_end(wt_zip_writer *w, uint64_t begin, cs_errinfo *info)
{
    record end = {.len = 0};
    uint64_t at = w->to->pos;
    uint64_t rows = w->rows.len;
    bool many = rows >= ZIP_ELSEWHERE_16;
    if (many || is_large(w, at))
        put_end64(&end, rows, begin, at);
    put(&end, 4, ZIP_END);
    put(&end, 2, 0);
    put(&end, 2, 0);
    put(&end, 2, many ? ZIP_ELSEWHERE_16 : rows);
    put(&end, 2, many ? ZIP_ELSEWHERE_16 : rows);
    put(&end, 4, small(w, at - begin));
    put(&end, 4, small(w, begin));
    put(&end, 2, 0);
    return wt_put(w->to, end.bytes, end.len, info);
}

int wt_zip_finish(wt_zip_writer *w, cs_errinfo *info)
{
    uint64_t begin = w->to->pos;
    int r = 0;
    for (size_t i = 0; r == 0 && i < w->rows.len; i++)
        r = put_row(w, &w->rows.items[i], info);
    return r < 0 ? r : put_end(w, begin, info);
}
