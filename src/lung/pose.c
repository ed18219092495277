#include "lung/pose.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "image/distance.h"
#include "lung/sides.h"

/* Of a lung's shadow on the floor: what is further from its rim than this share
 * of the deepest place is its middle, what is nearer than that its rim. */
#define MIDDLE 0.6
#define RIM 0.25
/* Less says nothing: cropped lungs have neither top nor bottom. */
#define DOME_MM 15.0
/* The lungs reach lower behind, along the backbone, than in front. What is
 * compared is this share of them from either end, without the rim. */
#define CORE 0.35
#define THIRD 0.35
#define RECESS_MM 8.0
/* Where the heart lies, in the lungs' height from the bottom. */
#define HEART_FROM 0.35
#define HEART_TO 0.6
/* and in their depth from the front. */
#define HEART_DEPTH 0.65
/* Of all distances to the midline this share is nearer. */
#define REACH 0.8
#define HEART_MM 8.0
#define LEAST_ROWS 50
#define MIDLINE_FROM 0.3
/* What is left of a collapsed lung has no shape of its own. */
#define LEAST_SHARE 0.2
/* More slices with a lung at the scan's side make the middle unsure. */
#define CUT_SLICES 0.05

/* --- the lungs' surfaces, from below and above --- */

/* The lowest and the highest voxel of a lung above each place of the floor. */
typedef struct floor_map {
    im_volume shadow; /* TN_U8, one slice */
    uint16_t *low, *high;
    size_t seen;
} floor_map;

static void floor_map_done(floor_map *f)
{
    im_volume_done(&f->shadow);
    cs_free(f->low);
    cs_free(f->high);
}

static int floor_map_init(floor_map *f, const im_volume *labels, uint8_t label,
                          cs_errinfo *info)
{
    const im_geometry *g = &labels->geometry;
    im_geometry flat = *g;
    flat.size[2] = 1;
    size_t plane = g->size[0] * g->size[1];
    f->low = cs_calloc(plane, sizeof(*f->low));
    f->high = cs_calloc(plane, sizeof(*f->high));
    if (!f->low || !f->high)
        return cs_fail_nomem(info);
    int r = im_volume_init(&f->shadow, TN_U8, &flat, info);
    if (r < 0)
        return r;
    uint8_t *shadow = im_u8(&f->shadow);
    for (size_t z = 0; z < g->size[2] && z < UINT16_MAX; z++)
        for (size_t i = 0; i < plane; i++) {
            if (im_u8(labels)[z * plane + i] != label)
                continue;
            if (!shadow[i])
                f->low[i] = (uint16_t)z;
            f->high[i] = (uint16_t)z;
            f->seen += !shadow[i];
            shadow[i] = 1;
        }
    return 0;
}

typedef struct mean {
    double sum, n;
} mean;

static double mean_of(mean m)
{
    return m.n > 0 ? m.sum / m.n : 0;
}

/* Of both lungs: differences of height between parts of their surfaces, mm. */
typedef struct slants {
    mean dome;        /* middle above rim, at bottom and top together */
    mean bottom, top; /* front above back */
} slants;

static double deepest_of(const floor_map *f, const float *depth)
{
    size_t plane = im_geometry_voxels(&f->shadow.geometry);
    double deepest = 0;
    for (size_t i = 0; i < plane; i++)
        deepest = fmax(deepest, (double)depth[i]);
    return deepest;
}

static void add(mean *m, double v)
{
    m->sum += v;
    m->n++;
}

static void add_dome(const floor_map *f, const float *depth, mean *dome)
{
    double deepest = deepest_of(f, depth);
    mean low[2] = {{0, 0}}, high[2] = {{0, 0}};
    size_t plane = im_geometry_voxels(&f->shadow.geometry);
    for (size_t i = 0; i < plane; i++) {
        double d = (double)depth[i];
        bool middle = d > MIDDLE * deepest;
        if (d <= 0 || (!middle && d >= RIM * deepest))
            continue;
        add(&low[middle], f->low[i]);
        add(&high[middle], f->high[i]);
    }
    double rise =
        mean_of(low[1]) - mean_of(low[0]) + mean_of(high[1]) - mean_of(high[0]);
    add(dome, rise * f->shadow.geometry.spacing[2]);
}

