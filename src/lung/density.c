#include "lung/density.h"

#include <math.h>

#include "base/mem.h"
#include "image/components.h"
#include "lung/axes.h"

/* Above this is solid tissue. The wall of a solid part is blurred, with ground
 * glass at -650 to -500 on its other side: half way to tissue is -300. */
#define SOLID_HU (-300.0)
/* Calcium, after smoothing: soft tissue has up to 60 HU, with the edge that a
 * sharp kernel adds 80, and its noise. Vessels with contrast go beyond but
 * touch a nodule only. */
#define CALCIUM_HU 140.0
#define TISSUE_HU 80.0
#define TISSUE_NOISE 3.0
#define CALCIFIED_SHARE 0.02
/* Ground glass with less of this in it has no solid part. */
#define SOLID_LEAST 0.025
/* The inside starts below the blurred border: mm, and part of the radius. */
#define SKIN_MM 0.8
#define SKIN_PART 0.35

typedef struct counts {
    size_t all, inner, solid_inner, calcium;
    double sum, squares, most;
} counts;

static counts count(const lu_patch *p, const lu_outline *o)
{
    counts c = {.most = -(double)INFINITY};
    const uint8_t *m = im_u8(&o->mask);
    const float *hu = im_f32(&p->hu), *smooth = im_f32(&p->smooth);
    const float *depth = im_f32(&o->depth);
    double calcium = CS_MAX(CALCIUM_HU, TISSUE_HU + TISSUE_NOISE * p->noise);
    double skin = CS_MIN(SKIN_MM, SKIN_PART * o->ball_mm);
    for (size_t i = 0; i < im_geometry_voxels(&o->mask.geometry); i++) {
        if (!m[i])
            continue;
        double v = (double)hu[i];
        bool inner = (double)depth[i] - 0.5 * p->mm >= skin;
        c.all++;
        c.sum += v;
        c.squares += v * v;
        c.most = CS_MAX(c.most, v);
        c.calcium += (double)smooth[i] > calcium;
        c.inner += inner;
        c.solid_inner += inner && (double)smooth[i] > SOLID_HU;
    }
    return c;
}

/* Without an outline there is no telling ground glass from a blurred border:
 * then by how much of the inside is solid alone. */
static lu_density kind_of(const counts *c, const lu_outline *o)
{
    double solid = (double)c->solid_inner / fmax((double)c->inner, 1);
    if (o->found && (double)c->calcium >= CALCIFIED_SHARE * (double)c->all)
        return LU_CALCIFIED;
    if (o->found ? !o->halo.is : solid >= 0.5)
        return LU_SOLID;
    return solid < SOLID_LEAST ? LU_GROUND_GLASS : LU_PART_SOLID;
}

/* --- the solid part --- */

/* The largest piece above the threshold. */
static int take_core(const im_run *run, const lu_patch *p, const lu_outline *o,
                     im_volume *ret, double *ret_mm3, cs_errinfo *info)
{
    CS_SCOPED(im_volume) above = IM_VOLUME_INIT;
    CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
    int r = im_volume_init(&above, TN_U8, &o->mask.geometry, info);
    if (r < 0)
        return r;
    const uint8_t *m = im_u8(&o->mask);
    const float *smooth = im_f32(&p->smooth);
    uint8_t *to = im_u8(&above);
    for (size_t i = 0; i < im_geometry_voxels(&above.geometry); i++)
        to[i] = m[i] && (double)smooth[i] > SOLID_HU;
    r = im_components_find(run, &above, IM_NEIGHBOURS_6, &c, info);
    if (r == 0)
        r = im_components_by_size(&c, 1, info);
    if (r < 0)
        return r;
    *ret_mm3 = c.count ? (double)c.items[0].voxels * pow(p->mm, 3) : 0;
    return im_components_mask(run, &c, 1, 1, &above.geometry, ret, info);
}

static int measure_core(const im_run *run, const lu_patch *p,
                        const lu_outline *o, lu_measure *m, cs_errinfo *info)
{
    CS_SCOPED(im_volume) core = IM_VOLUME_INIT;
    int r = take_core(run, p, o, &core, &m->solid_mm3, info);
    if (r < 0)
        return r;
    lu_axes axes;
    const lu_solid s = {&core, &p->smooth, SOLID_HU};
    r = lu_axes_find(&s, &axes, info);
    if (r == 0)
        m->solid_mm = (axes.long_mm + axes.short_mm) / 2;
    return r;
}

int lu_density_find(const im_run *run, const lu_patch *patch,
                    const lu_outline *outline, lu_measure *m, cs_errinfo *info)
{
    const counts c = count(patch, outline);
    double n = (double)c.all;
    m->mean_hu = c.sum / n;
    m->std_hu = sqrt(fmax(c.squares / n - m->mean_hu * m->mean_hu, 0));
    m->max_hu = c.most;
    m->density = kind_of(&c, outline);
    m->solid_mm3 = 0;
    m->solid_mm = 0;
    if (m->density == LU_PART_SOLID)
        return measure_core(run, patch, outline, m, info);
    if (m->density != LU_GROUND_GLASS) {
        m->solid_mm3 = m->volume_mm3;
        m->solid_mm = m->mean_mm;
    }
    return 0;
}
