#include "lung/outline.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "image/components.h"
#include "image/distance.h"
#include "lung/blob.h"
#include "lung/levels.h"

/* The first level: this far above parenchyma, and above its noise. Low, so
 * that ground glass around a solid core is not missed. */
#define FIRST_HU 110.0
#define FIRST_NOISE 3.0
/* Then half way between parenchyma and the nodule just inside its border,
 * until that no longer changes. */
#define ROUNDS 5
#define SETTLED_HU 8.0
/* A level that leaks is raised by this part of the way to the nodule's peak. */
#define RAISE 0.2

/* The largest ball is looked for so far from the blob's middle. */
#define REACH_MM 1.0
#define REACH_DIAMETERS 0.35

/* What is thinner than this part of the largest ball is cut off, ... */
#define CUT 0.65
/* ... but corners come back up to this part of its radius, and this far. */
#define CORNER 0.25
#define CORNER_MM 0.8
/* No part is further from that ball's middle than so many radii. */
#define FAR 2.2

/* The border zone, below the surface: parts of the ball's radius, and mm. */
#define ZONE_FROM 0.45
#define ZONE_FROM_MM 1.0
#define ZONE_TO 0.8
#define ZONE_TO_MM 2.2

/* Told: it stands out by so much, and has about the seed's size. */
#define CONTRAST_HU 70.0
#define CONTRAST_NOISE 3.0
#define SIZE_LEAST 0.4
#define SIZE_MOST 2.2

typedef struct work {
    const im_run *run;
    const lu_patch *p;
    size_t n;
    size_t near[3];   /* middle of the blob */
    double peak;      /* HU there */
    im_volume above;  /* TN_U8: in the domain, above the level */
    im_volume ball;   /* TN_U8: where the middle of the cutting ball may be */
    im_volume beyond; /* TN_F32, mm: from there */
    lu_outline out;
} work;

static void work_clear(work *w)
{
    im_volume_done(&w->above);
    im_volume_done(&w->ball);
    im_volume_done(&w->beyond);
}

static void work_done(work *w)
{
    work_clear(w);
    lu_outline_done(&w->out);
}

void lu_outline_done(lu_outline *o)
{
    im_volume_done(&o->mask);
    im_volume_done(&o->depth);
}

static const im_geometry *grid(const work *w)
{
    return &w->p->smooth.geometry;
}

static double apart_mm(const work *w, const size_t a[3], size_t x, size_t y,
                       size_t z)
{
    const size_t b[3] = {x, y, z};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double d = (double)a[i] - (double)b[i];
        sum += d * d;
    }
    return w->p->mm * sqrt(sum);
}

/* --- one level --- */

static int take_above(work *w, double level, cs_errinfo *info)
{
    int r = im_volume_init(&w->above, TN_U8, grid(w), info);
    if (r < 0)
        return r;
    const uint8_t *domain = im_u8(&w->p->domain);
    const float *v = im_f32(&w->p->smooth);
    uint8_t *to = im_u8(&w->above);
    for (size_t i = 0; i < w->n; i++)
        to[i] = domain[i] && (double)v[i] > level;
    return im_distance_inside(w->run, &w->above, &w->out.depth, info);
}

/* A voxel's depth counts from its centre to that of the nearest outside; the
 * surface is half a voxel before. */
static double depth_at(const work *w, size_t i)
{
    return (double)im_f32(&w->out.depth)[i] - 0.5 * w->p->mm;
}

/* The middle of the largest ball near the blob's; false where there is none. */
static bool find_ball(work *w)
{
    const im_geometry *g = grid(w);
    const double reach = REACH_MM + REACH_DIAMETERS * w->p->diameter;
    const size_t n = (size_t)(reach / w->p->mm) + 1;
    size_t low[3], high[3], at[3];
    for (int a = 0; a < 3; a++) {
        low[a] = w->near[a] > n ? w->near[a] - n : 0;
        high[a] = CS_MIN(w->near[a] + n + 1, g->size[a]);
    }
    double most = 0;
    for (at[2] = low[2]; at[2] < high[2]; at[2]++)
        for (at[1] = low[1]; at[1] < high[1]; at[1]++)
            for (at[0] = low[0]; at[0] < high[0]; at[0]++) {
                double d = depth_at(w, im_at(g, at[0], at[1], at[2]));
                if (!(d > most) ||
                    apart_mm(w, w->near, at[0], at[1], at[2]) > reach)
                    continue;
                most = d;
                memcpy(w->out.middle, at, sizeof(at));
            }
    w->out.ball_mm = most;
    return most > 0;
}

