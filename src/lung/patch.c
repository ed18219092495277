#include "lung/patch.h"

#include <math.h>

#include "base/mem.h"
#include "image/crop.h"
#include "image/morphology.h"
#include "image/resample.h"
#include "image/smooth.h"
#include "lung/levels.h"
#include "lung/sides.h"

/* Seeds beyond these are measured as if they were of this size. */
#define LEAST_MM 2.0
#define MOST_MM 100.0

/* From the seed to the patch's faces: in diameters, and at least. */
#define HALF_DIAMETERS 1.5
#define HALF_MM 13.0
/* Voxels of the patch: not finer than this, and not more along an axis. */
#define FINEST_MM 0.5
#define MOST_VOXELS 80.0

#define SMOOTH_MM 0.5

/* Parenchyma is looked for this far from the seed, below this HU, where at
 * least so many voxels are left. */
#define AWAY_DIAMETERS 0.75
#define AWAY_MM 2.0
#define PARENCHYMA_HU (-500)
#define PARENCHYMA_LEAST 200
#define PARENCHYMA_USUAL (-860.0)

/* A seed whose middle is this far from full of lung lies in what the mask
 * left out. */
#define SEED_IN_LUNG 0.8

void lu_patch_done(lu_patch *p)
{
    im_volume_done(&p->hu);
    im_volume_done(&p->domain);
    im_volume_done(&p->smooth);
}

/* --- the grid --- */

static im_geometry grid_around(const double centre[3], double diameter)
{
    double half = CS_MAX(HALF_DIAMETERS * diameter, HALF_MM);
    double mm = CS_MAX(FINEST_MM, 2 * half / MOST_VOXELS);
    size_t to_face = (size_t)ceil(half / mm);
    size_t n = 2 * to_face + 1;
    im_geometry g = im_geometry_plain(n, n, n);
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = mm;
        g.origin[a] = centre[a] - (double)to_face * mm;
    }
    return g;
}

/* The box of the volume's voxels around all corners of `to`. */
static im_box box_around(const im_geometry *v, const im_geometry *to)
{
    double low[3] = {(double)INFINITY, (double)INFINITY, (double)INFINITY};
    double high[3] = {-(double)INFINITY, -(double)INFINITY, -(double)INFINITY};
    for (unsigned corner = 0; corner < 8; corner++) {
        double at[3], world[3];
        for (unsigned a = 0; a < 3; a++)
            at[a] = corner >> a & 1 ? (double)(to->size[a] - 1) : 0;
        im_grid_to_world(to, at, world);
        im_world_to_grid(v, world, at);
        for (int a = 0; a < 3; a++) {
            low[a] = fmin(low[a], at[a]);
            high[a] = fmax(high[a], at[a]);
        }
    }
    im_box b;
    for (int a = 0; a < 3; a++) {
        b.begin[a] = (ptrdiff_t)floor(low[a]) - 1;
        b.size[a] = (size_t)((ptrdiff_t)ceil(high[a]) + 2 - b.begin[a]);
    }
    return b;
}

int lu_patch_take(const im_run *run, const im_volume *v, const im_geometry *to,
                  double outside, tn_dtype dtype, im_volume *ret,
                  cs_errinfo *info)
{
    CS_SCOPED(im_volume) part = IM_VOLUME_INIT;
    const im_box box = box_around(&v->geometry, to);
    im_crop crop;
    int r = im_crop_init(&crop, &v->geometry, &box, info);
    if (r == 0)
        r = im_crop_cut(&crop, v, outside, &part, info);
    const im_resampling how = {IM_LINEAR, outside, dtype};
    return r < 0 ? r : im_resample(&part, to, &how, run, ret, info);
}

/* --- where a nodule may be --- */

#define IN 250 /* between 0 and this, lines between voxels are fine enough */

int lu_patch_take_lungs(const im_run *run, const im_volume *lungs,
                        const im_geometry *to, im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) part = IM_VOLUME_INIT;
    const im_box box = box_around(&lungs->geometry, to);
    im_crop crop;
    int r = im_crop_init(&crop, &lungs->geometry, &box, info);
    if (r == 0)
        r = im_crop_cut(&crop, lungs, 0, &part, info);
    if (r < 0)
        return r;
    uint8_t *v = im_u8(&part);
    for (size_t i = 0; i < im_geometry_voxels(&part.geometry); i++)
        v[i] = v[i] == LU_LEFT || v[i] == LU_RIGHT ? IN : 0;
    const im_resampling how = {IM_LINEAR, 0, TN_U8};
    r = im_resample(&part, to, &how, run, ret, info);
    if (r < 0)
        return r;
    v = im_u8(ret);
    for (size_t i = 0; i < im_geometry_voxels(to); i++)
        v[i] = v[i] >= IN / 2;
    return 0;
}

static double distance_mm(const lu_patch *p, size_t x, size_t y, size_t z)
{
    const size_t at[3] = {x, y, z};
    double sum = 0;
    for (int a = 0; a < 3; a++) {
        size_t middle = p->hu.geometry.size[a] / 2;
        double d = (double)at[a] - (double)middle;
        sum += d * d;
    }
    return p->mm * sqrt(sum);
}

