#include "lung/shape.h"

#include <math.h>

#include "base/mem.h"
#include "image/components.h"
#include "image/distance.h"
#include "image/surface.h"

/* Strands are looked for in a shell around the outline: beyond its blur, and
 * before the spicules have ended. */
#define SHELL_FROM_MM 1.25
#define SHELL_TO_MM 2.25
/* What stands out so much from parenchyma, and from its noise. */
#define STRAND_HU 130.0
#define STRAND_NOISE 4.0
/* Spots in the shell that are smaller than this are noise, ... */
#define SPOT_LEAST_MM3 0.4
/* ... and vessels make up to three or four. At so many spots the odds that a
 * nodule is spiculated are even, and they double ... */
#define SPOTS_EVEN 5.0
#define SPOTS_SPREAD 1.2
/* A large nodule meets more vessels: spots for each mm2 of its surface. */
#define SPOTS_MM2 0.0

/* Spots in the shell: 1 where a strand passes. */
static int take_spots(const im_run *run, const lu_patch *p, const lu_outline *o,
                      im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) beyond = IM_VOLUME_INIT;
    int r = im_distance(run, &o->mask, &beyond, info);
    if (r == 0)
        r = im_volume_init(ret, TN_U8, &o->mask.geometry, info);
    if (r < 0)
        return r;
    double level = p->parenchyma + CS_MAX(STRAND_HU, STRAND_NOISE * p->noise);
    const uint8_t *domain = im_u8(&p->domain);
    const float *v = im_f32(&p->smooth), *far = im_f32(&beyond);
    uint8_t *to = im_u8(ret);
    for (size_t i = 0; i < im_geometry_voxels(&ret->geometry); i++) {
        double mm = (double)far[i] - 0.5 * p->mm;
        to[i] = domain[i] && mm >= SHELL_FROM_MM && mm <= SHELL_TO_MM &&
                (double)v[i] > level;
    }
    return 0;
}

static int count_spots(const im_run *run, const lu_patch *p,
                       const lu_outline *o, size_t *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) spots = IM_VOLUME_INIT;
    CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
    int r = take_spots(run, p, o, &spots, info);
    if (r == 0)
        r = im_components_find(run, &spots, IM_NEIGHBOURS_26, &c, info);
    if (r < 0)
        return r;
    size_t n = 0;
    for (size_t i = 0; i < c.count; i++)
        n += (double)c.items[i].voxels * pow(p->mm, 3) >= SPOT_LEAST_MM3;
    *ret = n;
    return 0;
}

int lu_shape_find(const im_run *run, const lu_patch *patch,
                  const lu_outline *outline, lu_measure *m, cs_errinfo *info)
{
    im_shape shape;
    size_t spots = 0;
    int r = im_shape_of(run, &outline->mask, &shape, info);
    if (r == 0)
        r = count_spots(run, patch, outline, &spots, info);
    if (r < 0)
        return r;
    m->sphericity = fmin(shape.sphericity, 1);
    double excess = (double)spots - SPOTS_MM2 * shape.area_mm2 - SPOTS_EVEN;
    m->spiculation = 1 / (1 + exp(-excess / SPOTS_SPREAD));
    m->spiculated = m->spiculation >= 0.5;
    return 0;
}
