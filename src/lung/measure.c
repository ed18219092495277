#include "lung/measure.h"

#include <math.h>

#include "lung/axes.h"
#include "lung/density.h"
#include "lung/edge.h"
#include "lung/onscan.h"
#include "lung/outline.h"
#include "lung/place.h"
#include "lung/shape.h"

typedef struct work {
    const im_run *run;
    const lu_seed *seed;
    lu_patch patch;
    lu_outline outline;
} work;

static void work_done(work *w)
{
    lu_patch_done(&w->patch);
    lu_outline_done(&w->outline);
}

static int check(const im_volume *scan, const im_volume *lungs,
                 const lu_seed *seed, cs_errinfo *info)
{
    bool same = im_geometry_same(&scan->geometry, &lungs->geometry, 0.01);
    if (!same || scan->voxels.dtype != TN_I16 || lungs->voxels.dtype != TN_U8)
        return cs_fail(info, CS_E_FORMAT,
                       "a scan of int16 and labels of uint8 on one grid are "
                       "needed to measure a nodule");
    const double *c = seed->centre;
    bool good = isfinite(seed->diameter) && seed->diameter > 0;
    double at[3];
    im_world_to_grid(&scan->geometry, c, at);
    for (int a = 0; a < 3; a++)
        good = good && at[a] >= -0.5 &&
               at[a] <= (double)scan->geometry.size[a] - 0.5;
    if (!good)
        return cs_fail(info, CS_E_RANGE,
                       "no nodule of %.1f mm can be at %.1f, %.1f, %.1f mm: "
                       "that is not in the scan",
                       seed->diameter, c[0], c[1], c[2]);
    return 0;
}

static int find_outline(work *w, lu_measure *m, cs_errinfo *info)
{
    int r = lu_outline_find(w->run, &w->patch, &w->outline, info);
    m->segmented = r == 0 && w->outline.found;
    if (r < 0 || m->segmented)
        return r;
    lu_outline_done(&w->outline);
    return lu_outline_ball(w->run, &w->patch, &w->outline, info);
}

/* Centroid, box and volume. */
static void measure_mask(const im_volume *mask, lu_measure *m)
{
    const im_geometry *g = &mask->geometry;
    const uint8_t *v = im_u8(mask);
    double sum[3] = {0}, n = 0;
    size_t low[3] = {SIZE_MAX, SIZE_MAX, SIZE_MAX}, high[3] = {0};
    size_t at[3];
    for (at[2] = 0; at[2] < g->size[2]; at[2]++)
        for (at[1] = 0; at[1] < g->size[1]; at[1]++)
            for (at[0] = 0; at[0] < g->size[0]; at[0]++) {
                if (!v[im_at(g, at[0], at[1], at[2])])
                    continue;
                n++;
                for (int a = 0; a < 3; a++) {
                    sum[a] += (double)at[a];
                    low[a] = CS_MIN(low[a], at[a]);
                    high[a] = CS_MAX(high[a], at[a]);
                }
            }
    double grid[3], mm3 = n;
    for (int a = 0; a < 3; a++) {
        grid[a] = sum[a] / n;
        m->extent_mm[a] = (double)(high[a] - low[a] + 1) * g->spacing[a];
        mm3 *= g->spacing[a];
    }
    im_grid_to_world(g, grid, m->centroid);
    m->volume_mm3 = mm3;
}

static lu_line line_along(const double centre[3], int axis, double mm)
{
    lu_line l;
    for (int a = 0; a < 3; a++)
        l.from[a] = l.to[a] = centre[a];
    l.from[axis] -= mm / 2;
    l.to[axis] += mm / 2;
    return l;
}

/* What the detector said, as if it were a ball. */
static void take_seed(const lu_seed *seed, lu_measure *m)
{
    double d = seed->diameter;
    for (int a = 0; a < 3; a++) {
        m->centroid[a] = seed->centre[a];
        m->extent_mm[a] = d;
    }
    m->long_mm = m->short_mm = m->mean_mm = d;
    m->long_axis = line_along(seed->centre, 0, d);
    m->short_axis = line_along(seed->centre, 1, d);
    m->volume_mm3 = M_PI / 6 * d * d * d;
}

static int measure_axes(const work *w, lu_measure *m, cs_errinfo *info)
{
    const lu_solid s = {&w->outline.mask, &w->patch.smooth, w->outline.level};
    lu_axes axes;
    int r = lu_axes_find(&s, &axes, info);
    if (r < 0)
        return r;
    m->long_mm = axes.long_mm;
    m->short_mm = axes.short_mm;
    m->mean_mm = (axes.long_mm + axes.short_mm) / 2;
    m->long_axis = axes.long_axis;
    m->short_axis = axes.short_axis;
    return 0;
}

static int measure(const work *w, const im_volume *lungs, lu_measure *m,
                   cs_errinfo *info)
{
    int r = 0;
    if (m->segmented) {
        measure_mask(&w->outline.mask, m);
        r = measure_axes(w, m, info);
    } else {
        take_seed(w->seed, m);
    }
    if (r == 0)
        r = lu_density_find(w->run, &w->patch, &w->outline, m, info);
    if (r == 0 && m->segmented)
        r = lu_shape_find(w->run, &w->patch, &w->outline, m, info);
    if (r == 0 && m->segmented)
        r = lu_edge_find(&w->patch, &w->outline, &m->edge_hu_mm, info);
    if (r == 0)
        r = lu_place_find(w->run, lungs, &w->outline.mask, m, info);
    return r;
}

int lu_measure_nodule(const im_run *run, const im_volume *scan,
                      const im_volume *lungs, const lu_seed *seed,
                      lu_measure *ret, im_volume *mask, cs_errinfo *info)
{
    CS_SCOPED(work) w = {.run = run, .seed = seed};
    lu_measure m = {.segmented = false};
    int r = check(scan, lungs, seed, info);
    if (r == 0)
        r = lu_patch_init(run, scan, lungs, seed->centre, seed->diameter,
                          &w.patch, info);
    if (r == 0)
        r = find_outline(&w, &m, info);
    if (r == 0)
        r = measure(&w, lungs, &m, info);
    if (r == 0 && mask)
        r = lu_mask_on_scan(run, &w.outline.mask, &scan->geometry, m.centroid,
                            mask, info);
    if (r == 0)
        *ret = m;
    return r;
}
