#include "image/components.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"

/* Runs are numbered row by row, so a run is found again from the bits and the
 * number of runs before its row; only its owner is stored. While components
 * are being joined, `owner` is a forest: a run points to an earlier one of its
 * component or to itself. The root is then the component's first run whatever
 * the order of joining was. */

/* Planes that are joined as one piece of work, before the pieces are. */
#define PIECE 16u

/* Counts the runs of a row. */
static size_t count_runs(const uint64_t *row, size_t words)
{
    size_t n = 0;
    uint64_t carry = 0;
    for (size_t i = 0; i < words; i++) {
        n += (size_t)__builtin_popcountll(row[i] & ~(row[i] << 1 | carry));
        carry = row[i] >> 63;
    }
    return n;
}

/* Where the runs of a row begin and end, by turns; returns the end of that. */
static uint32_t *decode_row(const im_bits *b, size_t row, uint32_t *to)
{
    const uint64_t *w = im_bits_row(b, row);
    uint64_t carry = 0;
    for (size_t i = 0; i < b->words; i++) {
        uint64_t turns = w[i] ^ (w[i] << 1 | carry);
        carry = w[i] >> 63;
        for (; turns; turns &= turns - 1)
            *to++ = (uint32_t)(i * 64 + (size_t)__builtin_ctzll(turns));
    }
    if (carry)
        *to++ = (uint32_t)b->size[0];
    return to;
}

static uint32_t find_root(uint32_t *owner, uint32_t at)
{
    while (owner[at] != at) {
        owner[at] = owner[owner[at]];
        at = owner[at];
    }
    return at;
}

static void join(uint32_t *owner, uint32_t a, uint32_t b)
{
    if (owner[a] == owner[b])
        return;
    a = find_root(owner, a);
    b = find_root(owner, b);
    if (a < b)
        owner[b] = a;
    else
        owner[a] = b;
}

/* The decoded runs of one row: positions by turns, the first run's number. */
typedef struct run_row {
    const uint32_t *at, *end;
    uint32_t first;
} run_row;

/* Joins the runs of two rows that overlap, or that come within `reach` voxels
 * of doing so. */
static void join_rows(uint32_t *owner, run_row a, run_row b, uint32_t reach)
{
    while (a.at < a.end && b.at < b.end) {
        if (a.at[0] < b.at[1] + reach && b.at[0] < a.at[1] + reach)
            join(owner, a.first, b.first);
        if (a.at[1] < b.at[1]) {
            a.at += 2;
            a.first++;
        } else {
            b.at += 2;
            b.first++;
        }
    }
}

typedef struct joining {
    im_components *c;
    im_neighbours neighbours;
    size_t plane_room; /* positions */
    uint32_t *scratch; /* two planes a slot */
} joining;

static void decode_plane(const im_components *c, size_t z, uint32_t *to)
{
    for (size_t y = 0; y < c->bits.size[1]; y++)
        to = decode_row(&c->bits, z * c->bits.size[1] + y, to);
}

static run_row row_of(const im_components *c, size_t z, size_t y,
                      const uint32_t *plane)
{
    size_t row = z * c->bits.size[1] + y;
    uint32_t before = c->row_runs[z * c->bits.size[1]];
    return (run_row){
        .at = plane + 2 * (size_t)(c->row_runs[row] - before),
        .end = plane + 2 * (size_t)(c->row_runs[row + 1] - before),
        .first = c->row_runs[row],
    };
}

static void join_in_plane(const joining *j, size_t z, const uint32_t *plane)
{
    uint32_t reach = j->neighbours == IM_NEIGHBOURS_6 ? 0 : 1;
    for (size_t y = 1; y < j->c->bits.size[1]; y++)
        join_rows(j->c->owner, row_of(j->c, z, y, plane),
                  row_of(j->c, z, y - 1, plane), reach);
}

/* Plane z with the one before it. */
static void join_planes(const joining *j, size_t z, const uint32_t *plane,
                        const uint32_t *before)
{
    const im_components *c = j->c;
    uint32_t reach = j->neighbours == IM_NEIGHBOURS_6 ? 0 : 1;
    uint32_t slant = j->neighbours == IM_NEIGHBOURS_26 ? 1 : 0;
    for (size_t y = 0; y < c->bits.size[1]; y++) {
        run_row row = row_of(c, z, y, plane);
        join_rows(c->owner, row, row_of(c, z - 1, y, before), reach);
        if (j->neighbours == IM_NEIGHBOURS_6)
            continue;
        if (y > 0)
            join_rows(c->owner, row, row_of(c, z - 1, y - 1, before), slant);
        if (y + 1 < c->bits.size[1])
            join_rows(c->owner, row, row_of(c, z - 1, y + 1, before), slant);
    }
}

