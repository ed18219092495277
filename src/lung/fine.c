#include "lung/fine.h"

#include <string.h>

#include "base/mem.h"
#include "image/morphology.h"
#include "lung/sides.h"

/* Closes the drawn surface over what is too small for coarse voxels: nodules
 * of some mm on the pleura, vessels at it. */
#define CLOSE_MM 4.0

/* What a coarse voxel asks of the fine ones in it: either a label for all (0
 * included), or one of these with a label in the low bits. */
#define BY_AIR 0x20     /* airway where it is plain air */
#define BY_HU 0x40      /* lung, or airway, where it is below the cut */
#define BY_OUTLINE 0x80 /* or where the outline of what is full covers it */
#define LABEL_BITS 0x0F

typedef struct plan {
    const im_geometry *g; /* coarse */
    const lu_drawing *d;
    uint8_t *full; /* 1: lung whatever its HU */
    uint8_t *ask;
} plan;

/* --- the plan, by coarse voxel --- */

/* What there is among a voxel and its 26 neighbours, as bits. */
#define SEES_LEFT 1
#define SEES_RIGHT 2
#define SEES_OTHER 4
#define SEES_FULL 8

typedef struct seeing {
    const im_geometry *g;
    const uint8_t *from; /* bits of each voxel by itself */
    uint8_t *to;
    uint8_t *scratch; /* a row for each slot */
} seeing;

static size_t before(size_t at)
{
    return at > 0 ? at - 1 : 0;
}

static size_t after(size_t at, size_t n)
{
    return at + 1 < n ? at + 1 : at;
}

static void see_row(const seeing *s, size_t y, size_t z, uint8_t *row)
{
    const size_t *n = s->g->size;
    memset(row, 0, n[0]);
    for (size_t c = before(z); c <= after(z, n[2]); c++)
        for (size_t b = before(y); b <= after(y, n[1]); b++) {
            const uint8_t *from = s->from + im_at(s->g, 0, b, c);
            for (size_t x = 0; x < n[0]; x++)
                row[x] |= from[x];
        }
    uint8_t *to = s->to + im_at(s->g, 0, y, z);
    for (size_t x = 0; x < n[0]; x++)
        to[x] = row[before(x)] | row[x] | row[after(x, n[0])];
}

static void see_slices(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const seeing *s = ctx;
    uint8_t *row = s->scratch + slot * s->g->size[0];
    for (size_t z = begin; z < end; z++)
        for (size_t y = 0; y < s->g->size[1]; y++)
            see_row(s, y, z, row);
}

/* `to` may not be `from`. */
static int look_around(const im_run *run, const im_geometry *g,
                       const uint8_t *from, uint8_t *to, cs_errinfo *info)
{
    CS_AUTO_MEM uint8_t *scratch =
        cs_malloc(cs_pool_threads(run->pool) * g->size[0]);
    if (!scratch)
        return cs_fail_nomem(info);
    seeing s = {.g = g, .from = from, .scratch = scratch};
    s.to = to;
    cs_pool_for(run->pool, g->size[2], 1, see_slices, &s);
    return 0;
}

static uint8_t own_bits(uint8_t label)
{
    if (label == LU_LEFT)
        return SEES_LEFT;
    return label == LU_RIGHT ? SEES_RIGHT : SEES_OTHER;
}

static uint8_t asked(const lu_drawing *d, size_t i, uint8_t sees)
{
    if (d->airways[i])
        return LU_AIRWAYS | (d->airways[i] == 1 ? BY_HU : BY_AIR);
    if (d->barred[i])
        return 0;
    if (!(sees & (SEES_LEFT | SEES_RIGHT)))
        return 0;
    uint8_t near = sees & SEES_LEFT ? LU_LEFT : LU_RIGHT;
    uint8_t label = d->label[i] ? d->label[i] : near;
    if (!(sees & SEES_OTHER))
        return label;
    return (uint8_t)(label | BY_HU | (sees & SEES_FULL ? BY_OUTLINE : 0));
}

