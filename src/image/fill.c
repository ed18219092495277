#include "image/fill.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "image/kernels/table.h"

/* Whether a part of the background is shut in: it touches no face of the
 * volume, or no edge of the slice, whose axis of one voxel has none. */
static bool is_hole(const im_component *c, const im_bits *b, size_t max_voxels,
                    unsigned axes)
{
    for (unsigned a = 0; a < axes; a++)
        if (c->begin[a] == 0 || c->end[a] == b->size[a])
            return false;
    return c->voxels <= max_voxels;
}

/* Sets the voxels of `parts`' holes, whose bits are the background. */
static int find_holes(const im_run *run, im_bits *background,
                      im_neighbours neighbours, size_t max_voxels,
                      unsigned axes, im_bits *holes, cs_errinfo *info)
{
    CS_SCOPED(im_components) parts = IM_COMPONENTS_INIT;
    int r = im_components_of_bits(run, background, neighbours, &parts, info);
    if (r < 0)
        return r;
    /* Holes first: label 1 for all of them, the rest dropped. */
    for (size_t i = 0; i < parts.count; i++)
        parts.label[i + 1] =
            is_hole(&parts.items[i], &parts.bits, max_voxels, axes) ? 1 : 0;
    return im_components_bits(run, &parts, 1, 1, holes, info);
}

/* Writes 1 where a hole is. */
static size_t fill_bytes(const im_bits *holes, uint8_t *dst)
{
    size_t filled = 0, n = holes->size[0];
    for (size_t row = 0; row < im_bits_rows(holes); row++)
        for (size_t i = 0; i < holes->words; i++)
            for (uint64_t w = im_bits_row(holes, row)[i]; w; w &= w - 1) {
                dst[row * n + i * 64 + (size_t)__builtin_ctzll(w)] = 1;
                filled++;
            }
    return filled;
}

int im_fill(const im_run *run, im_volume *mask, im_neighbours neighbours,
            size_t max_voxels, size_t *ret_filled, cs_errinfo *info)
{
    CS_SCOPED(im_bits) background = IM_BITS_INIT;
    CS_SCOPED(im_bits) holes = IM_BITS_INIT;
    int r = im_bits_of(run, mask, &background, info);
    if (r < 0)
        return r;
    im_bits_invert(&background);
    r = find_holes(run, &background, neighbours, max_voxels, 3, &holes, info);
    if (r < 0)
        return r;
    size_t filled = fill_bytes(&holes, im_u8(mask));
    if (ret_filled)
        *ret_filled = filled;
    return 0;
}

/* Slices across one axis, each labelled by itself. */
typedef struct slices {
    const im_run *run;
    uint8_t *mask;
    size_t size[2], step[2], apart; /* of a slice, and between slices */
    im_neighbours neighbours;
    size_t max_voxels;
    size_t *filled; /* of each slice */
    int *failure;
} slices;

/* The slice's background. */
static void load_slice(const slices *s, const uint8_t *from, im_bits *ret)
{
    const im_table *table = im_table_of(s->run->tier);
    for (size_t v = 0; v < s->size[1]; v++) {
        uint64_t *row = im_bits_row(ret, v);
        const uint8_t *at = from + v * s->step[1];
        if (s->step[0] == 1)
            table->pack_bits(at, s->size[0], row);
        else
            for (size_t u = 0; u < s->size[0]; u++)
                row[u / 64] |= (uint64_t)(at[u * s->step[0]] != 0) << u % 64;
    }
    im_bits_invert(ret);
}

static size_t store_slice(const slices *s, const im_bits *holes, uint8_t *to)
{
    size_t filled = 0;
    for (size_t v = 0; v < s->size[1]; v++)
        for (size_t i = 0; i < holes->words; i++)
            for (uint64_t w = im_bits_row(holes, v)[i]; w; w &= w - 1) {
                size_t u = i * 64 + (size_t)__builtin_ctzll(w);
                to[u * s->step[0] + v * s->step[1]] = 1;
                filled++;
            }
    return filled;
}

static int fill_slice(const slices *s, size_t at)
{
    const im_run alone = {.pool = NULL, .tier = s->run->tier};
    CS_SCOPED(im_bits) background = IM_BITS_INIT;
    CS_SCOPED(im_bits) holes = IM_BITS_INIT;
    uint8_t *slice = s->mask + at * s->apart;
    int r =
        im_bits_init(&background, (size_t[]){s->size[0], s->size[1], 1}, NULL);
    if (r < 0)
        return r;
    load_slice(s, slice, &background);
    r = find_holes(&alone, &background, s->neighbours, s->max_voxels, 2, &holes,
                   NULL);
    if (r == 0)
        s->filled[at] = store_slice(s, &holes, slice);
    return r;
}

static void fill_some(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const slices *s = ctx;
    for (size_t at = begin; at < end; at++)
        s->failure[at] = fill_slice(s, at);
}

int im_fill_slices(const im_run *run, im_volume *mask, unsigned axis,
                   im_neighbours neighbours, size_t max_voxels,
                   size_t *ret_filled, cs_errinfo *info)
{
    assert(axis < 3 && mask->voxels.dtype == TN_U8);
    const size_t *n = mask->geometry.size;
    const size_t step[] = {1, n[0], n[0] * n[1]};
    const unsigned u = axis == 0 ? 1 : 0, v = axis == 2 ? 1 : 2;
    CS_AUTO_MEM size_t *filled = cs_calloc(n[axis], sizeof(*filled));
    CS_AUTO_MEM int *failure = cs_calloc(n[axis], sizeof(*failure));
    if (!filled || !failure)
        return cs_fail_nomem(info);
    slices s = {run,        im_u8(mask), {n[u], n[v]}, {step[u], step[v]},
                step[axis], neighbours,  max_voxels,   filled,
                failure};
    cs_pool_for(run->pool, n[axis], 1, fill_some, &s);
    size_t all = 0;
    for (size_t i = 0; i < n[axis]; i++) {
        if (failure[i] == CS_E_NOMEM)
            return cs_fail_nomem(info);
        if (failure[i] < 0)
            return cs_fail(info, failure[i],
                           "the mask has too many parts to be numbered");
        all += filled[i];
    }
    if (ret_filled)
        *ret_filled = all;
    return 0;
}