/* Joins what touches within the planes [begin, end). */
static void join_piece(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const joining *j = ctx;
    uint32_t *plane = j->scratch + (size_t)slot * 2 * j->plane_room;
    uint32_t *before = plane + j->plane_room;
    for (size_t z = begin; z < end; z++) {
        decode_plane(j->c, z, plane);
        join_in_plane(j, z, plane);
        if (z > begin)
            join_planes(j, z, plane, before);
        uint32_t *t = plane;
        plane = before;
        before = t;
    }
}

static void join_pieces(const joining *j)
{
    uint32_t *plane = j->scratch, *before = plane + j->plane_room;
    for (size_t z = PIECE; z < j->c->bits.size[2]; z += PIECE) {
        decode_plane(j->c, z, plane);
        decode_plane(j->c, z - 1, before);
        join_planes(j, z, plane, before);
    }
}

static int join_all(const im_run *run, im_components *c,
                    im_neighbours neighbours, cs_errinfo *info)
{
    const size_t *size = c->bits.size;
    size_t room = 1;
    for (size_t z = 0; z < size[2]; z++) {
        size_t runs = c->row_runs[(z + 1) * size[1]] - c->row_runs[z * size[1]];
        room = CS_MAX(room, 2 * runs);
    }
    CS_AUTO_MEM uint32_t *scratch = cs_calloc(
        2 * (size_t)cs_pool_threads(run->pool), room * sizeof(*scratch));
    if (!scratch)
        return cs_fail_nomem(info);
    joining j = {c, neighbours, room, scratch};
    cs_pool_for(run->pool, size[2], PIECE, join_piece, &j);
    join_pieces(&j);
    return 0;
}

/* Turns the forest into numbers from 1 on; returns how many. */
static size_t number_roots(uint32_t *owner, size_t runs)
{
    uint32_t count = 0;
    for (size_t i = 0; i < runs; i++)
        owner[i] = owner[i] == i ? ++count : owner[owner[i]];
    return count;
}

static int count_all_runs(im_components *c, cs_errinfo *info)
{
    size_t rows = im_bits_rows(&c->bits), runs = 0;
    c->row_runs = cs_calloc(rows + 1, sizeof(*c->row_runs));
    if (!c->row_runs)
        return cs_fail_nomem(info);
    for (size_t row = 0; row < rows; row++) {
        runs += count_runs(im_bits_row(&c->bits, row), c->bits.words);
        if (runs > INT32_MAX)
            return cs_fail(info, CS_E_LIMIT,
                           "the mask has too many parts to be numbered");
        c->row_runs[row + 1] = (uint32_t)runs;
    }
    c->owner = cs_calloc(runs, sizeof(*c->owner));
    if (!c->owner)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < runs; i++)
        c->owner[i] = (uint32_t)i;
    return 0;
}

static void widen(im_component *p, unsigned axis, size_t begin, size_t end)
{
    p->begin[axis] = CS_MIN(p->begin[axis], begin);
    p->end[axis] = CS_MAX(p->end[axis], end);
}

/* Until the end, `centroid` holds sums, which a double counts exactly. */
static void measure_run(im_component *p, const size_t size[3], size_t row,
                        size_t begin, size_t end)
{
    const size_t y = row % size[1], z = row / size[1];
    if (p->voxels == 0) {
        p->first = row * size[0] + begin;
        for (unsigned a = 0; a < 3; a++)
            p->begin[a] = SIZE_MAX;
    }
    p->voxels += end - begin;
    widen(p, 0, begin, end);
    widen(p, 1, y, y + 1);
    widen(p, 2, z, z + 1);
    double n = (double)(end - begin);
    p->centroid[0] += (double)(begin + end - 1) / 2 * n;
    p->centroid[1] += (double)y * n;
    p->centroid[2] += (double)z * n;
}

static int measure_all(im_components *c, cs_errinfo *info)
{
    const im_bits *b = &c->bits;
    CS_AUTO_MEM uint32_t *turns = cs_calloc(b->size[0] + 1, sizeof(*turns));
    c->items = cs_calloc(c->count, sizeof(*c->items));
    c->label = cs_calloc(c->count + 1, sizeof(*c->label));
    if (!turns || !c->items || !c->label)
        return cs_fail_nomem(info);
    for (size_t row = 0; row < im_bits_rows(b); row++) {
        const uint32_t *owner = c->owner + c->row_runs[row];
        const uint32_t *end = decode_row(b, row, turns);
        for (const uint32_t *t = turns; t < end; t += 2)
            measure_run(&c->items[*owner++ - 1], b->size, row, t[0], t[1]);
    }
    for (size_t i = 0; i < c->count; i++) {
        c->label[i + 1] = (uint32_t)(i + 1);
        for (unsigned a = 0; a < 3; a++)
            c->items[i].centroid[a] /= (double)c->items[i].voxels;
    }
    return 0;
}

