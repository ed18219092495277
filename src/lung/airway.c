#include "lung/airway.h"

#include "base/mem.h"
#include "image/morphology.h"
#include "lung/flood.h"
#include "lung/parts.h"
#include "lung/regions.h"

/* Windpipe and bronchi down to the segments hold 60 to 100 ml. */
#define MOST_ML 150.0
#define EXPLOSION_ML 15.0   /* in one step, … */
#define EXPLOSION_RATIO 1.6 /* … and by this much more than before */
#define FIRST_STEP 40       /* HU above air */
#define STEP 20
/* A main bronchus is at least this wide, as a share of the windpipe: 11 to 16
 * mm beside 17 to 22. */
#define MAIN_SHARE 0.42
#define WALL_MM 2.5

/* --- growth --- */

static int levels_reached(const im_volume *hu, const lu_levels *l,
                          const im_volume *kinds, uint8_t *label,
                          uint16_t *level, cs_errinfo *info)
{
    const im_geometry *g = &hu->geometry;
    const int16_t *v = im_i16(hu);
    size_t n = im_geometry_voxels(g);
    CS_AUTO_MEM uint16_t *key = cs_malloc(n * sizeof(*key));
    if (!key)
        return cs_fail_nomem(info);
    const uint8_t *kind = im_u8(kinds);
    for (size_t i = 0; i < n; i++) {
        bool open =
            v[i] != LU_PADDING && v[i] < l->cut && kind[i] != LU_OUTSIDE;
        key[i] = open ? (uint16_t)(v[i] - LU_HU_MIN) : LU_WALL;
    }
    size_t most = (size_t)(2 * MOST_ML / lu_voxel_ml(g)) + 1;
    return lu_flood(g, key, label, level, most, info);
}

/* How many voxels are reached below each height. */
static void accumulate(const uint8_t *label, const uint16_t *level, size_t n,
                       size_t *below, size_t heights)
{
    for (size_t i = 0; i < n; i++)
        if (label[i] && level[i] + 1U < heights)
            below[level[i] + 1U]++;
    for (size_t h = 1; h < heights; h++)
        below[h] += below[h - 1];
}

/* The last height before the explosion. */
static size_t safe_height(const lu_levels *l, const size_t *below,
                          size_t heights, double voxel_ml)
{
    size_t from = (size_t)(l->air - LU_HU_MIN) + FIRST_STEP;
    size_t safe = from < heights ? from : heights - 1;
    double before = (double)below[safe] * voxel_ml;
    for (size_t h = safe + STEP; h < heights; h += STEP) {
        double ml = (double)below[h] * voxel_ml;
        if (ml > MOST_ML ||
            (ml > before * EXPLOSION_RATIO && ml - before > EXPLOSION_ML))
            break;
        before = ml;
        safe = h;
    }
    return safe;
}

/* Makes of the chain in `label` the whole tree, as far as it is safe. */
static int grow(const im_volume *hu, const im_volume *kinds, const lu_levels *l,
                uint8_t *label, cs_errinfo *info)
{
    size_t n = im_geometry_voxels(&hu->geometry);
    size_t heights = (size_t)(l->cut - LU_HU_MIN) + 1;
    CS_AUTO_MEM uint16_t *level = cs_malloc(n * sizeof(*level));
    CS_AUTO_MEM size_t *below = cs_calloc(heights, sizeof(*below));
    if (!level || !below)
        return cs_fail_nomem(info);
    int r = levels_reached(hu, l, kinds, label, level, info);
    if (r < 0)
        return r;
    accumulate(label, level, n, below, heights);
    size_t safe = safe_height(l, below, heights, lu_voxel_ml(&hu->geometry));
    for (size_t i = 0; i < n; i++)
        label[i] = label[i] && level[i] < safe;
    return 0;
}

/* --- main bronchi --- */