static int make_plan(const im_run *run, plan *p, cs_errinfo *info)
{
    const lu_drawing *d = p->d;
    const int16_t *hu = im_i16(&d->coarse->hu);
    size_t n = im_geometry_voxels(p->g);
    CS_AUTO_MEM uint8_t *bits = cs_malloc(n);
    if (!bits)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < n; i++)
        bits[i] = own_bits(d->label[i]);
    int r = look_around(run, p->g, bits, p->ask, info);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        /* Deep inside, or tissue that was taken in. */
        p->full[i] = d->label[i] &&
                     (hu[i] >= d->levels->cut || !(p->ask[i] & SEES_OTHER));
        bits[i] |= p->full[i] ? SEES_FULL : 0;
    }
    r = look_around(run, p->g, bits, p->ask, info);
    for (size_t i = 0; r == 0 && i < n; i++)
        p->ask[i] = asked(d, i, p->ask[i]);
    return r;
}

/* --- drawing, by voxel --- */

/* Where voxel i of an axis lies between the middles of two blocks. */
typedef struct between {
    uint32_t block, low, high;
    float part; /* of `high` */
} between;

typedef struct drawing {
    const plan *p;
    const im_volume *scan;
    lu_steps steps;
    between *axis[3];
    uint8_t *dst;
    const im_bits *closed; /* what was drawn, closed */
} drawing;

static void fill_axis(between *b, size_t voxels, size_t factor, size_t blocks)
{
    for (size_t i = 0; i < voxels; i++) {
        double at = ((double)i + 0.5) / (double)factor - 0.5;
        at = at > 0 ? at : 0;
        double last = (double)(blocks - 1);
        at = at < last ? at : last;
        size_t low = (size_t)at;
        b[i].block = (uint32_t)(i / factor);
        b[i].low = (uint32_t)low;
        b[i].high = (uint32_t)(low + 1 < blocks ? low + 1 : low);
        b[i].part = (float)(at - (double)low);
    }
}

static ptrdiff_t along(const drawing *w, int axis, uint32_t block)
{
    return (ptrdiff_t)block * w->steps.step[axis];
}

/* How far a point is inside what is full: 0 to 1, linear between blocks. */
static float cover(const drawing *w, const between *x, const between *y,
                   const between *z)
{
    float sum = 0;
    for (unsigned k = 0; k < 8; k++) {
        float part = (k & 1 ? x->part : 1 - x->part) *
                     (k & 2 ? y->part : 1 - y->part) *
                     (k & 4 ? z->part : 1 - z->part);
        ptrdiff_t at = w->steps.base + along(w, 0, k & 1 ? x->high : x->low) +
                       along(w, 1, k & 2 ? y->high : y->low) +
                       along(w, 2, k & 4 ? z->high : z->low);
        sum += part * (float)w->p->full[at];
    }
    return sum;
}

static uint8_t answer(const drawing *w, uint8_t ask, int16_t hu,
                      const between *x, const between *y, const between *z)
{
    const lu_levels *l = w->p->d->levels;
    /* Between the wall's blurred inside and the lung beyond it. */
    double below = ask & BY_AIR ? (l->air + l->lung) / 2 : l->cut;
    bool is = hu < below || ((ask & BY_OUTLINE) && cover(w, x, y, z) >= 0.5F);
    return is ? ask & LABEL_BITS : 0;
}

static void draw_row(const drawing *w, size_t y, size_t z)
{
    const im_geometry *g = &w->scan->geometry;
    const between *by = &w->axis[1][y], *bz = &w->axis[2][z];
    size_t row = im_at(g, 0, y, z), nx = g->size[0];
    size_t factor = w->p->d->coarse->factor[0];
    const int16_t *hu = im_i16(w->scan) + row;
    uint8_t *dst = w->dst + row;
    ptrdiff_t at =
        w->steps.base + along(w, 1, by->block) + along(w, 2, bz->block);
    for (size_t x = 0; x < nx; x += factor, at += w->steps.step[0]) {
        uint8_t ask = w->p->ask[at];
        size_t end = CS_MIN(x + factor, nx);
        if (!(ask & (BY_AIR | BY_HU)))
            memset(dst + x, ask, end - x);
        else
            for (size_t i = x; i < end; i++)
                dst[i] = answer(w, ask, hu[i], &w->axis[0][i], by, bz);
    }
}

