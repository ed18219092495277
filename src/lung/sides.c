#include "lung/sides.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "image/distance.h"
#include "lung/flood.h"
#include "lung/parts.h"

#define SEAM_MOST_MM 16 /* in steps of 1 mm */
/* Of the larger lung, what the smaller one has at least. */
#define SMALLER_SHARE 0.1
#define APART_MM 50.0 /* between their centroids, sideways */
/* Of each, so much is on its own side of the plane between them. */
#define OWN_SIDE_SHARE 0.85
/* A lung's centroid is 60 to 90 mm from the backbone. */
#define SURE_MM 30.0

typedef struct pair {
    int32_t left, right; /* labels of parts */
    double middle;       /* x of the plane between them */
} pair;

/* --- are these two lungs? --- */

/* Voxels of part `label` beyond x = middle. */
static size_t beyond(const lu_parts *parts, int32_t label, double middle)
{
    const im_geometry *g = &parts->label.geometry;
    const int32_t *l = lu_parts_labels(parts);
    size_t rows = g->size[1] * g->size[2], sum = 0;
    size_t from = (size_t)(middle + 1);
    for (size_t row = 0; row < rows; row++)
        for (size_t x = from; x < g->size[0]; x++)
            sum += l[row * g->size[0] + x] == label;
    return sum;
}

static bool on_own_sides(const lu_parts *parts, const pair *p)
{
    const im_component *items = parts->found.items;
    double of_left = (double)items[p->left - 1].voxels;
    double of_right = (double)items[p->right - 1].voxels;
    double left = (double)beyond(parts, p->left, p->middle);
    double right = of_right - (double)beyond(parts, p->right, p->middle);
    return left >= OWN_SIDE_SHARE * of_left &&
           right >= OWN_SIDE_SHARE * of_right;
}

/* Parts come by size. */
static bool is_pair(const im_geometry *g, const im_components *c, pair *p)
{
    if (c->count < 2 ||
        (double)c->items[1].voxels < SMALLER_SHARE * (double)c->items[0].voxels)
        return false;
    double x0 = c->items[0].centroid[0], x1 = c->items[1].centroid[0];
    p->left = x0 > x1 ? 1 : 2;
    p->right = 3 - p->left;
    p->middle = (x0 + x1) / 2;
    return fabs(x0 - x1) * g->spacing[0] >= APART_MM;
}

/* --- taking layers off --- */

/* Parts of what is deeper than `mm`. */
static int parts_below(const im_run *run, const im_volume *depth, double mm,
                       lu_parts *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    int r = im_volume_init(&mask, TN_U8, &depth->geometry, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(&depth->geometry);
    const float *d = im_f32(depth);
    uint8_t *m = im_u8(&mask);
    for (size_t i = 0; i < n; i++)
        m[i] = d[i] > (float)mm;
    return lu_parts_find(run, &mask, IM_NEIGHBOURS_6, 1, ret, info);
}

/* 1 and fills `seeds` with the two lungs' inner parts, 0 where there are no
 * two at this depth. */
static int seeds_at(const im_run *run, const im_volume *depth, double mm,
                    uint8_t *seeds, double *ret_middle, cs_errinfo *info)
{
    CS_SCOPED(lu_parts) parts = LU_PARTS_INIT;
    pair p;
    int r = parts_below(run, depth, mm, &parts, info);
    if (r < 0 || !is_pair(&depth->geometry, &parts.found, &p) ||
        !on_own_sides(&parts, &p))
        return r;
    const int32_t *l = lu_parts_labels(&parts);
    size_t n = im_geometry_voxels(&depth->geometry);
    for (size_t i = 0; i < n; i++)
        seeds[i] = l[i] == p.left ? LU_LEFT : l[i] == p.right ? LU_RIGHT : 0;
    *ret_middle = p.middle;
    return 1;
}

/* --- giving them back --- */

static int spread_sides(const im_volume *depth, uint8_t *label,
                        cs_errinfo *info)
{
    size_t n = im_geometry_voxels(&depth->geometry);
    CS_AUTO_MEM uint16_t *key = cs_malloc(n * sizeof(*key));
    if (!key)
        return cs_fail_nomem(info);
    const float *mm = im_f32(depth);
    for (size_t i = 0; i < n; i++)
        key[i] = lu_key_of_depth(mm[i]);
    return lu_flood(&depth->geometry, key, label, NULL, SIZE_MAX, info);
}

/* Islands that no seed reached go to the side they lie on. */
static void name_by_place(const im_geometry *g, const uint8_t *lungs,
                          double middle, uint8_t *label)
{
    size_t n = im_geometry_voxels(g);
    for (size_t i = 0; i < n; i++)
        if (lungs[i] && !label[i])
            label[i] = (double)(i % g->size[0]) > middle ? LU_LEFT : LU_RIGHT;
}

/* --- a single lung --- */

static double centroid_x(const im_geometry *g, const uint8_t *lungs)
{
    size_t n = im_geometry_voxels(g), count = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (lungs[i]) {
            sum += (double)(i % g->size[0]);
            count++;
        }
    return count ? sum / (double)count : 0;
}

static void name_single(im_volume *lungs, const lu_spine *spine, lu_sides *ret)
{
    const im_geometry *g = &lungs->geometry;
    uint8_t *v = im_u8(lungs);
    double x = centroid_x(g, v);
    double from = spine->found ? spine->x : ((double)g->size[0] - 1) / 2;
    double mm = fabs(x - from) * g->spacing[0];
    double sure = spine->found ? mm / SURE_MM : 0;
    uint8_t side = x > from ? LU_LEFT : LU_RIGHT;
    size_t n = im_geometry_voxels(g);
    for (size_t i = 0; i < n; i++)
        v[i] = v[i] ? side : 0;
    *ret = (lu_sides){.two = false, .sure = sure < 1 ? sure : 1};
}

int lu_sides_name(const im_run *run, im_volume *lungs, const lu_spine *spine,
                  lu_sides *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) depth = IM_VOLUME_INIT;
    const im_geometry *g = &lungs->geometry;
    size_t n = im_geometry_voxels(g);
    CS_AUTO_MEM uint8_t *label = cs_calloc(n, 1);
    if (!label)
        return cs_fail_nomem(info);
    int r = im_distance_inside(run, lungs, &depth, info);
    double middle = 0;
    int two = 0, mm = 0;
    for (; r == 0 && !two && mm <= SEAM_MOST_MM; mm++) {
        two = seeds_at(run, &depth, mm, label, &middle, info);
        r = two < 0 ? two : 0;
    }
    if (r < 0)
        return r;
    if (!two) {
        name_single(lungs, spine, ret);
        return 0;
    }
    r = spread_sides(&depth, label, info);
    if (r < 0)
        return r;
    name_by_place(g, im_u8(lungs), middle, label);
    memcpy(im_u8(lungs), label, n);
    *ret = (lu_sides){true, 1, mm - 1};
    return 0;
}
