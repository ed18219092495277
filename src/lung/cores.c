#include "lung/cores.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "image/distance.h"

/* Further than this from tissue no voxel is partly wall, and necks (between
 * lung and bronchus, gut and lung) are cut. */
#define CORE_MM 4.0
#define CORE_ML 1.0
#define CORES_MAX 1000

/* A core is lung where its score (its median above plain air, and twice the
 * step from there to its third quartile, in HU) is above
 *
 *     PLAIN + OPEN * ways out + SMALL if it is small
 *
 * Plain air has 0 to 60, with foam and blankets in it up to 100; lung has 130
 * to 300, 100 with emphysema. Ways out: of the four directions in a slice,
 * those in which its voxels see the edge of the scan, on average. Lung sees
 * none, or one in a crop; air round the patient two or three. In a pocket of
 * gas much of what is called core is still rim. */
#define PLAIN 70.0
#define OPEN 40.0
#define SMALL 30.0
#define SMALL_ML 60.0
/* Where nothing passes: a crop from within the chest may see out all round. */
#define PLAIN_ALONE 90.0
/* What is plain and sees out more than this is round the patient. */
#define OUTSIDE_WAYS 0.5

#define AIR_LOW (-1050.0) /* air is at -1000 HU; a scanner may be off a bit */
#define AIR_HIGH (-950.0)

typedef struct core {
    uint32_t bins[LU_BINS];
    size_t voxels, ways_out;
} core;

typedef struct survey {
    const im_run *run;
    const im_volume *hu;
    const im_geometry *g;
    lu_cores *cores;
    const int32_t *label;
    core *items;
    size_t count;
} survey;

/* --- finding them --- */

static int find_low(const survey *s, double cut, cs_errinfo *info)
{
    lu_cores *c = s->cores;
    int r = im_volume_init(&c->low, TN_U8, s->g, info);
    if (r < 0)
        return r;
    const int16_t *hu = im_i16(s->hu);
    uint8_t *low = im_u8(&c->low);
    size_t n = im_geometry_voxels(s->g);
    for (size_t i = 0; i < n; i++)
        low[i] = hu[i] != LU_PADDING && hu[i] < cut;
    return im_distance_inside(s->run, &c->low, &c->depth, info);
}

static int find_cores(survey *s, cs_errinfo *info)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    int r = im_volume_init(&mask, TN_U8, s->g, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(s->g);
    const float *mm = im_f32(&s->cores->depth);
    uint8_t *deep = im_u8(&mask);
    for (size_t i = 0; i < n; i++)
        deep[i] = mm[i] > (float)CORE_MM;
    size_t least = (size_t)ceil(CORE_ML / lu_voxel_ml(s->g));
    lu_parts *parts = &s->cores->parts;
    r = lu_parts_find(s->run, &mask, IM_NEIGHBOURS_6, least, parts, info);
    if (r < 0)
        return r;
    s->label = lu_parts_labels(parts);
    s->count = CS_MIN(parts->found.count, (size_t)CORES_MAX);
    s->items = cs_calloc(s->count, sizeof(*s->items));
    s->cores->kind = cs_calloc(s->count + 1, 1);
    s->cores->count = s->count;
    return s->items && s->cores->kind ? 0 : cs_fail_nomem(info);
}

static core *core_at(const survey *s, size_t voxel)
{
    assert(s->label);
    int32_t l = s->label[voxel];
    return l > 0 && (size_t)l <= s->count ? &s->items[l - 1] : NULL;
}

/* --- what they look like --- */

/* The mean with the neighbours before and after along each axis that are low
 * too: noise must not pass for texture. */
static int mean_around(const survey *s, size_t i, const size_t at[3])
{
    const size_t *n = s->g->size;
    const size_t stride[3] = {1, n[0], n[0] * n[1]};
    const int16_t *hu = im_i16(s->hu);
    const uint8_t *low = im_u8(&s->cores->low);
    int sum = hu[i], count = 1;
    for (int a = 0; a < 3; a++) {
        if (at[a] > 0 && low[i - stride[a]]) {
            sum += hu[i - stride[a]];
            count++;
        }
        if (at[a] + 1 < n[a] && low[i + stride[a]]) {
            sum += hu[i + stride[a]];
            count++;
        }
    }
    return sum / count;
}