static void draw_slices(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const drawing *w = ctx;
    for (size_t z = begin; z < end; z++)
        for (size_t y = 0; y < w->scan->geometry.size[1]; y++)
            draw_row(w, y, z);
}

/* The label of a voxel that closing adds: none beyond the coarse surface or
 * in the wall of an airway. */
static uint8_t label_of_added(uint8_t ask)
{
    uint8_t label = ask & LABEL_BITS;
    return label == LU_AIRWAYS ? 0 : label;
}

static void add_row(const drawing *w, size_t y, size_t z)
{
    const im_geometry *g = &w->scan->geometry;
    size_t nx = g->size[0], factor = w->p->d->coarse->factor[0];
    uint8_t *dst = w->dst + im_at(g, 0, y, z);
    ptrdiff_t at = w->steps.base + along(w, 1, w->axis[1][y].block) +
                   along(w, 2, w->axis[2][z].block);
    for (size_t x = 0; x < nx; x += factor, at += w->steps.step[0]) {
        uint8_t ask = w->p->ask[at];
        if (!(ask & BY_HU))
            continue;
        for (size_t i = x; i < CS_MIN(x + factor, nx); i++)
            if (!dst[i] && im_bits_get(w->closed, i, y, z))
                dst[i] = label_of_added(ask);
    }
}

static void add_slices(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const drawing *w = ctx;
    for (size_t z = begin; z < end; z++)
        for (size_t y = 0; y < w->scan->geometry.size[1]; y++)
            add_row(w, y, z);
}

static int closed_bits(const im_run *run, const im_volume *drawn, im_bits *ret,
                       cs_errinfo *info)
{
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    int r = im_brush_ball_mm(&ball, CLOSE_MM, drawn->geometry.spacing, info);
    if (r == 0)
        r = im_bits_of(run, drawn, ret, info);
    return r < 0 ? r : im_bits_close(run, ret, &ball, info);
}

static int draw_on(const im_run *run, const plan *p, between *axes,
                   im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_bits) closed = IM_BITS_INIT;
    const lu_coarse *c = p->d->coarse;
    const size_t *n = ret->geometry.size;
    drawing w = {.p = p, .scan = p->d->scan, .closed = &closed};
    w.steps = lu_coarse_steps(c);
    w.dst = im_u8(ret);
    for (int a = 0; a < 3; a++) {
        w.axis[a] = axes;
        fill_axis(axes, n[a], c->factor[a], c->blocks[a]);
        axes += n[a];
    }
    cs_pool_for(run->pool, n[2], 1, draw_slices, &w);
    int r = closed_bits(run, ret, &closed, info);
    if (r == 0)
        cs_pool_for(run->pool, n[2], 1, add_slices, &w);
    return r;
}

static int draw(const im_run *run, const plan *p, im_volume *ret,
                cs_errinfo *info)
{
    const im_geometry *g = &p->d->scan->geometry;
    CS_AUTO_MEM between *axes =
        cs_calloc(g->size[0] + g->size[1] + g->size[2], sizeof(*axes));
    if (!axes)
        return cs_fail_nomem(info);
    int r = im_volume_init(ret, TN_U8, g, info);
    if (r < 0)
        return r;
    r = draw_on(run, p, axes, ret, info);
    if (r < 0)
        im_volume_done(ret);
    return r;
}

int lu_fine_draw(const im_run *run, const lu_drawing *d, im_volume *ret,
                 cs_errinfo *info)
{
    const im_geometry *g = &d->coarse->hu.geometry;
    size_t n = im_geometry_voxels(g);
    CS_AUTO_MEM uint8_t *full = cs_calloc(n, 1);
    CS_AUTO_MEM uint8_t *ask = cs_calloc(n, 1);
    if (!full || !ask)
        return cs_fail_nomem(info);
    plan p = {g, d, full, ask};
    int r = make_plan(run, &p, info);
    return r < 0 ? r : draw(run, &p, ret, info);
}
