#include "lung/envelope.h"

#include <math.h>

#include "base/mem.h"
#include "image/fill.h"
#include "image/morphology.h"
#include "lung/coarse.h"
#include "lung/parts.h"
#include "lung/sides.h"

/* A ball of this radius rolls along the lung from outside; where it cannot
 * follow (between the vessels of the hilum, behind a vessel on the pleura) is
 * lung. It does follow between heart, backbone and chest wall. */
#define CLOSE_MM 10.0
/* Holes in a slice, up to the cut through a large vessel. */
#define HOLE_MM2 700.0

/* A larger ball shows dents of the surface, which are nodules if they are
 * thick (ribs make shallow dents), no longer than the largest nodule (aorta,
 * heart and diaphragm make long ones), and mostly in lung. */
#define DENT_MM 25.0
#define NODULE_THICK_MM 4.0
#define NODULE_MOST_MM 45.0
#define NODULE_LEAST_ML 0.3
#define NODULE_IN_LUNG 0.45

typedef struct closing {
    const im_run *run;
    im_volume *label;
    const uint8_t *barred;
    uint8_t side;
    im_volume mask; /* TN_U8: of this side, as it grows */
} closing;

/* Neither barred nor the other lung's: by voxel, 1 or 0. */
static uint8_t is_free(const closing *c, const uint8_t *label, size_t i)
{
    return !c->barred[i] && (label[i] == 0 || label[i] == c->side);
}

static int closed(const closing *c, double mm, im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    int r = im_brush_ball_mm(&ball, mm, c->mask.geometry.spacing, info);
    return r < 0 ? r : im_close(c->run, &c->mask, &ball, ret, info);
}

static void add(closing *c, const im_volume *more)
{
    size_t n = im_geometry_voxels(&c->mask.geometry);
    const uint8_t *label = im_u8(c->label), *from = im_u8(more);
    uint8_t *mask = im_u8(&c->mask);
    for (size_t i = 0; i < n; i++)
        mask[i] |= from[i] && is_free(c, label, i);
}

static int close_small(closing *c, cs_errinfo *info)
{
    CS_SCOPED(im_volume) wide = IM_VOLUME_INIT;
    int r = closed(c, CLOSE_MM, &wide, info);
    if (r == 0)
        add(c, &wide);
    return r;
}

static int fill_holes(closing *c, cs_errinfo *info)
{
    CS_SCOPED(im_volume) filled = IM_VOLUME_INIT;
    const im_geometry *g = &c->mask.geometry;
    size_t most = (size_t)(HOLE_MM2 / (g->spacing[0] * g->spacing[1]));
    int r = im_volume_convert(&c->mask, TN_U8, &filled, info);
    if (r == 0)
        r = im_fill(c->run, &filled, IM_NEIGHBOURS_6, SIZE_MAX, NULL, info);
    if (r == 0)
        r = im_fill_slices(c->run, &filled, 2, IM_NEIGHBOURS_6, most, NULL,
                           info);
    if (r == 0)
        add(c, &filled);
    return r;
}

/* --- nodules on the pleura --- */

