#include "image/clahe.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "image/elements.h"

/* Between which tiles a voxel lies, and how far it is from the first. */
typedef struct between {
    size_t first, second;
    float way;
} between;

typedef struct equalising {
    const im_volume *from;
    im_volume *to;
    const im_clahe *how;
    const im_table *table;
    float a, b; /* from values to bins */
    size_t tiles[3];
    size_t depth;   /* planes of a block: all, or one */
    between *at[3]; /* by voxel along each axis */
    float *maps;    /* tiles * bins for each slot, or for the one block */
    size_t block_floats;
    uint32_t *counts; /* bins by slot */
    float *row;       /* by slot */
} equalising;

im_clahe im_clahe_plain(double low, double high)
{
    return (im_clahe){
        .tiles = {8, 8, 8}, .bins = 256, .clip = 2, .low = low, .high = high};
}

static size_t tile_begin(size_t i, size_t n, size_t tiles)
{
    return i * n / tiles;
}

static double tile_centre(size_t i, size_t n, size_t tiles)
{
    return ((double)tile_begin(i, n, tiles) +
            (double)tile_begin(i + 1, n, tiles) - 1) /
           2;
}

static void find_between(between *at, size_t n, size_t tiles)
{
    size_t t = 0;
    for (size_t i = 0; i < n; i++) {
        while (t + 1 < tiles && tile_centre(t + 1, n, tiles) <= (double)i)
            t++;
        double here = tile_centre(t, n, tiles);
        at[i] = (between){.first = t, .second = t};
        if ((double)i > here && t + 1 < tiles) {
            double next = tile_centre(t + 1, n, tiles);
            at[i].second = t + 1;
            at[i].way = (float)(((double)i - here) / (next - here));
        }
    }
}

/* --- a tile's mapping --- */

/* n values from voxel `at` on as bins, not yet rounded down. */
static void load_bins(const equalising *e, size_t at, size_t n, float *to)
{
    const tn_dtype d = e->from->voxels.dtype;
    const char *from = tn_data(&e->from->voxels);
    float top = (float)(e->how->bins - 1);
    im_load_row(e->table, d, from + at * tn_dtype_size(d), n, to);
    e->table->affine_f32(to, n, e->a, e->b, 0, top, to);
}

static void clip_counts(uint32_t *count, size_t bins, size_t voxels,
                        double clip)
{
    double most = fmax(floor(clip * (double)voxels / (double)bins), 1);
    if (!(clip > 0) || most >= (double)voxels)
        return;
    const uint32_t limit = (uint32_t)most;
    size_t excess = 0;
    for (size_t i = 0; i < bins; i++)
        if (count[i] > limit) {
            excess += count[i] - limit;
            count[i] = limit;
        }
    size_t each = excess / bins, rest = excess % bins;
    size_t step = rest ? bins / rest : bins;
    for (size_t i = 0; i < bins; i++)
        count[i] += (uint32_t)each;
    for (size_t i = 0; rest > 0 && i < bins; i += step, rest--)
        count[i]++;
}

/* Tile (x, y, z) of the block from plane `plane` on. */
static void map_tile(const equalising *e, const size_t tile[3], size_t plane,
                     unsigned slot, float *map)
{
    const im_geometry *g = &e->from->geometry;
    const size_t n[3] = {g->size[0], g->size[1], e->depth};
    size_t begin[3], end[3], bins = e->how->bins, sum = 0;
    uint32_t *count = e->counts + slot * bins;
    float *row = e->row + slot * g->size[0];
    for (int i = 0; i < 3; i++) {
        begin[i] = tile_begin(tile[i], n[i], e->tiles[i]);
        end[i] = tile_begin(tile[i] + 1, n[i], e->tiles[i]);
    }
    memset(count, 0, bins * sizeof(*count));
    for (size_t z = begin[2]; z < end[2]; z++)
        for (size_t y = begin[1]; y < end[1]; y++) {
            size_t width = end[0] - begin[0];
            load_bins(e, im_at(g, begin[0], y, plane + z), width, row);
            for (size_t x = 0; x < width; x++)
                count[(size_t)row[x]]++;
        }
    size_t voxels =
        (end[0] - begin[0]) * (end[1] - begin[1]) * (end[2] - begin[2]);
    clip_counts(count, bins, voxels, e->how->clip);
    for (size_t i = 0; i < bins; i++) {
        sum += count[i];
        map[i] = (float)((double)sum / (double)voxels);
    }
}

static void map_tiles(const equalising *e, size_t begin, size_t end,
                      size_t plane, unsigned slot, float *maps)
{
    for (size_t i = begin; i < end; i++) {
        const size_t tile[3] = {i % e->tiles[0], i / e->tiles[0] % e->tiles[1],
                                i / e->tiles[0] / e->tiles[1]};
        map_tile(e, tile, plane, slot, maps + i * e->how->bins);
    }
}

/* --- all voxels --- */

static float mix(float a, float b, float way)
{
    return a + (b - a) * way;
}

/* The mapping of a bin between the tiles along x, of row y and plane z of
 * tiles. */
static float across_x(const equalising *e, const float *maps, const between *x,
                      size_t y, size_t z, size_t bin)
{
    const float *m = maps + bin;
    size_t row = (z * e->tiles[1] + y) * e->tiles[0], bins = e->how->bins;
    return mix(m[(row + x->first) * bins], m[(row + x->second) * bins], x->way);
}

