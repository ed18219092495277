#include "lung/place.h"

#include <math.h>

#include "base/mem.h"
#include "image/distance.h"
#include "lung/sides.h"

/* The pleura is looked for this far around, on a grid as fine. */
#define AROUND_MM 60.0
#define COARSE_MM 1.5

/* Lungs are looked at every so many mm to see how far they reach. */
#define STRIDE_MM 3.0

/* Ends of a lung: a few stray voxels beyond are none. */
#define END_SHARE 0.002
#define LEVELS 1024

/* --- which lung, and how far it reaches --- */

/* Sides: 0 right, 1 left. Axes: 0 front to back, 1 foot to head. */
typedef struct survey {
    size_t step[3];
    double base[2], mm[2]; /* of the bins of an axis: the first, the width */
    uint32_t bins[2][2][LEVELS]; /* samples by side and axis */
    double nearest[2];           /* squared distance of a side's nearest */
} survey;

/* Box of the grid's corners along world y and z. */
static void world_box(const im_geometry *g, double low[2], double high[2])
{
    for (int k = 0; k < 2; k++) {
        low[k] = (double)INFINITY;
        high[k] = -(double)INFINITY;
    }
    for (unsigned corner = 0; corner < 8; corner++) {
        double at[3], world[3];
        for (unsigned a = 0; a < 3; a++)
            at[a] = corner >> a & 1 ? (double)(g->size[a] - 1) : 0;
        im_grid_to_world(g, at, world);
        for (int k = 0; k < 2; k++) {
            low[k] = fmin(low[k], world[k + 1]);
            high[k] = fmax(high[k], world[k + 1]);
        }
    }
}

static void survey_init(survey *s, const im_geometry *g)
{
    double high[2];
    world_box(g, s->base, high);
    for (int k = 0; k < 2; k++)
        s->mm[k] = fmax((high[k] - s->base[k]) / (LEVELS - 1), 1e-6);
    for (int a = 0; a < 3; a++) {
        size_t step = (size_t)(STRIDE_MM / g->spacing[a]);
        s->step[a] = CS_MAX(step, (size_t)1);
    }
    s->nearest[0] = s->nearest[1] = (double)INFINITY;
}

static void count_sample(survey *s, int side, const double world[3],
                         const double centre[3])
{
    double d = 0;
    for (int a = 0; a < 3; a++)
        d += (world[a] - centre[a]) * (world[a] - centre[a]);
    s->nearest[side] = fmin(s->nearest[side], d);
    for (int k = 0; k < 2; k++) {
        double bin = (world[k + 1] - s->base[k]) / s->mm[k];
        s->bins[side][k][(size_t)fmin(fmax(bin, 0), LEVELS - 1)]++;
    }
}

static void take_samples(survey *s, const im_volume *lungs,
                         const double centre[3])
{
    const im_geometry *g = &lungs->geometry;
    const uint8_t *v = im_u8(lungs);
    for (size_t z = 0; z < g->size[2]; z += s->step[2])
        for (size_t y = 0; y < g->size[1]; y += s->step[1])
            for (size_t x = 0; x < g->size[0]; x += s->step[0]) {
                uint8_t label = v[im_at(g, x, y, z)];
                if (label != LU_LEFT && label != LU_RIGHT)
                    continue;
                const double at[3] = {(double)x, (double)y, (double)z};
                double world[3];
                im_grid_to_world(g, at, world);
                count_sample(s, label == LU_LEFT, world, centre);
            }
}

static double percentile(const uint32_t *bins, double share)
{
    uint64_t all = 0, below = 0;
    for (size_t i = 0; i < LEVELS; i++)
        all += bins[i];
    for (size_t i = 0; i < LEVELS; i++) {
        below += bins[i];
        if (bins[i] && (double)below >= share * (double)all)
            return (double)i;
    }
    return 0;
}

