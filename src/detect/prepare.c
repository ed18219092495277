#include "detect/prepare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "image/crop.h"
#include "image/resample.h"

#define OUTSIDE (-1024.0)
#define AIRWAYS 5 /* LU_AIRWAYS; the room of lungs lies above this one */

/* No chest is larger; a spacing in metres is. */
#define EDGE_MAX 2000.0 /* mm */
#define VOXELS_MAX ((size_t)1 << 32)

static bool is_lung(uint8_t label)
{
    return label && label != AIRWAYS;
}

/* --- where the lungs are --- */

typedef struct reach {
    double low[3], high[3]; /* low > high: nothing */
} reach;

static const reach nothing = {
    .low = {HUGE_VAL, HUGE_VAL, HUGE_VAL},
    .high = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL},
};

static bool is_empty(const reach *b)
{
    return !(b->low[0] <= b->high[0]);
}

static void take_in(reach *b, const double at[3])
{
    for (int i = 0; i < 3; i++) {
        b->low[i] = fmin(b->low[i], at[i]);
        b->high[i] = fmax(b->high[i], at[i]);
    }
}

typedef struct search {
    const im_volume *lungs; /* TN_U8 */
    bool world;             /* reaches in mm along the patient's axes, or in
                               voxels of the mask */
    reach *of_plane;
} search;

static void take_in_voxel(const search *s, reach *b, size_t x, size_t y,
                          size_t z)
{
    double at[3] = {(double)x, (double)y, (double)z};
    if (s->world)
        im_grid_to_world(&s->lungs->geometry, at, at);
    take_in(b, at);
}

/* A row is straight: its outermost voxels reach as far as all of them. */
static void search_row(const search *s, size_t y, size_t z, reach *b)
{
    const size_t n = s->lungs->geometry.size[0];
    const uint8_t *row = im_u8(s->lungs) + im_at(&s->lungs->geometry, 0, y, z);
    size_t first = 0, last = n;
    while (first < n && !is_lung(row[first]))
        first++;
    if (first == n)
        return;
    while (!is_lung(row[last - 1]))
        last--;
    take_in_voxel(s, b, first, y, z);
    take_in_voxel(s, b, last - 1, y, z);
}

static void search_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const search *s = ctx;
    for (size_t z = begin; z < end; z++) {
        s->of_plane[z] = nothing;
        for (size_t y = 0; y < s->lungs->geometry.size[1]; y++)
            search_row(s, y, z, &s->of_plane[z]);
    }
}

static int find_lungs(const im_run *run, const im_volume *lungs, bool world,
                      reach *ret, cs_errinfo *info)
{
    const size_t planes = lungs->geometry.size[2];
    CS_AUTO_MEM reach *of_plane = cs_calloc(planes, sizeof(*of_plane));
    if (!of_plane)
        return cs_fail_nomem(info);
    search s = {.lungs = lungs, .world = world, .of_plane = of_plane};
    cs_pool_for(run->pool, planes, 4, search_planes, &s);
    reach all = nothing;
    for (size_t z = 0; z < planes; z++) {
        if (is_empty(&of_plane[z]))
            continue;
        take_in(&all, of_plane[z].low);
        take_in(&all, of_plane[z].high);
    }
    if (is_empty(&all))
        return cs_fail(info, CS_E_FORMAT,
                       "the mask of the lungs has no voxel of a lung");
    *ret = all;
    return 0;
}

/* --- the new grid --- */

static int upright_grid(const reach *lungs, double spacing, im_geometry *ret,
                        cs_errinfo *info)
{
    im_geometry g = im_geometry_plain(1, 1, 1);
    size_t voxels = 1;
    for (int i = 0; i < 3; i++) {
        const double edge = lungs->high[i] - lungs->low[i];
        const double n = ceil((edge + 2 * DT_MARGIN_MM) / spacing) + 1;
        if (!(edge <= EDGE_MAX))
            return cs_fail(info, CS_E_RANGE,
                           "the lungs are %.0f mm across: the scan's spacing "
                           "cannot be right",
                           edge);
        const size_t most = VOXELS_MAX / voxels;
        if (!(n >= 1 && n <= (double)most))
            return cs_fail(info, CS_E_LIMIT,
                           "a spacing of %g mm makes too many voxels", spacing);
        g.size[i] = (size_t)n;
        voxels *= g.size[i];
        g.spacing[i] = spacing;
        g.origin[i] = lungs->low[i] - DT_MARGIN_MM;
    }
    *ret = g;
    return im_geometry_check(ret, info);
}