static float at_voxel(const equalising *e, const float *maps, const between *x,
                      const between *y, const between *z, size_t bin)
{
    float low = mix(across_x(e, maps, x, y->first, z->first, bin),
                    across_x(e, maps, x, y->second, z->first, bin), y->way);
    if (z->first == z->second)
        return low;
    return mix(low,
               mix(across_x(e, maps, x, y->first, z->second, bin),
                   across_x(e, maps, x, y->second, z->second, bin), y->way),
               z->way);
}

/* Plane z of the block from `plane` on. */
static void apply(const equalising *e, size_t z, size_t plane, unsigned slot,
                  const float *maps)
{
    const im_geometry *g = &e->from->geometry;
    float *row = e->row + slot * g->size[0];
    for (size_t y = 0; y < g->size[1]; y++) {
        size_t at = im_at(g, 0, y, plane + z);
        float *to = im_f32(e->to) + at;
        load_bins(e, at, g->size[0], row);
        for (size_t x = 0; x < g->size[0]; x++)
            to[x] = at_voxel(e, maps, &e->at[0][x], &e->at[1][y], &e->at[2][z],
                             (size_t)row[x]);
    }
}

static void do_slices(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const equalising *e = ctx;
    float *maps = e->maps + slot * e->block_floats;
    for (size_t z = begin; z < end; z++) {
        map_tiles(e, 0, e->tiles[0] * e->tiles[1], z, slot, maps);
        apply(e, 0, z, slot, maps);
    }
}

static void do_tiles(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const equalising *e = ctx;
    map_tiles(e, begin, end, 0, slot, e->maps);
}

static void do_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const equalising *e = ctx;
    for (size_t z = begin; z < end; z++)
        apply(e, z, 0, slot, e->maps);
}

/* --- memory and settings --- */

static int check(const im_clahe *how, cs_errinfo *info)
{
    if (how->bins < 2 || how->bins > 65536)
        return cs_fail(info, CS_E_RANGE, "%zu bins are not between 2 and 65536",
                       how->bins);
    if (!(how->clip >= 0) || !isfinite(how->clip))
        return cs_fail(info, CS_E_RANGE, "%g is no clip limit", how->clip);
    if (!(how->low < how->high) || !isfinite(how->high - how->low))
        return cs_fail(info, CS_E_RANGE, "values from %g to %g are no range",
                       how->low, how->high);
    for (int i = 0; i < (how->whole ? 3 : 2); i++)
        if (how->tiles[i] == 0)
            return cs_fail(info, CS_E_RANGE, "an image needs tiles");
    return 0;
}

static int take_memory(equalising *e, size_t slots, cs_errinfo *info)
{
    const size_t *size = e->from->geometry.size;
    const size_t factors[4] = {e->tiles[0], e->tiles[1], e->tiles[2],
                               e->how->bins};
    size_t maps;
    if (!cs_product_size(factors, 4, &e->block_floats) ||
        !cs_mul_size(e->block_floats, e->how->whole ? 1 : slots, &maps))
        return cs_fail_nomem(info);
    e->maps = cs_calloc(maps, sizeof(*e->maps));
    e->counts = cs_calloc(e->how->bins, slots * sizeof(*e->counts));
    e->row = cs_calloc(size[0], slots * sizeof(*e->row));
    const size_t n[3] = {size[0], size[1], e->depth};
    for (int i = 0; i < 3; i++) {
        e->at[i] = cs_calloc(n[i], sizeof(*e->at[i]));
        if (!e->at[i])
            return cs_fail_nomem(info);
        find_between(e->at[i], n[i], e->tiles[i]);
    }
    return e->maps && e->counts && e->row ? 0 : cs_fail_nomem(info);
}

static void give_memory(equalising *e)
{
    cs_free(e->maps);
    cs_free(e->counts);
    cs_free(e->row);
    for (int i = 0; i < 3; i++)
        cs_free(e->at[i]);
}

static void equalise(equalising *e, const im_run *run)
{
    const size_t planes = e->from->geometry.size[2];
    if (!e->how->whole) {
        cs_pool_for(run->pool, planes, 1, do_slices, e);
        return;
    }
    cs_pool_for(run->pool, e->tiles[0] * e->tiles[1] * e->tiles[2], 1, do_tiles,
                e);
    cs_pool_for(run->pool, planes, 1, do_planes, e);
}

int im_clahe_over(const im_volume *v, const im_clahe *how, const im_run *run,
                  im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) made = IM_VOLUME_INIT;
    const double slope = (double)how->bins / (how->high - how->low);
    equalising e = {.from = v,
                    .to = &made,
                    .how = how,
                    .table = im_table_of(run->tier),
                    .a = (float)slope,
                    .b = (float)(-how->low * slope),
                    .depth = how->whole ? v->geometry.size[2] : 1};
    int r = check(how, info);
    if (r < 0)
        return r;
    for (int i = 0; i < 3; i++) {
        size_t n = i == 2 ? e.depth : v->geometry.size[i];
        e.tiles[i] = how->tiles[i] < n ? how->tiles[i] : n;
    }
    if (!how->whole)
        e.tiles[2] = 1;
    r = im_volume_init(&made, TN_F32, &v->geometry, info);
    if (r == 0)
        r = take_memory(&e, cs_pool_threads(run->pool), info);
    if (r == 0) {
        equalise(&e, run);
        r = im_volume_share(&made, ret, info);
    }
    give_memory(&e);
    return r;
}