/* Rows [begin, end) of the floor that have more than the lung's rim. */
static void rows_of_core(const floor_map *f, const float *depth, double rim,
                         size_t *begin, size_t *end)
{
    const im_geometry *g = &f->shadow.geometry;
    *begin = g->size[1];
    *end = 0;
    for (size_t i = 0; i < g->size[0] * g->size[1]; i++)
        if ((double)depth[i] > rim) {
            *begin = CS_MIN(*begin, i / g->size[0]);
            *end = i / g->size[0] + 1;
        }
}

static void add_recess(const floor_map *f, const float *depth, slants *s)
{
    const im_geometry *g = &f->shadow.geometry;
    double rim = CORE * deepest_of(f, depth);
    size_t begin, end;
    rows_of_core(f, depth, rim, &begin, &end);
    mean low[2] = {{0, 0}}, high[2] = {{0, 0}};
    for (size_t i = begin * g->size[0]; i < end * g->size[0]; i++) {
        size_t row = i / g->size[0] - begin;
        double back = (double)row / (double)(end - begin);
        bool front = back < THIRD;
        if ((double)depth[i] <= rim || (!front && back < 1 - THIRD))
            continue;
        add(&low[front], f->low[i]);
        add(&high[front], f->high[i]);
    }
    add(&s->bottom, (mean_of(low[1]) - mean_of(low[0])) * g->spacing[2]);
    add(&s->top, (mean_of(high[1]) - mean_of(high[0])) * g->spacing[2]);
}

static int add_lung(const im_run *run, const im_volume *labels, uint8_t label,
                    slants *s, cs_errinfo *info)
{
    CS_SCOPED(floor_map) f = {.seen = 0};
    CS_SCOPED(im_volume) depth = IM_VOLUME_INIT;
    int r = floor_map_init(&f, labels, label, info);
    if (r < 0 || f.seen == 0)
        return r;
    r = im_distance_inside(run, &f.shadow, &depth, info);
    if (r < 0)
        return r;
    add_dome(&f, im_f32(&depth), &s->dome);
    add_recess(&f, im_f32(&depth), s);
    return 0;
}

/* --- left and right --- */

typedef struct row_ends {
    size_t left[2], right[2]; /* where each lung begins and ends */
    bool both;
} row_ends;

static row_ends ends_of(const uint8_t *row, size_t n)
{
    row_ends e = {{n, 0}, {n, 0}, false};
    for (size_t x = 0; x < n; x++) {
        size_t *ends = row[x] == LU_LEFT ? e.left : e.right;
        if (row[x] != LU_LEFT && row[x] != LU_RIGHT)
            continue;
        ends[0] = CS_MIN(ends[0], x);
        ends[1] = x;
    }
    e.both = e.left[0] < n && e.right[0] < n && e.left[0] > e.right[1];
    return e;
}

/* The distance that `REACH` of those counted do not pass. */
static double reach_of(const uint32_t *counts, size_t n, double total)
{
    double below = 0;
    for (size_t i = 0; i < n; i++) {
        below += counts[i];
        if (below >= REACH * total)
            return (double)i;
    }
    return 0;
}

typedef struct heart {
    const im_volume *labels;
    bool front_to_back, upside_down;
    size_t begin, end;  /* slices of lung */
    size_t front, back; /* rows */
    double midline;
} heart;

static void find_lungs_box(heart *h)
{
    const im_geometry *g = &h->labels->geometry;
    size_t nx = g->size[0];
    h->begin = g->size[2];
    h->front = g->size[1];
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++) {
            const uint8_t *row = im_u8(h->labels) + im_at(g, 0, y, z);
            if (!memchr(row, LU_LEFT, nx) && !memchr(row, LU_RIGHT, nx))
                continue;
            h->begin = CS_MIN(h->begin, z);
            h->end = z + 1;
            h->front = CS_MIN(h->front, y);
            h->back = CS_MAX(h->back, y + 1);
        }
}

/* How far up slice z lies in the lungs, 0 to 1. */
static double height_of(const heart *h, size_t z)
{
    double up = ((double)(z - h->begin) + 0.5) / (double)(h->end - h->begin);
    return h->upside_down ? 1 - up : up;
}

/* From the outermost voxel of the right lung in a slice to the left one's. */
static row_ends widest(const heart *h, size_t z)
{
    const im_geometry *g = &h->labels->geometry;
    row_ends all = {{g->size[0], 0}, {g->size[0], 0}, false};
    for (size_t y = h->front; y < h->back; y++) {
        row_ends e = ends_of(im_u8(h->labels) + im_at(g, 0, y, z), g->size[0]);
        all.left[1] = CS_MAX(all.left[1], e.left[1]);
        all.right[0] = CS_MIN(all.right[0], e.right[0]);
    }
    all.both = all.left[1] > 0 && all.right[0] < g->size[0];
    return all;
}

