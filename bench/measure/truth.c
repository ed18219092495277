#include "truth.h"

#include <math.h>

#include "image/crop.h"
#include "lung/axes.h"
#include "lung/patch.h"
#include "lung/sides.h"

#define FINE_MM 0.5

static bool has(const im_phantom *p, size_t i, size_t voxel)
{
    return im_u8(&p->nodules)[voxel] == i + 1;
}

static size_t on_scan(const im_geometry *part, const im_geometry *scan,
                      size_t x, size_t y, size_t z)
{
    const double at[] = {(double)x, (double)y, (double)z};
    double world[3], grid[3];
    im_grid_to_world(part, at, world);
    im_world_to_grid(scan, world, grid);
    return im_at(scan, (size_t)lrint(grid[0]), (size_t)lrint(grid[1]),
                 (size_t)lrint(grid[2]));
}

static double dice_of(const im_phantom *p, size_t i, const im_volume *mask)
{
    const im_geometry *g = &mask->geometry;
    size_t both = 0, found = 0, k = 0;
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, k++) {
                if (!im_u8(mask)[k])
                    continue;
                found++;
                both += has(p, i, on_scan(g, &p->nodules.geometry, x, y, z));
            }
    return 2 * (double)both / (double)(found + p->findings[i].voxels);
}

static im_geometry around(const im_phantom_finding *f)
{
    size_t half = (size_t)((f->diameter + 4) / FINE_MM);
    im_geometry g = im_geometry_plain(2 * half + 1, 2 * half + 1, 2 * half + 1);
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = FINE_MM;
        g.origin[a] = f->centre[a] - (double)half * FINE_MM;
    }
    return g;
}

/* The true mask between its voxels, so that its axes are not those of steps. */
static int mean_axis(const im_run *run, const im_phantom *p, size_t i,
                     double *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) one = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) fine = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    const im_geometry g = around(&p->findings[i]);
    int r = im_volume_convert(&p->nodules, TN_U8, &one, info);
    for (size_t v = 0; r == 0 && v < im_geometry_voxels(&one.geometry); v++)
        im_u8(&one)[v] = has(p, i, v) ? 250 : 0;
    if (r == 0)
        r = lu_patch_take(run, &one, &g, 0, TN_F32, &fine, info);
    if (r == 0)
        r = im_volume_init(&mask, TN_U8, &g, info);
    for (size_t v = 0; r == 0 && v < im_geometry_voxels(&g); v++)
        im_u8(&mask)[v] = im_f32(&fine)[v] > 125;
    lu_axes axes = {0};
    const lu_solid s = {&mask, &fine, 125};
    if (r == 0)
        r = lu_axes_find(&s, &axes, info);
    *ret = (axes.long_mm + axes.short_mm) / 2;
    return r;
}

int truth_find(const im_run *run, const im_phantom *p, size_t i,
               const im_volume *mask, truth *ret, cs_errinfo *info)
{
    const im_phantom_finding *f = &p->findings[i];
    truth t = {.dice = dice_of(p, i, mask), .left = f->lobe[0] == 'L'};
    int r = mean_axis(run, p, i, &t.mean_mm, info);
    if (r == 0)
        *ret = t;
    return r;
}