/* The same cut along the scan's own axes, but not beyond the scan. */
static int own_grid(const im_geometry *scan, const reach *lungs,
                    im_geometry *ret, cs_errinfo *info)
{
    ptrdiff_t begin[3];
    size_t size[3];
    for (int i = 0; i < 3; i++) {
        const double more = ceil(DT_MARGIN_MM / scan->spacing[i] - 1e-9);
        const double low = fmax(lungs->low[i] - more, 0);
        const double last = (double)scan->size[i] - 1;
        begin[i] = (ptrdiff_t)low;
        size[i] = (size_t)(fmin(lungs->high[i] + more, last) - low) + 1;
    }
    *ret = im_geometry_part(scan, begin, size);
    return im_geometry_check(ret, info);
}

/* --- the two volumes --- */

static void only_lungs(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    uint8_t *label = ctx;
    for (size_t i = begin; i < end; i++)
        label[i] = is_lung(label[i]);
}

static int on_grid(const im_run *run, const im_volume *scan,
                   const im_volume *lungs, const im_geometry *grid,
                   dt_prepared *p, cs_errinfo *info)
{
    const im_resampling straight = {
        .by = IM_LINEAR, .outside = OUTSIDE, .dtype = TN_I16};
    const im_resampling nearest = {.by = IM_NEAREST, .dtype = TN_U8};
    int r = im_resample(scan, grid, &straight, run, &p->image, info);
    if (r == 0)
        r = im_resample(lungs, grid, &nearest, run, &p->lungs, info);
    if (r == 0)
        cs_pool_for(run->pool, im_geometry_voxels(grid), 1 << 18, only_lungs,
                    im_u8(&p->lungs));
    return r;
}

static int prepare(const im_run *run, const im_volume *scan,
                   const im_volume *lungs, double spacing, dt_prepared *p,
                   cs_errinfo *info)
{
    const bool upright = spacing > 0;
    reach found = nothing;
    im_geometry grid;
    int r = find_lungs(run, lungs, upright, &found, info);
    if (r == 0)
        r = upright ? upright_grid(&found, spacing, &grid, info)
                    : own_grid(&scan->geometry, &found, &grid, info);
    return r < 0 ? r : on_grid(run, scan, lungs, &grid, p, info);
}

int dt_prepare(const im_run *run, const im_volume *scan, const im_volume *lungs,
               double spacing, dt_prepared *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) bytes = IM_VOLUME_INIT;
    dt_prepared made = DT_PREPARED_INIT;
    int r = 0;
    if (memcmp(scan->geometry.size, lungs->geometry.size,
               sizeof(scan->geometry.size)) != 0)
        return cs_fail(info, CS_E_FORMAT,
                       "scan and mask of the lungs differ in size");
    if (lungs->voxels.dtype != TN_U8) {
        r = im_volume_convert(lungs, TN_U8, &bytes, info);
        lungs = &bytes;
    }
    if (r == 0)
        r = prepare(run, scan, lungs, spacing, &made, info);
    if (r < 0)
        dt_prepared_done(&made);
    else
        *ret = made;
    return r;
}

void dt_prepared_done(dt_prepared *p)
{
    im_volume_done(&p->image);
    im_volume_done(&p->lungs);
}

/* --- patches --- */

/* Voxels [*from, *to) of n, beginning at voxel `begin`, lie in a volume. */
static void inside(ptrdiff_t begin, size_t n, size_t volume, size_t *from,
                   size_t *to)
{
    const ptrdiff_t end = (ptrdiff_t)volume - begin;
    *from = begin < 0 ? CS_MIN((size_t)-begin, n) : 0;
    *to = end <= 0 ? 0 : CS_MIN((size_t)end, n);
    *to = CS_MAX(*to, *from);
}

static void normalise(const int16_t *hu, size_t n, float low, float scale,
                      float *ret)
{
    for (size_t i = 0; i < n; i++) {
        const float v = ((float)hu[i] - low) * scale;
        const float positive = v > 0 ? v : 0;
        ret[i] = positive < 1 ? positive : 1;
    }
}

void dt_patch(const md_input *input, const im_volume *image,
              const ptrdiff_t begin[3], const size_t size[3], float *ret)
{
    const im_geometry *g = &image->geometry;
    const float low = (float)input->low;
    const float scale = (float)(1 / (input->high - input->low));
    size_t from[3];
    size_t to[3];
    for (int i = 0; i < 3; i++)
        inside(begin[i], size[i], g->size[i], &from[i], &to[i]);
    memset(ret, 0, size[0] * size[1] * size[2] * sizeof(*ret));
    for (size_t z = from[2]; z < to[2] && from[0] < to[0]; z++)
        for (size_t y = from[1]; y < to[1]; y++) {
            const size_t at = im_at(g, (size_t)(begin[0] + (ptrdiff_t)from[0]),
                                    (size_t)(begin[1] + (ptrdiff_t)y),
                                    (size_t)(begin[2] + (ptrdiff_t)z));
            normalise(im_i16(image) + at, to[0] - from[0], low, scale,
                      ret + (z * size[1] + y) * size[0] + from[0]);
        }
}