/* The middle of the chest, from side to side; false where there is none, or a
 * lung is cut at the side. The lungs' bottoms are left out, where one may be
 * higher than the other. */
static bool find_midline(heart *h)
{
    const im_geometry *g = &h->labels->geometry;
    mean middle = {0, 0};
    double cut = 0;
    for (size_t z = h->begin; z < h->end; z++) {
        row_ends e = widest(h, z);
        if (!e.both || height_of(h, z) < MIDLINE_FROM)
            continue;
        add(&middle, (double)(e.right[0] + e.left[1]) / 2);
        cut += e.right[0] == 0 || e.left[1] + 1 == g->size[0];
    }
    h->midline = mean_of(middle);
    return middle.n > 0 && cut < CUT_SLICES * middle.n;
}

/* Is this where the heart lies: low, and in front? */
static bool at_heart(const heart *h, size_t y, size_t z)
{
    double up = height_of(h, z);
    double depth = ((double)y - (double)h->front + 0.5) /
                   ((double)h->back - (double)h->front);
    depth = h->front_to_back ? 1 - depth : depth;
    return up > HEART_FROM && up < HEART_TO && depth > 0 && depth < HEART_DEPTH;
}

/* Distances of both lungs from the midline; how many rows were counted. */
static double count_rows(const heart *h, uint32_t *left, uint32_t *right)
{
    const im_geometry *g = &h->labels->geometry;
    size_t mid = (size_t)(h->midline + 0.5);
    double rows = 0;
    for (size_t z = h->begin; z < h->end; z++)
        for (size_t y = 0; y < g->size[1]; y++) {
            row_ends e =
                ends_of(im_u8(h->labels) + im_at(g, 0, y, z), g->size[0]);
            if (!e.both || !at_heart(h, y, z))
                continue;
            left[e.left[0] > mid ? e.left[0] - mid : 0]++;
            right[mid > e.right[1] ? mid - e.right[1] : 0]++;
            rows++;
        }
    return rows;
}

static int find_heart(heart *h, lu_pose *ret, cs_errinfo *info)
{
    const im_geometry *g = &h->labels->geometry;
    find_lungs_box(h);
    if (!find_midline(h))
        return 0;
    size_t n = g->size[0] + 1;
    CS_AUTO_MEM uint32_t *left = cs_calloc(2 * n, sizeof(*left));
    if (!left)
        return cs_fail_nomem(info);
    double rows = count_rows(h, left, left + n);
    if (rows < LEAST_ROWS)
        return 0;
    ret->heart_mm =
        (reach_of(left, n, rows) - reach_of(left + n, n, rows)) * g->spacing[0];
    ret->two = true;
    return 0;
}

static double right_share(const im_volume *labels)
{
    size_t n = im_geometry_voxels(&labels->geometry);
    double left = 0, right = 0;
    for (size_t i = 0; i < n; i++) {
        left += im_u8(labels)[i] == LU_LEFT;
        right += im_u8(labels)[i] == LU_RIGHT;
    }
    return left + right > 0 ? right / (left + right) : 0;
}

int lu_pose_find(const im_run *run, const im_volume *labels, lu_pose *ret,
                 cs_errinfo *info)
{
    lu_pose p = {.right_share = right_share(labels)};
    slants found = {{0, 0}, {0, 0}, {0, 0}};
    int r = 0;
    if (p.right_share < 1 - LEAST_SHARE)
        r = add_lung(run, labels, LU_LEFT, &found, info);
    if (r == 0 && p.right_share > LEAST_SHARE)
        r = add_lung(run, labels, LU_RIGHT, &found, info);
    if (r < 0)
        return r;
    p.dome_mm = mean_of(found.dome);
    p.upside_down = p.dome_mm < -DOME_MM;
    p.recess_mm = p.upside_down ? -mean_of(found.top) : mean_of(found.bottom);
    p.front_to_back = p.recess_mm < -RECESS_MM;
    heart h = {.labels = labels,
               .front_to_back = p.front_to_back,
               .upside_down = p.upside_down};
    r = find_heart(&h, &p, info);
    if (r < 0)
        return r;
    p.mirrored = p.two && p.heart_mm < -HEART_MM && p.right_share < 0.5;
    *ret = p;
    return 0;
}
