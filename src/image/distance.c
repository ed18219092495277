#include "image/distance.h"

#include <math.h>

#include "base/mem.h"
#include "image/kernels/table.h"
#include "image/morphology.h"

/* The squared distance along x is found row by row; along y and z the squares
 * of the axis before are completed, min over j of f(j) + (s (i - j))^2, for
 * IM_DISTANCE_LANES columns at once (kernels/distance.tmpl.h). */

typedef struct passes {
    const im_table *table;
    const im_bits *bits;
    double spacing[3];
    float *dst;
    const im_bits *inside; /* negative there; NULL: nowhere */
    float *scratch;        /* by slot */
    size_t room;
} passes;

/* Where the next set bit stands, from `at` on; n when there is none. */
static size_t next_set(const uint64_t *row, size_t words, size_t n, size_t at)
{
    size_t i = at / 64;
    if (at >= n)
        return n;
    uint64_t word = row[i] & ~UINT64_C(0) << at % 64;
    while (!word && ++i < words)
        word = row[i];
    return word ? i * 64 + (size_t)__builtin_ctzll(word) : n;
}

/* Squared distances between two neighbouring set voxels (or the row's ends,
 * -1 and n, where there is none). */
static void fill_gap(ptrdiff_t left, ptrdiff_t right, ptrdiff_t n, double s,
                     float *y)
{
    const ptrdiff_t middle = left < 0    ? left
                             : right < n ? (left + right) / 2
                                         : n - 1;
    for (ptrdiff_t x = left + 1; x <= middle; x++) {
        double d = s * (double)(x - left);
        y[x] = (float)(d * d);
    }
    for (ptrdiff_t x = middle + 1; x < right; x++) {
        double d = s * (double)(right - x);
        y[x] = (float)(d * d);
    }
}

static void row_distance(const im_bits *b, size_t row, double s, float *y)
{
    const size_t n = b->size[0];
    const uint64_t *w = im_bits_row(b, row);
    size_t at = next_set(w, b->words, n, 0);
    if (at == n) {
        for (size_t x = 0; x < n; x++)
            y[x] = INFINITY;
        return;
    }
    for (ptrdiff_t left = -1; left < (ptrdiff_t)n;) {
        fill_gap(left, (ptrdiff_t)at, (ptrdiff_t)n, s, y);
        if (at < n)
            y[at] = 0;
        left = (ptrdiff_t)at;
        at = next_set(w, b->words, n, at + 1);
    }
}

static void do_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const passes *p = ctx;
    const size_t nx = p->bits->size[0], ny = p->bits->size[1];
    float *scratch = p->scratch + slot * p->room;
    for (size_t z = begin; z < end; z++) {
        float *plane = p->dst + z * ny * nx;
        for (size_t y = 0; y < ny; y++)
            row_distance(p->bits, z * ny + y, p->spacing[0], plane + y * nx);
        for (size_t x = 0; x < nx; x += IM_DISTANCE_LANES)
            p->table->distance_columns(
                plane + x, CS_MIN((size_t)IM_DISTANCE_LANES, nx - x), ny, nx,
                p->spacing[1], false, scratch);
    }
}

/* Distances of set voxels are negative. */
static void sign_row(const im_bits *inside, size_t row, float *y)
{
    const uint64_t *w = im_bits_row(inside, row);
    for (size_t x = next_set(w, inside->words, inside->size[0], 0);
         x < inside->size[0];
         x = next_set(w, inside->words, inside->size[0], x + 1))
        y[x] = 0 - y[x]; /* +0 on the rim, not -0 */
}

static void do_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const passes *p = ctx;
    const size_t *n = p->bits->size;
    float *scratch = p->scratch + slot * p->room;
    for (size_t y = begin; y < end; y++) {
        for (size_t x = 0; x < n[0]; x += IM_DISTANCE_LANES)
            p->table->distance_columns(
                p->dst + y * n[0] + x,
                CS_MIN((size_t)IM_DISTANCE_LANES, n[0] - x), n[2], n[0] * n[1],
                p->spacing[2], true, scratch);
        for (size_t z = 0; p->inside && z < n[2]; z++)
            sign_row(p->inside, z * n[1] + y, p->dst + (z * n[1] + y) * n[0]);
    }
}

static int measure(const im_run *run, const im_bits *bits,
                   const im_bits *inside, const im_geometry *g, im_volume *ret,
                   cs_errinfo *info)
{
    const size_t longest = CS_MAX(bits->size[1], bits->size[2]);
    const size_t room = (longest * IM_DISTANCE_SCRATCH + 15) / 16 * 16;
    CS_AUTO_MEM float *scratch = cs_aligned_alloc(
        64, room * cs_pool_threads(run->pool) * sizeof(*scratch));
    if (!scratch)
        return cs_fail_nomem(info);
    int r = im_volume_init(ret, TN_F32, g, info);
    if (r < 0)
        return r;
    passes p = {.table = im_table_of(run->tier),
                .bits = bits,
                .spacing = {g->spacing[0], g->spacing[1], g->spacing[2]},
                .dst = im_f32(ret),
                .inside = inside,
                .scratch = scratch,
                .room = room};
    cs_pool_for(run->pool, bits->size[2], 1, do_planes, &p);
    cs_pool_for(run->pool, bits->size[1], 4, do_rows, &p);
    return 0;
}

int im_distance_of_bits(const im_run *run, const im_bits *bits,
                        const im_geometry *g, im_volume *ret, cs_errinfo *info)
{
    return measure(run, bits, NULL, g, ret, info);
}

int im_distance(const im_run *run, const im_volume *mask, im_volume *ret,
                cs_errinfo *info)
{
    CS_SCOPED(im_bits) bits = IM_BITS_INIT;
    int r = im_bits_of(run, mask, &bits, info);
    if (r == 0)
        r = measure(run, &bits, NULL, &mask->geometry, ret, info);
    return r;
}

int im_distance_inside(const im_run *run, const im_volume *mask, im_volume *ret,
                       cs_errinfo *info)
{
    CS_SCOPED(im_bits) bits = IM_BITS_INIT;
    int r = im_bits_of(run, mask, &bits, info);
    if (r < 0)
        return r;
    im_bits_invert(&bits);
    return measure(run, &bits, NULL, &mask->geometry, ret, info);
}

int im_distance_signed(const im_run *run, const im_volume *mask, im_volume *ret,
                       cs_errinfo *info)
{
    CS_SCOPED(im_bits) bits = IM_BITS_INIT;
    CS_SCOPED(im_bits) rim = IM_BITS_INIT;
    int r = im_bits_of(run, mask, &bits, info);
    if (r == 0)
        r = im_bits_rim(run, &bits, IM_NEIGHBOURS_26, &rim, info);
    if (r == 0)
        r = measure(run, &rim, &bits, &mask->geometry, ret, info);
    return r;
}