/* What the larger ball would add, without its thin parts. */
static int find_dents(const closing *c, im_volume *all, im_volume *thick,
                      cs_errinfo *info)
{
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    const im_geometry *g = &c->mask.geometry;
    int r = closed(c, DENT_MM, all, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(g);
    const uint8_t *label = im_u8(c->label), *mask = im_u8(&c->mask);
    uint8_t *dent = im_u8(all);
    for (size_t i = 0; i < n; i++)
        dent[i] = dent[i] && !mask[i] && is_free(c, label, i);
    r = im_brush_ball_mm(&ball, NODULE_THICK_MM, g->spacing, info);
    return r < 0 ? r : im_open(c->run, all, &ball, thick, info);
}

typedef struct surface {
    size_t lung, all;
} surface;

/* Faces between voxels of each dent and others, and those with lung. */
static void count_faces(const closing *c, const int32_t *label, size_t i,
                        surface *s)
{
    const size_t *n = c->mask.geometry.size;
    const size_t stride[3] = {1, n[0], n[0] * n[1]};
    const size_t at[3] = {i % n[0], i / n[0] % n[1], i / (n[0] * n[1])};
    const uint8_t *lung = im_u8(&c->mask);
    for (int k = 0; k < 6; k++) {
        int a = k / 2;
        bool up = k % 2;
        if (up ? at[a] + 1 == n[a] : at[a] == 0)
            continue;
        size_t j = up ? i + stride[a] : i - stride[a];
        s->all += label[j] != label[i];
        s->lung += label[j] != label[i] && lung[j];
    }
}

static bool is_nodule(const im_geometry *g, const im_component *dent,
                      const surface *s)
{
    for (int a = 0; a < 3; a++)
        if ((double)(dent->end[a] - dent->begin[a]) * g->spacing[a] >
            NODULE_MOST_MM)
            return false;
    return (double)dent->voxels * lu_voxel_ml(g) >= NODULE_LEAST_ML &&
           (double)s->lung >= NODULE_IN_LUNG * (double)s->all;
}

/* Leaves of `thick` the nodules. */
static int choose_dents(const closing *c, im_volume *thick, cs_errinfo *info)
{
    CS_SCOPED(lu_parts) dents = LU_PARTS_INIT;
    int r = lu_parts_find(c->run, thick, IM_NEIGHBOURS_6, 1, &dents, info);
    if (r < 0)
        return r;
    size_t count = dents.found.count;
    CS_AUTO_MEM surface *surfaces = cs_calloc(count + 1, sizeof(*surfaces));
    CS_AUTO_MEM uint8_t *keep = cs_calloc(count + 1, 1);
    if (!surfaces || !keep)
        return cs_fail_nomem(info);
    const im_geometry *g = &c->mask.geometry;
    const int32_t *l = lu_parts_labels(&dents);
    size_t n = im_geometry_voxels(g);
    for (size_t i = 0; i < n; i++)
        if (l[i])
            count_faces(c, l, i, &surfaces[l[i]]);
    for (size_t i = 0; i < count; i++)
        keep[i + 1] = is_nodule(g, &dents.found.items[i], &surfaces[i + 1]);
    lu_parts_choose(&dents, keep, im_u8(thick));
    return 0;
}

/* Opening has taken the edges off: they come back as far as the dent goes. */
static int add_nodules(closing *c, cs_errinfo *info)
{
    CS_SCOPED(im_volume) all = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) thick = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) wide = IM_VOLUME_INIT;
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    const im_geometry *g = &c->mask.geometry;
    int r = find_dents(c, &all, &thick, info);
    if (r == 0)
        r = choose_dents(c, &thick, info);
    if (r == 0)
        r = im_brush_ball_mm(&ball, NODULE_THICK_MM, g->spacing, info);
    if (r == 0)
        r = im_dilate(c->run, &thick, &ball, &wide, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(g);
    const uint8_t *near = im_u8(&wide), *dent = im_u8(&all);
    uint8_t *mask = im_u8(&c->mask);
    for (size_t i = 0; i < n; i++)
        mask[i] |= near[i] & dent[i];
    return 0;
}

/* --- one side --- */

static int grow_side(closing *c, cs_errinfo *info)
{
    int r = close_small(c, info);
    if (r == 0)
        r = fill_holes(c, info);
    return r < 0 ? r : add_nodules(c, info);
}

static int close_side(closing *c, cs_errinfo *info)
{
    int r = im_volume_init(&c->mask, TN_U8, &c->label->geometry, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(&c->label->geometry), count = 0;
    uint8_t *mask = im_u8(&c->mask), *label = im_u8(c->label);
    for (size_t i = 0; i < n; i++)
        count += mask[i] = label[i] == c->side;
    r = count ? grow_side(c, info) : 0;
    for (size_t i = 0; r == 0 && i < n; i++)
        label[i] = mask[i] ? c->side : label[i];
    return r;
}

int lu_envelope_close(const im_run *run, im_volume *label,
                      const uint8_t *barred, cs_errinfo *info)
{
    static const uint8_t sides[] = {LU_LEFT, LU_RIGHT};
    for (size_t i = 0; i < CS_COUNTOF(sides); i++) {
        closing c = {run, label, barred, sides[i], IM_VOLUME_INIT};
        int r = close_side(&c, info);
        im_volume_done(&c.mask);
        if (r < 0)
            return r;
    }
    return 0;
}