/* Keeps of a mask what hangs together with the middle. */
static int keep_middle(work *w, im_volume *mask, cs_errinfo *info)
{
    CS_SCOPED(im_components) c = IM_COMPONENTS_INIT;
    int r = im_components_find(w->run, mask, IM_NEIGHBOURS_6, &c, info);
    if (r < 0)
        return r;
    const size_t *m = w->out.middle;
    uint32_t label = im_components_at(&c, m[0], m[1], m[2]);
    im_volume_done(mask);
    return im_components_mask(w->run, &c, label, label, grid(w), mask, info);
}

/* Opening, by depths: where the middle of a ball may be, and what it covers. */
static int cut_thin(work *w, cs_errinfo *info)
{
    double radius = CUT * w->out.ball_mm;
    int r = im_volume_init(&w->ball, TN_U8, grid(w), info);
    if (r < 0)
        return r;
    uint8_t *ball = im_u8(&w->ball);
    for (size_t i = 0; i < w->n; i++)
        ball[i] = depth_at(w, i) >= radius;
    r = keep_middle(w, &w->ball, info);
    return r < 0 ? r : im_distance(w->run, &w->ball, &w->beyond, info);
}

static int take_mask(work *w, cs_errinfo *info)
{
    double corner = CS_MIN(CORNER * w->out.ball_mm, CORNER_MM);
    double most = CUT * w->out.ball_mm + corner;
    double far = FAR * w->out.ball_mm;
    int r = im_volume_init(&w->out.mask, TN_U8, grid(w), info);
    if (r < 0)
        return r;
    const im_geometry *g = grid(w);
    const uint8_t *above = im_u8(&w->above);
    const float *beyond = im_f32(&w->beyond);
    uint8_t *to = im_u8(&w->out.mask);
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++)
                to[i] = above[i] && (double)beyond[i] <= most &&
                        apart_mm(w, w->out.middle, x, y, z) <= far;
    return keep_middle(w, &w->out.mask, info);
}

/* The mask at a level; empty where nothing is there. */
static int at_level(work *w, double level, cs_errinfo *info)
{
    work_clear(w);
    lu_outline_done(&w->out);
    w->out.level = level;
    int r = take_above(w, level, info);
    if (r < 0 || !find_ball(w))
        return r;
    r = cut_thin(w, info);
    return r < 0 ? r : take_mask(w, info);
}

/* --- which level --- */

static bool touches_face(const work *w)
{
    const im_geometry *g = grid(w);
    const uint8_t *m = im_u8(&w->out.mask);
    size_t last = g->size[0] - 1;
    for (size_t b = 0; b <= last; b++)
        for (size_t a = 0; a <= last; a++)
            if (m[im_at(g, 0, a, b)] || m[im_at(g, last, a, b)] ||
                m[im_at(g, a, 0, b)] || m[im_at(g, a, last, b)] ||
                m[im_at(g, a, b, 0)] || m[im_at(g, a, b, last)])
                return true;
    return false;
}

/* Of the ball of the mask's volume. */
static double diameter_of(const work *w)
{
    const uint8_t *m = im_u8(&w->out.mask);
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        n += m[i];
    double mm3 = (double)n * w->p->mm * w->p->mm * w->p->mm;
    return cbrt(6 / M_PI * mm3);
}

static bool leaks(const work *w)
{
    return diameter_of(w) > SIZE_MOST * w->p->diameter || touches_face(w);
}

/* The median a little inside the border. */
static double border_zone(const work *w)
{
    double from = CS_MIN(ZONE_FROM * w->out.ball_mm, ZONE_FROM_MM);
    double to = CS_MIN(ZONE_TO * w->out.ball_mm, ZONE_TO_MM);
    uint32_t bins[LU_BINS] = {0};
    const uint8_t *m = im_u8(&w->out.mask);
    const float *v = im_f32(&w->p->smooth);
    for (size_t i = 0; i < w->n; i++) {
        double d = depth_at(w, i);
        if (m[i] && d >= from && d <= to)
            bins[lu_bin((int)floorf(v[i]))]++;
    }
    return lu_percentile(bins, 0.5);
}

