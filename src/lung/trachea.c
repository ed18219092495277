#include "lung/trachea.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "lung/regions.h"

/* Plain air, noise and the mixed voxels of the rim included. */
#define ABOVE_AIR 100
/* A windpipe is 10 to 27 mm wide; a child's less, a slanted cut more. */
#define AREA_LEAST 60.0
#define AREA_MOST 700.0
#define FILL_LEAST 0.5   /* of its box: a disc has 0.79 */
#define ASPECT_MOST 2.5  /* of the box */
#define MIDLINE_MM 45.0  /* from the backbone, to either side */
#define RING_FROM_MM 2.5 /* round the spot, beyond its own blurred rim, … */
#define RING_TO_MM 5.0
#define RING_TISSUE 0.6 /* … so much is tissue */
#define STEP_MM 8.0     /* from slice to slice, sideways */
#define STEP_SLICES 2
#define LEAST_MM 15.0 /* of the whole chain, upright */
#define UPPER_SHARE 0.5

typedef struct spot {
    size_t start; /* a voxel of it, in its slice */
    size_t z;
    double x, y, area;
    size_t chain; /* spots from the uppermost to this one */
    size_t above; /* index of the one before */
} spot;

typedef CS_VEC(spot) spots;

typedef struct search {
    const im_geometry *g;
    const int16_t *hu;
    const uint8_t *kind;
    const lu_levels *levels;
    const lu_spine *spine;
    size_t z;
    uint8_t *seen;  /* of a slice */
    uint32_t *list; /* its voxels in one piece */
    size_t count, begin[2], end[2];
    spots found;
} search;

static bool is_air(const search *s, size_t i)
{
    size_t at = s->z * s->g->size[0] * s->g->size[1] + i;
    return s->hu[at] != LU_PADDING && s->hu[at] < s->levels->air + ABOVE_AIR &&
           s->kind[at] != LU_OUTSIDE;
}

/* --- one spot --- */

static void take(search *s, size_t i)
{
    if (s->seen[i] || !is_air(s, i))
        return;
    s->seen[i] = 1;
    s->list[s->count++] = (uint32_t)i;
}

/* The voxels of the slice that hang together with `start`. */
static void collect(search *s, size_t start)
{
    size_t nx = s->g->size[0], ny = s->g->size[1];
    s->count = 0;
    s->begin[0] = s->begin[1] = SIZE_MAX;
    s->end[0] = s->end[1] = 0;
    take(s, start);
    for (size_t done = 0; done < s->count; done++) {
        size_t i = s->list[done], x = i % nx, y = i / nx;
        s->begin[0] = CS_MIN(s->begin[0], x);
        s->begin[1] = CS_MIN(s->begin[1], y);
        s->end[0] = CS_MAX(s->end[0], x + 1);
        s->end[1] = CS_MAX(s->end[1], y + 1);
        if (x > 0)
            take(s, i - 1);
        if (x + 1 < nx)
            take(s, i + 1);
        if (y > 0)
            take(s, i - nx);
        if (y + 1 < ny)
            take(s, i + nx);
    }
}

static spot measure(const search *s)
{
    size_t nx = s->g->size[0];
    spot p = {.start = s->list[0], .z = s->z, .chain = 1};
    for (size_t k = 0; k < s->count; k++) {
        size_t x = s->list[k] % nx, y = s->list[k] / nx;
        p.x += (double)x;
        p.y += (double)y;
    }
    p.x /= (double)s->count;
    p.y /= (double)s->count;
    p.area = (double)s->count * s->g->spacing[0] * s->g->spacing[1];
    return p;
}

static bool is_round(const search *s, const spot *p)
{
    double w = (double)(s->end[0] - s->begin[0]) * s->g->spacing[0];
    double h = (double)(s->end[1] - s->begin[1]) * s->g->spacing[1];
    return p->area >= AREA_LEAST && p->area <= AREA_MOST &&
           p->area >= FILL_LEAST * w * h && w <= ASPECT_MOST * h &&
           h <= ASPECT_MOST * w;
}

static bool is_central(const search *s, const spot *p)
{
    return !s->spine->found ||
           fabs(p->x - s->spine->x) * s->g->spacing[0] <= MIDLINE_MM;
}

/* Square of the distance in mm from (x, y) to the spot. */
static double distance2(const search *s, size_t x, size_t y)
{
    double best = HUGE_VAL;
    for (size_t k = 0; k < s->count; k++) {
        size_t i = s->list[k], sx = i % s->g->size[0], sy = i / s->g->size[0];
        double dx = ((double)sx - (double)x) * s->g->spacing[0];
        double dy = ((double)sy - (double)y) * s->g->spacing[1];
        double d2 = dx * dx + dy * dy;
        best = d2 < best ? d2 : best;
    }
    return best;
}

static void ring_bounds(const search *s, int axis, size_t *from, size_t *to)
{
    size_t reach = (size_t)ceil(RING_TO_MM / s->g->spacing[axis]);
    *from = s->begin[axis] > reach ? s->begin[axis] - reach : 0;
    *to = CS_MIN(s->end[axis] + reach, s->g->size[axis]);
}