/* Where between the lung's ends a place is: 0 to 1. */
static double part_of(const survey *s, int side, int k, double mm)
{
    const uint32_t *bins = s->bins[side][k];
    double low = s->base[k] + s->mm[k] * percentile(bins, END_SHARE);
    double high = s->base[k] + s->mm[k] * percentile(bins, 1 - END_SHARE);
    if (!(high > low))
        return 0.5;
    return fmin(fmax((mm - low) / (high - low), 0), 1);
}

static lu_zone zone_of(double up)
{
    if (up >= 2.0 / 3)
        return LU_ZONE_UPPER;
    return up >= 1.0 / 3 ? LU_ZONE_MIDDLE : LU_ZONE_LOWER;
}

/* The oblique fissure as most people have it: from three quarters up at the
 * back to the foot of the lung a quarter behind its front. What lies before it
 * is the upper lobe, on the right from the middle of the lung up (below: the
 * middle lobe). */
static bool likely_upper(bool left, double back, double up)
{
    return up > back - 0.25 && (left || up > 0.5);
}

static int find_zone(const im_volume *lungs, lu_measure *m, cs_errinfo *info)
{
    CS_AUTO_MEM survey *s = cs_new0(survey);
    if (!s)
        return cs_fail_nomem(info);
    survey_init(s, &lungs->geometry);
    take_samples(s, lungs, m->centroid);
    m->left = s->nearest[1] < s->nearest[0];
    double back = part_of(s, m->left, 0, m->centroid[1]);
    double up = part_of(s, m->left, 1, m->centroid[2]);
    m->zone = zone_of(up);
    m->upper_lobe_likely = likely_upper(m->left, back, up);
    return 0;
}

/* --- how far from the pleura --- */

static im_geometry around(const double centre[3])
{
    size_t half = (size_t)(AROUND_MM / COARSE_MM);
    im_geometry g = im_geometry_plain(2 * half + 1, 2 * half + 1, 2 * half + 1);
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = COARSE_MM;
        g.origin[a] = centre[a] - (double)half * COARSE_MM;
    }
    return g;
}

/* The value at a place; infinite outside the grid. */
static double value_at(const im_volume *v, const double world[3])
{
    double p[3];
    size_t at[3];
    im_world_to_grid(&v->geometry, world, p);
    for (int a = 0; a < 3; a++) {
        if (!(p[a] > -0.5 && p[a] < (double)v->geometry.size[a] - 0.5))
            return (double)INFINITY;
        at[a] = (size_t)(p[a] + 0.5);
    }
    return (double)im_f32(v)[im_at(&v->geometry, at[0], at[1], at[2])];
}

/* The least distance of the mask's voxels from what is no lung. */
static double least(const im_volume *mask, const im_volume *to_border)
{
    const im_geometry *g = &mask->geometry;
    const uint8_t *m = im_u8(mask);
    double best = (double)INFINITY;
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                if (!m[i])
                    continue;
                const double at[3] = {(double)x, (double)y, (double)z};
                double world[3];
                im_grid_to_world(g, at, world);
                best = fmin(best, value_at(to_border, world));
            }
    return best;
}

static int find_pleura(const im_run *run, const im_volume *lungs,
                       const im_volume *mask, lu_measure *m, cs_errinfo *info)
{
    CS_SCOPED(im_volume) in = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) to_border = IM_VOLUME_INIT;
    const im_geometry g = around(m->centroid);
    int r = lu_patch_take_lungs(run, lungs, &g, &in, info);
    if (r == 0)
        r = im_distance_inside(run, &in, &to_border, info);
    if (r < 0)
        return r;
    /* Half a voxel to the border between, half of the nodule's own. */
    double mm = least(mask, &to_border) - COARSE_MM;
    m->pleura_mm = fmin(fmax(mm, 0), AROUND_MM);
    return 0;
}

int lu_place_find(const im_run *run, const im_volume *lungs,
                  const im_volume *mask, lu_measure *m, cs_errinfo *info)
{
    m->perifissural_unknown = true;
    int r = find_zone(lungs, m, info);
    return r < 0 ? r : find_pleura(run, lungs, mask, m, info);
}
