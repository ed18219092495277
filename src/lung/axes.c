#include "lung/axes.h"

#include <math.h>
#include <stdlib.h>

#include "base/vec.h"

/* Millimetres from the grid's first voxel. */
typedef struct point {
    double x, y;
} point;

typedef CS_VEC(point) points;

typedef struct plane {
    const lu_solid *s;
    const im_geometry *g;
    size_t z;
    points hull;
} plane;

/* --- the border's points --- */

static size_t fullest(const lu_solid *s)
{
    const im_geometry *g = &s->mask->geometry;
    const uint8_t *m = im_u8(s->mask);
    size_t best = 0, most = 0;
    for (size_t z = 0; z < g->size[2]; z++) {
        size_t n = 0;
        const uint8_t *slice = m + im_at(g, 0, 0, z);
        for (size_t i = 0; i < g->size[0] * g->size[1]; i++)
            n += slice[i] != 0;
        if (n > most) {
            most = n;
            best = z;
        }
    }
    return best;
}

/* How far from voxel `in` of the mask towards `out` its border is: 0 to 1. */
static double border_between(const lu_solid *s, size_t in, size_t out)
{
    const float *f = im_f32(s->field);
    double a = (double)f[in], b = (double)f[out];
    if (a > s->level && b <= s->level)
        return (a - s->level) / (a - b);
    return 0.5;
}

static bool is_set(const plane *p, ptrdiff_t x, ptrdiff_t y, size_t *i)
{
    if (x < 0 || y < 0 || x >= (ptrdiff_t)p->g->size[0] ||
        y >= (ptrdiff_t)p->g->size[1])
        return false;
    *i = im_at(p->g, (size_t)x, (size_t)y, p->z);
    return im_u8(p->s->mask)[*i] != 0;
}