/* A spot in the lung (a bulla, a bronchus) has lung round it. */
static bool is_in_tissue(const search *s)
{
    size_t x0, x1, y0, y1, ring = 0, tissue = 0;
    size_t plane = s->g->size[0] * s->g->size[1];
    ring_bounds(s, 0, &x0, &x1);
    ring_bounds(s, 1, &y0, &y1);
    for (size_t y = y0; y < y1; y++)
        for (size_t x = x0; x < x1; x++) {
            double d2 = distance2(s, x, y);
            if (d2 <= RING_FROM_MM * RING_FROM_MM ||
                d2 > RING_TO_MM * RING_TO_MM)
                continue;
            int16_t hu = s->hu[s->z * plane + y * s->g->size[0] + x];
            ring++;
            tissue += hu == LU_PADDING || hu >= s->levels->cut;
        }
    return (double)tissue >= RING_TISSUE * (double)ring;
}

/* --- from slice to slice --- */

/* Hangs p on to the longest chain that ends close above it. */
static void link_up(const search *s, spot *p)
{
    for (size_t i = s->found.len; i-- > 0;) {
        const spot *q = &s->found.items[i];
        if (q->z > p->z + STEP_SLICES)
            break;
        double dx = (q->x - p->x) * s->g->spacing[0];
        double dy = (q->y - p->y) * s->g->spacing[1];
        if (q->z > p->z && q->chain + 1 > p->chain &&
            dx * dx + dy * dy < STEP_MM * STEP_MM) {
            p->chain = q->chain + 1;
            p->above = i;
        }
    }
}

static int search_slice(search *s)
{
    size_t plane = s->g->size[0] * s->g->size[1];
    memset(s->seen, 0, plane);
    for (size_t i = 0; i < plane; i++) {
        if (s->seen[i] || !is_air(s, i))
            continue;
        collect(s, i);
        spot p = measure(s);
        if (!is_round(s, &p) || !is_central(s, &p) || !is_in_tissue(s))
            continue;
        link_up(s, &p);
        if (cs_vec_push(&s->found, p) < 0)
            return CS_E_NOMEM;
    }
    return 0;
}

/* Slices that hold lung: from the uppermost to the middle one. */
static void upper_half(const search *s, size_t *top, size_t *middle)
{
    size_t plane = s->g->size[0] * s->g->size[1];
    size_t low = s->g->size[2], high = 0;
    for (size_t z = 0; z < s->g->size[2]; z++)
        if (memchr(s->kind + z * plane, LU_LUNG, plane)) {
            low = CS_MIN(low, z);
            high = z;
        }
    double height = high > low ? (double)(high - low) : 0;
    *top = high;
    *middle = high - (size_t)(height * UPPER_SHARE);
}

static int search_slices(search *s)
{
    size_t top, middle;
    upper_half(s, &top, &middle);
    /* From the neck down: the windpipe begins above the lungs. */
    for (s->z = s->g->size[2]; s->z-- > middle;)
        if (search_slice(s) < 0)
            return CS_E_NOMEM;
    return 0;
}

/* --- the best chain --- */

static void mark_chain(search *s, size_t last, uint8_t *mask, lu_trachea *t)
{
    size_t plane = s->g->size[0] * s->g->size[1];
    double area = 0;
    size_t n = s->found.items[last].chain;
    for (size_t k = 0, i = last; k < n; k++) {
        const spot *p = &s->found.items[i];
        s->z = p->z;
        memset(s->seen, 0, plane);
        collect(s, p->start);
        for (size_t v = 0; v < s->count; v++)
            mask[p->z * plane + s->list[v]] = 1;
        area += p->area;
        i = p->above;
    }
    t->found = true;
    t->slices = n;
    t->radius_mm = sqrt(area / (double)n / 3.14159265358979);
}

static void choose_chain(search *s, uint8_t *mask, lu_trachea *ret)
{
    size_t best = 0;
    *ret = (lu_trachea){false, 0, 0};
    if (s->found.len == 0)
        return;
    for (size_t i = 0; i < s->found.len; i++)
        if (s->found.items[i].chain > s->found.items[best].chain)
            best = i;
    double mm = (double)s->found.items[best].chain * s->g->spacing[2];
    if (mm >= LEAST_MM)
        mark_chain(s, best, mask, ret);
}

int lu_trachea_find(const im_volume *hu, const im_volume *kinds,
                    const lu_levels *l, const lu_spine *spine, uint8_t *mask,
                    lu_trachea *ret, cs_errinfo *info)
{
    const im_geometry *g = &hu->geometry;
    size_t plane = g->size[0] * g->size[1];
    CS_AUTO_MEM uint8_t *seen = cs_malloc(plane);
    CS_AUTO_MEM uint32_t *list = cs_malloc(plane * sizeof(*list));
    if (!seen || !list)
        return cs_fail_nomem(info);
    search s = {.g = g,
                .hu = im_i16(hu),
                .kind = im_u8(kinds),
                .levels = l,
                .spine = spine,
                .seen = seen,
                .list = list,
                .found = CS_VEC_INIT};
    int r = search_slices(&s);
    if (r == 0)
        choose_chain(&s, mask, ret);
    cs_vec_done(&s.found);
    return r < 0 ? cs_fail_nomem(info) : 0;
}