/* Calls `fn` for each voxel with its distance from the seed. */
typedef void each_fn(void *ctx, size_t i, double mm);

static void each_voxel(const lu_patch *p, each_fn *fn, void *ctx)
{
    const im_geometry *g = &p->hu.geometry;
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++)
                fn(ctx, i, distance_mm(p, x, y, z));
}

typedef struct share {
    const uint8_t *of;
    double within;
    size_t in, all;
} share;

static void count_share(void *ctx, size_t i, double mm)
{
    share *s = ctx;
    if (mm > s->within)
        return;
    s->all++;
    s->in += s->of[i];
}

/* Tumours that reach far into the lung are not in its mask. A ball of the
 * nodule's size that rolls along the lung takes them in. */
static int close_domain(const im_run *run, lu_patch *p, cs_errinfo *info)
{
    share s = {im_u8(&p->domain), 0.25 * p->diameter, 0, 0};
    each_voxel(p, count_share, &s);
    if ((double)s.in >= SEED_IN_LUNG * (double)s.all)
        return 0;
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    CS_SCOPED(im_volume) closed = IM_VOLUME_INIT;
    double mm = CS_MIN(0.6 * p->diameter + 2, 40 * p->mm);
    int r = im_brush_ball_mm(&ball, mm, p->hu.geometry.spacing, info);
    if (r == 0)
        r = im_close(run, &p->domain, &ball, &closed, info);
    if (r < 0)
        return r;
    im_volume_done(&p->domain);
    p->domain = closed;
    closed = (im_volume)IM_VOLUME_INIT;
    return 0;
}

/* --- grey values --- */

typedef struct sample {
    const float *v;
    const uint8_t *domain;
    double away;
    uint32_t bins[LU_BINS];
    size_t n;
} sample;

static void count_sample(void *ctx, size_t i, double mm)
{
    sample *s = ctx;
    if (!s->domain[i] || mm < s->away || !(s->v[i] < PARENCHYMA_HU))
        return;
    s->bins[lu_bin((int)floorf(s->v[i]))]++;
    s->n++;
}

static sample sample_of(const lu_patch *p, const im_volume *v)
{
    sample s = {.v = im_f32(v), .domain = im_u8(&p->domain)};
    s.away = fmax(AWAY_DIAMETERS * p->diameter, AWAY_MM);
    each_voxel(p, count_sample, &s);
    return s;
}

static void find_parenchyma(lu_patch *p)
{
    const sample s = sample_of(p, &p->hu);
    p->parenchyma =
        s.n < PARENCHYMA_LEAST ? PARENCHYMA_USUAL : lu_percentile(s.bins, 0.5);
}

/* By the lower half: vessels make the upper one longer. */
static void find_noise(lu_patch *p)
{
    const sample s = sample_of(p, &p->smooth);
    double low = lu_percentile(s.bins, 0.159);
    double middle = lu_percentile(s.bins, 0.5);
    p->noise = s.n < PARENCHYMA_LEAST ? 0 : CS_MAX(middle - low, LU_BIN_HU);
}

static int smooth_domain(const im_run *run, lu_patch *p, cs_errinfo *info)
{
    CS_SCOPED(im_volume) filled = IM_VOLUME_INIT;
    int r = im_volume_init(&filled, TN_F32, &p->hu.geometry, info);
    if (r < 0)
        return r;
    const float *hu = im_f32(&p->hu);
    const uint8_t *domain = im_u8(&p->domain);
    float *to = im_f32(&filled);
    for (size_t i = 0; i < im_geometry_voxels(&filled.geometry); i++)
        to[i] = domain[i] ? hu[i] : (float)p->parenchyma;
    const double sigma[3] = {SMOOTH_MM, SMOOTH_MM, SMOOTH_MM};
    return im_smooth(&filled, sigma, run, &p->smooth, info);
}

int lu_patch_init(const im_run *run, const im_volume *scan,
                  const im_volume *lungs, const double centre[3],
                  double diameter, lu_patch *ret, cs_errinfo *info)
{
    lu_patch p = {.diameter = fmin(fmax(diameter, LEAST_MM), MOST_MM)};
    const im_geometry g = grid_around(centre, p.diameter);
    p.mm = g.spacing[0];
    for (int a = 0; a < 3; a++)
        p.slice_mm = fmax(p.slice_mm, scan->geometry.spacing[a]);
    int r = lu_patch_take(run, scan, &g, -1000, TN_F32, &p.hu, info);
    if (r == 0)
        r = lu_patch_take_lungs(run, lungs, &g, &p.domain, info);
    if (r == 0)
        r = close_domain(run, &p, info);
    if (r == 0) {
        find_parenchyma(&p);
        r = smooth_domain(run, &p, info);
    }
    if (r < 0) {
        lu_patch_done(&p);
        return r;
    }
    find_noise(&p);
    *ret = p;
    return 0;
}
