#include "image/dilate.h"

#include <string.h>

#include "base/mem.h"
#include "image/kernels/table.h"

/* The volume is done in strips of rows, and each strip plane by plane, so that
 * everything stays in the cache. Of a source plane's strip
 *
 *   - each row is widened to every half-length that the element's rows have
 *     (`levels`), each from the one before;
 *   - for each |dz| the element's rows are gathered from these into one plane,
 *     which is ORed to the target planes z - dz and z + dz. These are kept in
 *     a ring until no further source plane reaches them. */

#define STRIP 32u

typedef struct dilation {
    const im_table *table;
    const im_bits *src, *dst;
    const im_brush *e;
    uint64_t flip;             /* all ones: of the complements */
    uint32_t *half, *level_of; /* half-length of each level, and back */
    size_t levels;
    uint32_t *offsets; /* [|dz|][row of the element], into the levels */
    size_t *counts;    /* [|dz|] */
    size_t guard, stride, tall; /* words, words, rows of a level */
    size_t room;                /* words of scratch a slot */
    uint64_t *scratch;
} dilation;

/* A slot's strip, rows [begin, end). */
typedef struct strip {
    size_t begin, end;
    uint64_t *levels; /* [level][row from begin - ry][stride] */
    uint64_t *ring;   /* [plane % ring planes][STRIP][words] */
    uint64_t *gathered;
} strip;

static size_t ring_planes(const dilation *d)
{
    return 2 * d->e->radius[2] + 1;
}

/* The half-lengths that occur, from 0, with others between them where a step
 * would be too long: widening by d takes no voxel across the volume's border
 * and back only while d <= half + 1. */
static void choose_levels(dilation *d)
{
    const im_brush *e = d->e;
    const size_t n = (e->radius[1] + 1) * (e->radius[2] + 1);
    for (size_t i = 0; i < n; i++)
        if (e->reach[i])
            d->level_of[e->reach[i] - 1] = 1;
    d->half[0] = 0;
    d->levels = 1;
    for (uint32_t h = 1; h <= e->radius[0]; h++) {
        uint32_t before = d->half[d->levels - 1];
        bool far = h == 2 * before + 1;
        if (d->level_of[h] || far)
            d->half[d->levels++] = h;
    }
    for (size_t i = 0; i < d->levels; i++)
        d->level_of[d->half[i]] = (uint32_t)i;
}

/* Where the rows of the element for |dz| = k lie among the levels, seen from
 * the row of level 0 that stands ry rows above the target. */
static void choose_offsets(dilation *d, size_t k)
{
    const size_t ry = d->e->radius[1];
    const uint32_t *reach = d->e->reach + k * (ry + 1);
    uint32_t *to = d->offsets + k * (2 * ry + 1);
    size_t n = 0;
    for (size_t row = 0; row <= 2 * ry; row++) {
        uint32_t r = reach[row < ry ? ry - row : row - ry];
        if (r)
            to[n++] =
                (uint32_t)((d->level_of[r - 1] * d->tall + row) * d->stride +
                           d->guard);
    }
    d->counts[k] = n;
}

static uint64_t *level_row(const dilation *d, const strip *s, size_t level,
                           size_t row)
{
    return s->levels + (level * d->tall + row) * d->stride + d->guard;
}

/* Level 0 of a plane; false where it is empty. Rows outside the volume were
 * cleared and stay so. */
static bool load_plane(const dilation *d, const strip *s, size_t z)
{
    const size_t ny = d->src->size[1], ry = d->e->radius[1];
    const uint64_t tail = im_bits_tail(d->src);
    const size_t from = s->begin < ry ? 0 : s->begin - ry;
    const size_t to = CS_MIN(ny, s->end + ry);
    uint64_t any = 0;
    for (size_t y = from; y < to; y++) {
        const uint64_t *x = im_bits_row(d->src, z * ny + y);
        uint64_t *row = level_row(d, s, 0, y + ry - s->begin);
        for (size_t i = 0; i < d->src->words; i++) {
            row[i] = x[i] ^ d->flip;
            any |= i + 1 < d->src->words ? row[i] : row[i] & tail;
        }
        row[d->src->words - 1] &= tail;
    }
    return any != 0;
}

static void widen_plane(const dilation *d, const strip *s)
{
    const size_t ny = d->src->size[1], ry = d->e->radius[1];
    const size_t from = s->begin < ry ? 0 : s->begin - ry;
    const size_t to = CS_MIN(ny, s->end + ry);
    for (size_t level = 1; level < d->levels; level++) {
        size_t by = d->half[level] - d->half[level - 1];
        for (size_t y = from; y < to; y++) {
            size_t row = y + ry - s->begin;
            d->table->widen_row(level_row(d, s, level - 1, row), d->src->words,
                                by, level_row(d, s, level, row));
        }
    }
}

