#include "image/bits.h"

#include <assert.h>
#include <string.h>

#include "base/checked.h"
#include "image/kernels/table.h"

int im_bits_init(im_bits *b, const size_t size[3], cs_errinfo *info)
{
    size_t words = (size[0] - 1) / 64 + 1;
    size_t bytes;
    tn_buffer *buffer = NULL;
    if (!cs_product_size((size_t[]){words, size[1], size[2], sizeof(uint64_t)},
                         4, &bytes))
        return cs_fail_nomem(info);
    int r = tn_buffer_new(bytes, &buffer, info);
    if (r < 0)
        return r;
    *b = (im_bits){.size = {size[0], size[1], size[2]},
                   .words = words,
                   .data = tn_buffer_data(buffer),
                   .buffer = buffer};
    return 0;
}

void im_bits_done(im_bits *b)
{
    b->buffer = tn_buffer_unref(b->buffer);
    b->data = NULL;
}

/* Packing and unpacking, row by row. */
typedef struct rows {
    const im_table *table;
    const im_bits *bits;
    const uint8_t *from;
    uint8_t *to;
} rows;

static void pack_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const rows *r = ctx;
    size_t n = r->bits->size[0];
    for (size_t row = begin; row < end; row++)
        r->table->pack_bits(r->from + row * n, n, im_bits_row(r->bits, row));
}

static void unpack_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const rows *r = ctx;
    size_t n = r->bits->size[0];
    for (size_t row = begin; row < end; row++)
        r->table->unpack_bits(im_bits_row(r->bits, row), n, r->to + row * n);
}

int im_bits_of(const im_run *run, const im_volume *mask, im_bits *ret,
               cs_errinfo *info)
{
    assert(mask->voxels.dtype == TN_U8 || mask->voxels.dtype == TN_BOOL);
    int r = im_bits_init(ret, mask->geometry.size, info);
    if (r < 0)
        return r;
    rows ctx = {
        .table = im_table_of(run->tier), .bits = ret, .from = im_u8(mask)};
    cs_pool_for(run->pool, im_bits_rows(ret), 0, pack_rows, &ctx);
    return 0;
}

void im_bits_to_bytes(const im_run *run, const im_bits *b, uint8_t *dst)
{
    rows ctx = {.table = im_table_of(run->tier), .bits = b};
    ctx.to = dst;
    cs_pool_for(run->pool, im_bits_rows(b), 0, unpack_rows, &ctx);
}

int im_bits_to_volume(const im_run *run, const im_bits *b, const im_geometry *g,
                      im_volume *ret, cs_errinfo *info)
{
    int r = im_volume_init(ret, TN_U8, g, info);
    if (r == 0)
        im_bits_to_bytes(run, b, im_u8(ret));
    return r;
}

void im_bits_invert(im_bits *b)
{
    const uint64_t tail = im_bits_tail(b);
    for (size_t row = 0; row < im_bits_rows(b); row++) {
        uint64_t *w = im_bits_row(b, row);
        for (size_t i = 0; i < b->words; i++)
            w[i] = ~w[i];
        w[b->words - 1] &= tail;
    }
}

size_t im_bits_count(const im_bits *b)
{
    size_t n = 0;
    for (size_t i = 0; i < im_bits_rows(b) * b->words; i++)
        n += (size_t)__builtin_popcountll(b->data[i]);
    return n;
}

/* Row `from` to row `to`, `by` voxels further along x. What falls out of the
 * row is lost. */
static void move_row(const uint64_t *from, size_t from_words, ptrdiff_t by,
                     uint64_t *to, size_t to_words)
{
    const ptrdiff_t n = (ptrdiff_t)from_words;
    const ptrdiff_t words = by >= 0 ? by / 64 : -((-by + 63) / 64);
    const unsigned bits = (unsigned)(by - words * 64);
    for (size_t i = 0; i < to_words; i++) {
        ptrdiff_t at = (ptrdiff_t)i - words;
        uint64_t here = at >= 0 && at < n ? from[at] : 0;
        uint64_t before = at >= 1 && at <= n ? from[at - 1] : 0;
        to[i] = here << bits | before >> 1 >> (63 - bits);
    }
}

void im_bits_move(const im_bits *from, const ptrdiff_t by[3], im_bits *to)
{
    const uint64_t tail = im_bits_tail(to);
    for (size_t row = 0; row < im_bits_rows(to); row++) {
        /* Below zero wraps around, to above every size. */
        size_t y = row % to->size[1] - (size_t)by[1];
        size_t z = row / to->size[1] - (size_t)by[2];
        uint64_t *dst = im_bits_row(to, row);
        if (y < from->size[1] && z < from->size[2])
            move_row(im_bits_row(from, z * from->size[1] + y), from->words,
                     by[0], dst, to->words);
        else
            memset(dst, 0, to->words * sizeof(*dst));
        dst[to->words - 1] &= tail;
    }
}
