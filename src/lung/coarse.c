#include "lung/coarse.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define WANTED_MM 2.0
/* Sums of a block stay far from 2^31. */
#define FACTOR_MAX 64
/* The noise of real air ends above, every padding lies below. */
#define PADDING_BELOW (-1500)

/* --- axes --- */

static void choose_axes(const double direction[9], lu_coarse *c)
{
    static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                          {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    double best = -1;
    for (int o = 0; o < 6; o++) {
        double sum = 0;
        for (unsigned a = 0; a < 3; a++)
            sum += fabs(direction[3 * orders[o][a] + a]);
        if (sum <= best + 1e-9)
            continue;
        best = sum;
        memcpy(c->world, orders[o], sizeof(c->world));
    }
    for (unsigned a = 0; a < 3; a++)
        c->flip[a] = direction[3 * c->world[a] + a] < 0;
}

static size_t factor_for(double spacing)
{
    double f = floor(WANTED_MM / spacing + 0.5);
    if (!(f > 1))
        return 1;
    return f < FACTOR_MAX ? (size_t)f : FACTOR_MAX;
}

static im_geometry plan(const im_geometry *scan, lu_coarse *c)
{
    im_geometry g = im_geometry_plain(1, 1, 1);
    choose_axes(scan->direction, c);
    for (unsigned a = 0; a < 3; a++) {
        c->factor[a] = factor_for(scan->spacing[a]);
        c->blocks[a] = (scan->size[a] - 1) / c->factor[a] + 1;
        g.size[c->world[a]] = c->blocks[a];
        g.spacing[c->world[a]] = scan->spacing[a] * (double)c->factor[a];
    }
    return g;
}

lu_steps lu_coarse_steps(const lu_coarse *c)
{
    const im_geometry *g = &c->hu.geometry;
    const size_t stride[3] = {1, g->size[0], g->size[0] * g->size[1]};
    lu_steps s = {0};
    for (unsigned a = 0; a < 3; a++) {
        ptrdiff_t step = (ptrdiff_t)stride[c->world[a]];
        s.step[a] = c->flip[a] ? -step : step;
        if (c->flip[a])
            s.base += step * (ptrdiff_t)(c->blocks[a] - 1);
    }
    return s;
}

double lu_voxel_ml(const im_geometry *g)
{
    return g->spacing[0] * g->spacing[1] * g->spacing[2] / 1000;
}

/* --- means --- */

typedef struct reduction {
    const im_volume *scan;
    const lu_coarse *to;
    lu_steps steps;
    int32_t *scratch; /* by slot: sums and counts of a row */
} reduction;

static void add_row(const int16_t *v, size_t n, int32_t *sum, int32_t *count)
{
    for (size_t i = 0; i < n; i++) {
        int32_t hu = v[i];
        int32_t valid = hu > PADDING_BELOW;
        hu = hu < LU_HU_MIN ? LU_HU_MIN : hu;
        hu = hu > LU_HU_MAX ? LU_HU_MAX : hu;
        sum[i] += valid ? hu : 0;
        count[i] += valid;
    }
}

/* Padding wins a tie: half a block is too little to tell what it is. */
static int16_t mean_of(const int32_t *sum, const int32_t *count, size_t n,
                       size_t rows)
{
    int64_t total = 0, valid = 0;
    for (size_t i = 0; i < n; i++) {
        total += sum[i];
        valid += count[i];
    }
    if (valid * 2 <= (int64_t)(n * rows))
        return LU_PADDING;
    return (int16_t)floor((double)total / (double)valid + 0.5);
}

static size_t block_end(const reduction *r, unsigned axis, size_t block)
{
    size_t end = (block + 1) * r->to->factor[axis];
    return CS_MIN(end, r->scan->geometry.size[axis]);
}

static void reduce_row(const reduction *r, size_t by, size_t bz, int32_t *sum)
{
    const im_geometry *g = &r->scan->geometry;
    const size_t *f = r->to->factor;
    size_t nx = g->size[0];
    int32_t *count = sum + nx;
    memset(sum, 0, 2 * nx * sizeof(*sum));
    size_t rows = 0;
    for (size_t z = bz * f[2]; z < block_end(r, 2, bz); z++)
        for (size_t y = by * f[1]; y < block_end(r, 1, by); y++, rows++)
            add_row(im_i16(r->scan) + im_at(g, 0, y, z), nx, sum, count);
    int16_t *dst = (int16_t *)tn_data(&r->to->hu.voxels);
    ptrdiff_t at = r->steps.base + (ptrdiff_t)by * r->steps.step[1] +
                   (ptrdiff_t)bz * r->steps.step[2];
    for (size_t bx = 0; bx < r->to->blocks[0]; bx++) {
        size_t x = bx * f[0];
        size_t n = block_end(r, 0, bx) - x;
        dst[at] = mean_of(sum + x, count + x, n, rows);
        at += r->steps.step[0];
    }
}

static void reduce_slabs(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const reduction *r = ctx;
    int32_t *scratch =
        r->scratch + (size_t)slot * 2 * r->scan->geometry.size[0];
    for (size_t bz = begin; bz < end; bz++)
        for (size_t by = 0; by < r->to->blocks[1]; by++)
            reduce_row(r, by, bz, scratch);
}

int lu_coarse_init(const im_run *run, const im_volume *scan, lu_coarse *ret,
                   cs_errinfo *info)
{
    im_geometry g = plan(&scan->geometry, ret);
    CS_AUTO_MEM int32_t *scratch =
        cs_calloc(cs_pool_threads(run->pool),
                  scan->geometry.size[0] * 2 * sizeof(*scratch));
    if (!scratch)
        return cs_fail_nomem(info);
    int r = im_volume_init(&ret->hu, TN_I16, &g, info);
    if (r < 0)
        return r;
    reduction job = {scan, ret, lu_coarse_steps(ret), scratch};
    cs_pool_for(run->pool, ret->blocks[2], 1, reduce_slabs, &job);
    return 0;
}

static size_t middle_of(const lu_coarse *c, const im_geometry *scan,
                        unsigned axis, size_t block)
{
    size_t begin = block * c->factor[axis];
    size_t end = CS_MIN(begin + c->factor[axis], scan->size[axis]);
    return (begin + end) / 2;
}

int lu_coarse_labels(const lu_coarse *c, const im_volume *labels,
                     im_volume *ret, cs_errinfo *info)
{
    const im_geometry *g = &labels->geometry;
    int r = im_volume_init(ret, TN_U8, &c->hu.geometry, info);
    if (r < 0)
        return r;
    lu_steps steps = lu_coarse_steps(c);
    for (size_t bz = 0; bz < c->blocks[2]; bz++)
        for (size_t by = 0; by < c->blocks[1]; by++) {
            const uint8_t *row =
                im_u8(labels) +
                im_at(g, 0, middle_of(c, g, 1, by), middle_of(c, g, 2, bz));
            ptrdiff_t at = steps.base + (ptrdiff_t)by * steps.step[1] +
                           (ptrdiff_t)bz * steps.step[2];
            for (size_t bx = 0; bx < c->blocks[0]; bx++)
                im_u8(ret)[at + (ptrdiff_t)bx * steps.step[0]] =
                    row[middle_of(c, g, 0, bx)];
        }
    return 0;
}

void lu_coarse_done(lu_coarse *c)
{
    im_volume_done(&c->hu);
}