static int opened(const im_run *run, const im_volume *tree, double mm,
                  im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    int r = im_brush_ball_mm(&ball, mm, tree->geometry.spacing, info);
    return r < 0 ? r : im_open(run, tree, &ball, ret, info);
}

/* Of the thick parts those that hang together with the chain; a lobe's
 * bronchus that is thick again further on does not. */
static int keep_with_chain(const im_run *run, const uint8_t *chain,
                           im_volume *main, cs_errinfo *info)
{
    CS_SCOPED(lu_parts) parts = LU_PARTS_INIT;
    size_t n = im_geometry_voxels(&main->geometry);
    uint8_t *m = im_u8(main);
    for (size_t i = 0; i < n; i++)
        m[i] |= chain[i];
    int r = lu_parts_find(run, main, IM_NEIGHBOURS_26, 1, &parts, info);
    if (r < 0)
        return r;
    CS_AUTO_MEM uint8_t *keep = cs_calloc(parts.found.count + 1, 1);
    if (!keep)
        return cs_fail_nomem(info);
    const int32_t *l = lu_parts_labels(&parts);
    for (size_t i = 0; i < n; i++)
        keep[l[i]] |= chain[i];
    lu_parts_choose(&parts, keep, m);
    return 0;
}

/* Voxels next to the airways that are not in them become 2: at least the next
 * one in a slice, for the growth has stopped short of the blurred rim. */
static int add_wall(const im_run *run, im_volume *main, cs_errinfo *info)
{
    CS_SCOPED(im_brush) ball = IM_BRUSH_INIT;
    CS_SCOPED(im_volume) wide = IM_VOLUME_INIT;
    const double *mm = main->geometry.spacing;
    double next = 1.01 * CS_MAX(mm[0], mm[1]);
    double wall = CS_MAX(WALL_MM, next);
    int r = im_brush_ball_mm(&ball, wall, mm, info);
    if (r == 0)
        r = im_dilate(run, main, &ball, &wide, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(&main->geometry);
    const uint8_t *w = im_u8(&wide);
    uint8_t *m = im_u8(main);
    for (size_t i = 0; i < n; i++)
        m[i] = w[i] && !m[i] ? 2 : m[i];
    return 0;
}

static int find_main(const im_run *run, const im_volume *tree,
                     const uint8_t *chain, lu_airway *a, cs_errinfo *info)
{
    double radius = MAIN_SHARE * a->trachea.radius_mm;
    int r = opened(run, tree, radius, &a->main, info);
    if (r == 0)
        r = keep_with_chain(run, chain, &a->main, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(&tree->geometry);
    size_t voxels = 0;
    const uint8_t *m = im_u8(&a->main);
    for (size_t i = 0; i < n; i++)
        voxels += m[i];
    a->ml = (double)voxels * lu_voxel_ml(&tree->geometry);
    return add_wall(run, &a->main, info);
}

int lu_airway_find(const im_run *run, const im_volume *hu,
                   const im_volume *kinds, const lu_levels *l,
                   const lu_spine *spine, lu_airway *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) tree = IM_VOLUME_INIT;
    int r = im_volume_init(&tree, TN_U8, &hu->geometry, info);
    if (r == 0)
        r = lu_trachea_find(hu, kinds, l, spine, im_u8(&tree), &ret->trachea,
                            info);
    if (r < 0)
        return r;
    if (!ret->trachea.found)
        return im_volume_init(&ret->main, TN_U8, &hu->geometry, info);
    size_t n = im_geometry_voxels(&hu->geometry);
    CS_AUTO_MEM uint8_t *chain = cs_memdup(im_u8(&tree), n);
    if (!chain)
        return cs_fail_nomem(info);
    r = grow(hu, kinds, l, im_u8(&tree), info);
    return r < 0 ? r : find_main(run, &tree, chain, ret, info);
}

void lu_airway_done(lu_airway *a)
{
    im_volume_done(&a->main);
}