static void gather_plane(const dilation *d, const strip *s, size_t k)
{
    const size_t words = d->src->words;
    for (size_t row = 0; row < s->end - s->begin; row++)
        d->table->or_rows(s->levels + row * d->stride,
                          d->offsets + k * (2 * d->e->radius[1] + 1),
                          d->counts[k], words, s->gathered + row * words);
}

static uint64_t *ring_plane(const dilation *d, const strip *s, size_t z)
{
    return s->ring + z % ring_planes(d) * STRIP * d->src->words;
}

static void or_plane(const dilation *d, const strip *s, size_t z)
{
    uint64_t *to = ring_plane(d, s, z);
    for (size_t i = 0; i < (s->end - s->begin) * d->src->words; i++)
        to[i] |= s->gathered[i];
}

/* Adds what source plane z has to the planes around it. */
static void add_plane(const dilation *d, const strip *s, size_t z)
{
    const size_t per = 2 * d->e->radius[1] + 1;
    if (!load_plane(d, s, z))
        return;
    widen_plane(d, s);
    for (size_t k = 0; k <= d->e->radius[2]; k++) {
        bool same = k > 0 && d->counts[k] == d->counts[k - 1] &&
                    memcmp(d->offsets + k * per, d->offsets + (k - 1) * per,
                           d->counts[k] * sizeof(*d->offsets)) == 0;
        if (!same)
            gather_plane(d, s, k);
        if (z >= k)
            or_plane(d, s, z - k);
        if (k > 0 && z + k < d->src->size[2])
            or_plane(d, s, z + k);
    }
}

static void emit_plane(const dilation *d, const strip *s, size_t z)
{
    const size_t words = d->src->words, ny = d->src->size[1];
    const uint64_t tail = im_bits_tail(d->src);
    uint64_t *from = ring_plane(d, s, z);
    for (size_t y = s->begin; y < s->end; y++) {
        const uint64_t *x = from + (y - s->begin) * words;
        uint64_t *to = im_bits_row(d->dst, z * ny + y);
        for (size_t i = 0; i < words; i++)
            to[i] = x[i] ^ d->flip;
        to[words - 1] &= tail;
    }
    memset(from, 0, STRIP * words * sizeof(*from));
}

static void do_strip(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const dilation *d = ctx;
    const size_t nz = d->src->size[2], rz = d->e->radius[2];
    uint64_t *scratch = d->scratch + slot * d->room;
    memset(scratch, 0, d->room * sizeof(*scratch));
    strip s = {begin, end, .levels = scratch};
    s.ring = s.levels + d->levels * d->tall * d->stride;
    s.gathered = s.ring + ring_planes(d) * STRIP * d->src->words;
    for (size_t z = 0; z < nz; z++) {
        add_plane(d, &s, z);
        if (z >= rz)
            emit_plane(d, &s, z - rz);
    }
    for (size_t z = nz < rz ? 0 : nz - rz; z < nz; z++)
        emit_plane(d, &s, z);
}

static int run_strips(const im_run *run, dilation *d, cs_errinfo *info)
{
    const im_brush *e = d->e;
    choose_levels(d);
    d->guard = e->radius[0] / 64 + 1;
    d->stride = d->src->words + 2 * d->guard;
    d->tall = STRIP + 2 * e->radius[1];
    d->room = d->levels * d->tall * d->stride +
              (ring_planes(d) + 1) * STRIP * d->src->words;
    for (size_t k = 0; k <= e->radius[2]; k++)
        choose_offsets(d, k);
    d->scratch =
        cs_calloc(cs_pool_threads(run->pool), d->room * sizeof(*d->scratch));
    if (!d->scratch)
        return cs_fail_nomem(info);
    cs_pool_for(run->pool, d->src->size[1], STRIP, do_strip, d);
    cs_free(d->scratch);
    return 0;
}

int im_dilate_bits(const im_run *run, const im_bits *src, const im_brush *e,
                   bool turned, im_bits *dst, cs_errinfo *info)
{
    const size_t planes = e->radius[2] + 1, rows = 2 * e->radius[1] + 1;
    CS_AUTO_MEM uint32_t *half = cs_calloc(e->radius[0] + 1, sizeof(*half));
    CS_AUTO_MEM uint32_t *level_of =
        cs_calloc(e->radius[0] + 1, sizeof(*level_of));
    CS_AUTO_MEM uint32_t *offsets = cs_calloc(planes * rows, sizeof(*offsets));
    CS_AUTO_MEM size_t *counts = cs_calloc(planes, sizeof(*counts));
    if (!half || !level_of || !offsets || !counts)
        return cs_fail_nomem(info);
    dilation d = {.table = im_table_of(run->tier),
                  .src = src,
                  .dst = dst,
                  .e = e,
                  .flip = turned ? ~UINT64_C(0) : 0,
                  .half = half,
                  .level_of = level_of,
                  .offsets = offsets,
                  .counts = counts};
    return run_strips(run, &d, info);
}