static double first_level(const work *w)
{
    return w->p->parenchyma + CS_MAX(FIRST_HU, FIRST_NOISE * w->p->noise);
}

/* Raises a level until nothing leaks; false where even the last does. */
static int stop_leaks(work *w, double *level, bool *ret, cs_errinfo *info)
{
    double step = RAISE * (w->peak - *level);
    for (int i = 0; i < (int)(1 / RAISE); i++) {
        int r = at_level(w, *level, info);
        if (r < 0)
            return r;
        *ret = w->out.mask.voxels.buffer && !leaks(w);
        if (*ret || !w->out.mask.voxels.buffer || !(step > 0))
            return 0;
        *level += step;
    }
    return 0;
}

/* Half way to what is just inside, until that changes no more. */
static int settle(work *w, double level, bool *good, cs_errinfo *info)
{
    const double least = level;
    int r = 0;
    for (int i = 0; r == 0 && *good && i < ROUNDS; i++) {
        w->out.inside = border_zone(w);
        double next = CS_MAX(least, (w->p->parenchyma + w->out.inside) / 2);
        if (fabs(next - level) < SETTLED_HU)
            break;
        level = next;
        r = at_level(w, level, info);
        *good = r == 0 && w->out.mask.voxels.buffer && !leaks(w);
    }
    return r;
}

/* Half way to the ground glass: a solid core would draw the zone inside the
 * border upwards from round to round. */
static int settle_glass(work *w, bool *good, cs_errinfo *info)
{
    w->out.inside = w->out.halo.hu;
    int r = at_level(w, (w->p->parenchyma + w->out.inside) / 2, info);
    *good = r == 0 && w->out.mask.voxels.buffer && !leaks(w);
    return r;
}

static int find_level(work *w, cs_errinfo *info)
{
    double level = first_level(w);
    bool good = false;
    int r = stop_leaks(w, &level, &good, info);
    if (r < 0 || !good)
        return r;
    w->out.halo = lu_halo_find(w->p, &w->out.mask);
    r = w->out.halo.is ? settle_glass(w, &good, info)
                       : settle(w, level, &good, info);
    w->out.found = good;
    return r;
}

static bool is_told(const work *w)
{
    double least = CS_MAX(CONTRAST_HU, CONTRAST_NOISE * w->p->noise);
    return w->out.found && w->out.inside - w->p->parenchyma >= least &&
           diameter_of(w) >= SIZE_LEAST * w->p->diameter;
}

int lu_outline_find(const im_run *run, const lu_patch *patch, lu_outline *ret,
                    cs_errinfo *info)
{
    CS_SCOPED(work) w = {.run = run, .p = patch};
    w.n = im_geometry_voxels(grid(&w));
    int r = lu_blob_find(run, patch, w.near, info);
    if (r < 0)
        return r;
    w.peak = (double)im_f32(
        &patch->smooth)[im_at(grid(&w), w.near[0], w.near[1], w.near[2])];
    r = find_level(&w, info);
    if (r < 0)
        return r;
    w.out.found = is_told(&w);
    *ret = w.out;
    w.out = (lu_outline){.found = false};
    return 0;
}

int lu_outline_ball(const im_run *run, const lu_patch *patch, lu_outline *ret,
                    cs_errinfo *info)
{
    CS_SCOPED(work) w = {.run = run, .p = patch};
    const im_geometry *g = grid(&w);
    int r = im_volume_init(&w.out.mask, TN_U8, g, info);
    if (r < 0)
        return r;
    for (int a = 0; a < 3; a++)
        w.out.middle[a] = g->size[a] / 2;
    uint8_t *to = im_u8(&w.out.mask);
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++)
                to[i] =
                    apart_mm(&w, w.out.middle, x, y, z) <= patch->diameter / 2;
    w.out.ball_mm = patch->diameter / 2;
    r = im_distance_inside(run, &w.out.mask, &w.out.depth, info);
    if (r < 0)
        return r;
    *ret = w.out;
    w.out = (lu_outline){.found = false};
    return 0;
}
