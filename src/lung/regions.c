#include "lung/regions.h"

#include <math.h>

#include "base/mem.h"
#include "lung/flood.h"
#include "lung/parts.h"

/* Of the greatest region, what is too little to be a lung of its own. */
#define LUNG_SHARE 0.02
#define LUNG_ML 5.0
/* What is larger, as a share of the greatest, is a lung wherever it lies. */
#define LARGE_SHARE 0.25

/* A bulla's wall is thinner, and so is what parts gut from lung; but gut has
 * lung on one side only. */
#define WALL_MM 4.0

typedef struct regions {
    const im_run *run;
    const im_volume *hu;
    const im_geometry *g;
    lu_cores cores;
} regions;

/* The cores' names spread over all that is low, the deep before the shallow:
 * regions meet at their necks. */
static int spread_names(regions *s, im_volume *kinds, cs_errinfo *info)
{
    size_t n = im_geometry_voxels(s->g);
    CS_AUTO_MEM uint16_t *key = cs_malloc(n * sizeof(*key));
    if (!key)
        return cs_fail_nomem(info);
    const float *mm = im_f32(&s->cores.depth);
    const int32_t *label = lu_parts_labels(&s->cores.parts);
    uint8_t *kind = im_u8(kinds);
    for (size_t i = 0; i < n; i++) {
        bool core = (size_t)label[i] <= s->cores.count;
        kind[i] = core ? s->cores.kind[label[i]] : LU_TISSUE;
        key[i] = lu_key_of_depth(mm[i]);
    }
    return lu_flood(s->g, key, kind, NULL, SIZE_MAX, info);
}

/* Parts of `kinds` that are of one kind; the largest first. */
static int parts_of(const im_run *run, const im_volume *kinds, lu_kind kind,
                    lu_parts *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    int r = im_volume_init(&mask, TN_U8, &kinds->geometry, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(&kinds->geometry);
    const uint8_t *from = im_u8(kinds);
    uint8_t *to = im_u8(&mask);
    for (size_t i = 0; i < n; i++)
        to[i] = from[i] == kind;
    return lu_parts_find(run, &mask, IM_NEIGHBOURS_6, 1, ret, info);
}

/* The height below which a tenth of component 1 lies. */
static double tenth_height(const regions *s, const lu_parts *parts)
{
    const int32_t *label = lu_parts_labels(parts);
    size_t plane = s->g->size[0] * s->g->size[1];
    size_t below = 0;
    for (size_t z = 0; z < s->g->size[2]; z++) {
        for (size_t i = 0; i < plane; i++)
            below += label[z * plane + i] == 1;
        if (below * 10 >= parts->found.items[0].voxels)
            return (double)z;
    }
    return 0;
}

/* Gut with content is not plain either, but small, and below the lungs. */
static bool is_a_lung(const regions *s, const im_components *c, size_t i,
                      double tenth)
{
    double ml = (double)c->items[i].voxels * lu_voxel_ml(s->g);
    double share = (double)c->items[i].voxels / (double)c->items[0].voxels;
    if (i == 0)
        return true;
    if (ml < LUNG_ML || share < LUNG_SHARE)
        return false;
    return share > LARGE_SHARE || c->items[i].centroid[2] > tenth;
}

static int drop_what_is_no_lung(const regions *s, im_volume *kinds,
                                cs_errinfo *info)
{
    CS_SCOPED(lu_parts) parts = LU_PARTS_INIT;
    int r = parts_of(s->run, kinds, LU_LUNG, &parts, info);
    if (r < 0 || parts.found.count == 0)
        return r;
    CS_AUTO_MEM uint8_t *keep = cs_calloc(parts.found.count + 1, 1);
    if (!keep)
        return cs_fail_nomem(info);
    double tenth = tenth_height(s, &parts);
    for (size_t i = 0; i < parts.found.count; i++)
        keep[i + 1] = is_a_lung(s, &parts.found, i, tenth);
    size_t n = im_geometry_voxels(s->g);
    const int32_t *l = lu_parts_labels(&parts);
    uint8_t *kind = im_u8(kinds);
    for (size_t i = 0; i < n; i++)
        if (l[i] && !keep[l[i]])
            kind[i] = LU_GAS;
    return 0;
}

/* --- all --- */

static int find_regions(regions *s, lu_levels *l, im_volume *kinds,
                        cs_errinfo *info)
{
    int r = lu_cores_find(s->run, s->hu, l, &s->cores, info);
    if (r == 0)
        r = spread_names(s, kinds, info);
    return r < 0 ? r : drop_what_is_no_lung(s, kinds, info);
}

int lu_regions(const im_run *run, const im_volume *hu, lu_levels *l,
               im_volume *ret, cs_errinfo *info)
{
    regions s = {run, hu, &hu->geometry, LU_CORES_INIT};
    int r = im_volume_init(ret, TN_U8, s.g, info);
    if (r == 0)
        r = find_regions(&s, l, ret, info);
    lu_cores_done(&s.cores);
    if (r < 0)
        im_volume_done(ret);
    return r;
}

/* --- what the airways tell --- */

typedef struct contact {
    size_t lung, other; /* faces */
    bool airway;
} contact;

/* What is met from voxel i along axis a, through up to WALL_MM of tissue. */
static void look_along(const im_volume *kinds, size_t i, int a, bool up,
                       contact *c)
{
    const im_geometry *g = &kinds->geometry;
    const size_t stride[3] = {1, g->size[0], g->size[0] * g->size[1]};
    const uint8_t *kind = im_u8(kinds);
    size_t at = i / stride[a] % g->size[a];
    size_t room = up ? g->size[a] - 1 - at : at;
    size_t reach = 1 + (size_t)ceil(WALL_MM / g->spacing[a]);
    for (size_t step = 1; step <= room && step <= reach; step++) {
        uint8_t there = kind[up ? i + step * stride[a] : i - step * stride[a]];
        if (there == LU_GAS)
            return;
        if (there == LU_LUNG) {
            c->lung++;
            return;
        }
    }
    c->other += room > 0;
}

static uint8_t settled(const contact *c)
{
    if (c->airway)
        return LU_BRANCH;
    return c->lung > c->other ? LU_LUNG : LU_GAS;
}

int lu_regions_settle(const im_run *run, im_volume *kinds, const uint8_t *main,
                      cs_errinfo *info)
{
    CS_SCOPED(lu_parts) parts = LU_PARTS_INIT;
    int r = parts_of(run, kinds, LU_GAS, &parts, info);
    if (r < 0)
        return r;
    CS_AUTO_MEM contact *contacts =
        cs_calloc(parts.found.count + 1, sizeof(*contacts));
    if (!contacts)
        return cs_fail_nomem(info);
    const int32_t *l = lu_parts_labels(&parts);
    uint8_t *kind = im_u8(kinds);
    size_t n = im_geometry_voxels(&kinds->geometry);
    for (size_t i = 0; i < n; i++)
        if (l[i]) {
            contact *c = &contacts[l[i]];
            for (int k = 0; k < 6; k++)
                look_along(kinds, i, k / 2, k % 2, c);
            c->airway |= main[i] == 1;
        }
    for (size_t i = 0; i < n; i++)
        if (l[i])
            kind[i] = settled(&contacts[l[i]]);
    return 0;
}