static void count_values(survey *s)
{
    const size_t *n = s->g->size;
    for (size_t z = 0; z < n[2]; z++)
        for (size_t y = 0; y < n[1]; y++)
            for (size_t x = 0; x < n[0]; x++) {
                const size_t at[3] = {x, y, z};
                size_t i = im_at(s->g, x, y, z);
                core *c = core_at(s, i);
                if (!c)
                    continue;
                c->bins[lu_bin(mean_around(s, i, at))]++;
                c->voxels++;
            }
}

/* The ends of the tissue in `n` voxels `stride` apart: all before *first and
 * all after *last see out. */
static void tissue_ends(const survey *s, size_t from, size_t n, size_t stride,
                        size_t *first, size_t *last)
{
    const uint8_t *low = im_u8(&s->cores->low) + from;
    const int16_t *hu = im_i16(s->hu) + from;
    *first = n;
    *last = 0;
    for (size_t i = 0; i < n; i++)
        if (!low[i * stride] && hu[i * stride] != LU_PADDING) {
            *first = CS_MIN(*first, i);
            *last = i + 1;
        }
}

/* Along each row or column: two of the four directions. */
static void count_ways_out(survey *s, size_t from, size_t n, size_t stride)
{
    size_t first, last;
    tissue_ends(s, from, n, stride, &first, &last);
    for (size_t i = 0; i < n; i++) {
        core *c = core_at(s, from + i * stride);
        if (c)
            c->ways_out += (size_t)(i < first) + (size_t)(i >= last);
    }
}

static void look_out(survey *s)
{
    const size_t *n = s->g->size;
    for (size_t z = 0; z < n[2]; z++) {
        for (size_t y = 0; y < n[1]; y++)
            count_ways_out(s, im_at(s->g, 0, y, z), n[0], 1);
        for (size_t x = 0; x < n[0]; x++)
            count_ways_out(s, im_at(s->g, x, 0, z), n[1], n[0]);
    }
}

/* Nearly the least of all cores' values. */
static double air_of(const survey *s)
{
    uint32_t bins[LU_BINS] = {0};
    for (size_t i = 0; i < s->count; i++)
        for (size_t b = 0; b < LU_BINS; b++)
            bins[b] += s->items[i].bins[b];
    double air = lu_percentile(bins, 0.02);
    if (air < AIR_LOW)
        return AIR_LOW;
    return air < AIR_HIGH ? air : AIR_HIGH;
}

/* --- naming them --- */

static double score_of(const core *c, double air)
{
    double half = lu_percentile(c->bins, 0.5);
    return half - air + 2 * (lu_percentile(c->bins, 0.75) - half);
}

static double ways_out(const core *c)
{
    return (double)c->ways_out / (double)c->voxels;
}

static lu_kind kind_of(const survey *s, const core *c, double air)
{
    double ml = (double)c->voxels * lu_voxel_ml(s->g);
    double wanted = PLAIN + OPEN * ways_out(c) + (ml < SMALL_ML ? SMALL : 0);
    if (score_of(c, air) > wanted)
        return LU_LUNG;
    return ways_out(c) > OUTSIDE_WAYS ? LU_OUTSIDE : LU_GAS;
}

static void name_cores(const survey *s, double air)
{
    uint8_t *kind = s->cores->kind;
    for (size_t i = 0; i < s->count; i++)
        kind[i + 1] = (uint8_t)kind_of(s, &s->items[i], air);
    if (memchr(kind, LU_LUNG, s->count + 1))
        return;
    for (size_t i = 0; i < s->count; i++)
        if (score_of(&s->items[i], air) > PLAIN_ALONE)
            kind[i + 1] = LU_LUNG;
}

static int find(survey *s, lu_levels *l, cs_errinfo *info)
{
    int r = find_low(s, l->cut, info);
    if (r == 0)
        r = find_cores(s, info);
    if (r < 0)
        return r;
    count_values(s);
    look_out(s);
    l->air = air_of(s);
    name_cores(s, l->air);
    return 0;
}

int lu_cores_find(const im_run *run, const im_volume *hu, lu_levels *l,
                  lu_cores *ret, cs_errinfo *info)
{
    survey s = {.run = run, .hu = hu, .g = &hu->geometry, .cores = ret};
    int r = find(&s, l, info);
    cs_free(s.items);
    if (r < 0)
        lu_cores_done(ret);
    return r;
}

void lu_cores_done(lu_cores *c)
{
    im_volume_done(&c->low);
    im_volume_done(&c->depth);
    lu_parts_done(&c->parts);
    cs_free(c->kind);
    *c = (lu_cores)LU_CORES_INIT;
}