int im_components_of_bits(const im_run *run, im_bits *bits,
                          im_neighbours neighbours, im_components *ret,
                          cs_errinfo *info)
{
    im_components c = {.bits = *bits};
    assert(bits->size[0] < UINT32_MAX);
    int r = count_all_runs(&c, info);
    if (r == 0)
        r = join_all(run, &c, neighbours, info);
    if (r == 0) {
        c.count = number_roots(c.owner, c.row_runs[im_bits_rows(&c.bits)]);
        c.found = c.count;
        r = measure_all(&c, info);
    }
    if (r < 0) {
        c.bits.buffer = NULL; /* still the caller's */
        im_components_done(&c);
        return r;
    }
    *bits = (im_bits)IM_BITS_INIT;
    *ret = c;
    return 0;
}

int im_components_find(const im_run *run, const im_volume *mask,
                       im_neighbours neighbours, im_components *ret,
                       cs_errinfo *info)
{
    CS_SCOPED(im_bits) bits = IM_BITS_INIT;
    int r = im_bits_of(run, mask, &bits, info);
    if (r < 0)
        return r;
    return im_components_of_bits(run, &bits, neighbours, ret, info);
}

void im_components_done(im_components *c)
{
    im_bits_done(&c->bits);
    cs_free(c->items);
    cs_free(c->row_runs);
    cs_free(c->owner);
    cs_free(c->label);
    *c = (im_components)IM_COMPONENTS_INIT;
}

/* What a component is ordered by; items are moved once, afterwards. */
typedef struct rank {
    size_t voxels, first;
    uint32_t label;
} rank;

static int larger_first(const void *pa, const void *pb)
{
    const rank *a = pa, *b = pb;
    if (a->voxels != b->voxels)
        return a->voxels > b->voxels ? -1 : 1;
    return a->first < b->first ? -1 : 1;
}

/* Items come in the order of their first voxels, or by size and then in that
 * order; either way those of one size are in order among themselves. So the
 * many small ones are counted into place, and only the large ones compared. */
#define SMALL 2048u

static size_t bucket_of(size_t voxels)
{
    return voxels < SMALL ? SMALL - voxels : 0;
}

/* Fills `order` with those of at least min_voxels; returns how many. */
static size_t order_by_size(const im_components *c, size_t min_voxels,
                            rank *order)
{
    uint32_t next[SMALL + 2] = {0};
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].voxels >= min_voxels)
            next[bucket_of(c->items[i].voxels) + 1]++;
    const size_t large = next[1];
    for (size_t b = 0; b <= SMALL; b++)
        next[b + 1] += next[b];
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].voxels >= min_voxels)
            order[next[bucket_of(c->items[i].voxels)]++] = (rank){
                c->items[i].voxels, c->items[i].first, (uint32_t)(i + 1)};
    qsort(order, large, sizeof(*order), larger_first);
    return next[SMALL + 1];
}

int im_components_by_size(im_components *c, size_t min_voxels, cs_errinfo *info)
{
    CS_AUTO_MEM rank *order = cs_calloc(c->count, sizeof(*order));
    CS_AUTO_MEM uint32_t *anew = cs_calloc(c->count + 1, sizeof(*anew));
    im_component *items = cs_calloc(c->count, sizeof(*items));
    if (!order || !anew || !items) {
        cs_free(items);
        return cs_fail_nomem(info);
    }
    const size_t kept = order_by_size(c, min_voxels, order);
    for (size_t i = 0; i < kept; i++) {
        items[i] = c->items[order[i].label - 1];
        anew[order[i].label] = (uint32_t)(i + 1);
    }
    for (size_t i = 1; i <= c->found; i++)
        c->label[i] = anew[c->label[i]];
    cs_free(c->items);
    c->items = items;
    c->count = kept;
    return 0;
}

uint32_t im_components_at(const im_components *c, size_t x, size_t y, size_t z)
{
    if (!im_bits_get(&c->bits, x, y, z))
        return 0;
    size_t row = z * c->bits.size[1] + y;
    const uint64_t *w = im_bits_row(&c->bits, row);
    size_t before = count_runs(w, x / 64);
    uint64_t carry = x < 64 ? 0 : w[x / 64 - 1] >> 63;
    uint64_t word = w[x / 64] & ~UINT64_C(0) >> (63 - x % 64);
    before += (size_t)__builtin_popcountll(word & ~(word << 1 | carry));
    return c->label[c->owner[c->row_runs[row] + before - 1]];
}