static int add_border(const plane *p, points *to, size_t x, size_t y)
{
    static const int step[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    const double mm = p->g->spacing[0];
    const size_t in = im_at(p->g, x, y, p->z);
    for (int k = 0; k < 4; k++) {
        size_t out = in;
        if (is_set(p, (ptrdiff_t)x + step[k][0], (ptrdiff_t)y + step[k][1],
                   &out))
            continue;
        double part = out == in ? 0.5 : border_between(p->s, in, out);
        const point at = {mm * ((double)x + part * step[k][0]),
                          mm * ((double)y + part * step[k][1])};
        if (cs_vec_push(to, at) < 0)
            return CS_E_NOMEM;
    }
    return 0;
}

static int border(const plane *p, points *to)
{
    size_t i;
    for (size_t y = 0; y < p->g->size[1]; y++)
        for (size_t x = 0; x < p->g->size[0]; x++)
            if (is_set(p, (ptrdiff_t)x, (ptrdiff_t)y, &i) &&
                add_border(p, to, x, y) < 0)
                return CS_E_NOMEM;
    return 0;
}

/* --- their convex hull --- */

static int by_place(const void *a, const void *b)
{
    const point *p = a, *q = b;
    int by = (p->x > q->x) - (p->x < q->x);
    return by ? by : (p->y > q->y) - (p->y < q->y);
}

/* Above 0 where o, a, b turn left. */
static double turn(point o, point a, point b)
{
    return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

static int add_corner(points *hull, size_t from, point p)
{
    while (hull->len >= from + 2 &&
           turn(hull->items[hull->len - 2], hull->items[hull->len - 1], p) <= 0)
        hull->len--;
    return cs_vec_push(hull, p);
}

/* The lower chain from left to right, then the upper one back. */
static int make_hull(points *all, points *hull)
{
    qsort(all->items, all->len, sizeof(*all->items), by_place);
    for (size_t i = 0; i < all->len; i++)
        if (add_corner(hull, 0, all->items[i]) < 0)
            return CS_E_NOMEM;
    size_t turned = hull->len - 1;
    for (size_t i = all->len - 1; i-- > 0;)
        if (add_corner(hull, turned, all->items[i]) < 0)
            return CS_E_NOMEM;
    hull->len -= hull->len > 1; /* the first one, come back to */
    return 0;
}

/* --- axes --- */

typedef struct chord {
    point from, to;
    double mm;
} chord;

static chord longest(const points *hull)
{
    chord best = {hull->items[0], hull->items[0], 0};
    for (size_t i = 0; i < hull->len; i++)
        for (size_t k = i + 1; k < hull->len; k++) {
            point a = hull->items[i], b = hull->items[k];
            double mm = hypot(a.x - b.x, a.y - b.y);
            if (mm > best.mm)
                best = (chord){a, b, mm};
        }
    return best;
}

static double along(point p, point unit)
{
    return p.x * unit.x + p.y * unit.y;
}

static point between(point a, point b, double part)
{
    return (point){a.x + part * (b.x - a.x), a.y + part * (b.y - a.y)};
}

/* The hull's chord across `unit`, at `s` along it. */
static chord across(const points *hull, point unit, double s)
{
    const point side = {-unit.y, unit.x};
    double low = (double)INFINITY, high = -(double)INFINITY;
    chord c = {hull->items[0], hull->items[0], 0};
    for (size_t i = 0; i < hull->len; i++) {
        point a = hull->items[i], b = hull->items[(i + 1) % hull->len];
        double from = along(a, unit), to = along(b, unit);
        if ((from < s && to < s) || (from > s && to > s))
            continue;
        point at = from == to ? a : between(a, b, (s - from) / (to - from));
        double v = along(at, side);
        if (v < low) {
            low = v;
            c.from = at;
        }
        if (v > high) {
            high = v;
            c.to = at;
        }
    }
    c.mm = CS_MAX(high - low, 0.0);
    return c;
}

/* The chord's length is linear between the hull's corners, so the longest one
 * goes through a corner. */
static chord longest_across(const points *hull, const chord *axis)
{
    const point unit = {(axis->to.x - axis->from.x) / axis->mm,
                        (axis->to.y - axis->from.y) / axis->mm};
    chord best = {axis->from, axis->from, 0};
    for (size_t i = 0; i < hull->len; i++) {
        chord c = across(hull, unit, along(hull->items[i], unit));
        if (c.mm > best.mm)
            best = c;
    }
    return best;
}

static lu_line line_of(const plane *p, const chord *c)
{
    const point ends[2] = {c->from, c->to};
    double world[2][3];
    for (int k = 0; k < 2; k++) {
        const double grid[3] = {ends[k].x / p->g->spacing[0],
                                ends[k].y / p->g->spacing[0], (double)p->z};
        im_grid_to_world(p->g, grid, world[k]);
    }
    lu_line l;
    for (int a = 0; a < 3; a++) {
        l.from[a] = world[0][a];
        l.to[a] = world[1][a];
    }
    return l;
}

static void measure(const plane *p, lu_axes *ret)
{
    chord a = longest(&p->hull);
    if (!(a.mm > 0))
        return;
    chord b = longest_across(&p->hull, &a);
    ret->long_mm = a.mm;
    ret->short_mm = b.mm;
    ret->long_axis = line_of(p, &a);
    ret->short_axis = line_of(p, &b);
}

int lu_axes_find(const lu_solid *s, lu_axes *ret, cs_errinfo *info)
{
    lu_axes found = {0};
    plane p = {.s = s, .g = &s->mask->geometry, .z = fullest(s)};
    points all = CS_VEC_INIT;
    int r = border(&p, &all);
    if (r == 0 && all.len > 0)
        r = make_hull(&all, &p.hull);
    if (r == 0 && p.hull.len > 0)
        measure(&p, &found);
    cs_vec_done(&all);
    cs_vec_done(&p.hull);
    if (r < 0)
        return cs_fail_nomem(info);
    *ret = found;
    return 0;
}
