/* The loss, and of heads with voxels Dice, on a patch about each nodule; of a
 * scan without nodules, on its middle. */
#include <math.h>

#include "detect/prepare.h"
#include "train/looker.h"

typedef struct look {
    const tr_judge *judge;
    tr_looker looker;
    float *image;
    uint8_t *mask;
    float *map;
    double loss, dice;
    size_t patches, dices;
} look;

#define YES 0.5F /* what counts as a nodule's voxel */

static size_t voxels_of(const size_t size[3])
{
    return size[0] * size[1] * size[2];
}

/* --- the truth of a patch --- */

static void corner(const im_geometry *g, const double centre[3],
                   const size_t size[3], ptrdiff_t begin[3])
{
    double at[3];
    im_world_to_grid(g, centre, at);
    for (size_t a = 0; a < 3; a++)
        begin[a] = (ptrdiff_t)floor(at[a] + 0.5) - (ptrdiff_t)(size[a] / 2);
}

static void see(const im_geometry *g, const tr_scan *scan,
                const ptrdiff_t begin[3], dt_seen *seen)
{
    double voxel = cbrt(g->spacing[0] * g->spacing[1] * g->spacing[2]);
    for (size_t i = 0; i < scan->nodule_count; i++) {
        const dt_nodule *n = &scan->nodules[i];
        im_world_to_grid(g, n->centre, seen[i].at);
        for (size_t a = 0; a < 3; a++)
            seen[i].at[a] -= (double)begin[a];
        seen[i].diameter = n->diameter / voxel;
        seen[i].excluded = n->excluded;
    }
}

static uint8_t mask_of(const tr_scan *scan, uint8_t label)
{
    if (label == 0)
        return 0;
    bool known = label <= scan->nodule_count;
    return known && !scan->nodules[label - 1].excluded ? 1 : 255;
}

static void cut_row(const im_volume *v, const tr_scan *scan, ptrdiff_t x0,
                    ptrdiff_t y, ptrdiff_t z, size_t n, uint8_t *ret)
{
    const size_t *size = v->geometry.size;
    bool inside =
        y >= 0 && z >= 0 && (size_t)y < size[1] && (size_t)z < size[2];
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t x = x0 + (ptrdiff_t)i;
        ret[i] = 0;
        if (inside && x >= 0 && (size_t)x < size[0])
            ret[i] = mask_of(
                scan,
                im_u8(v)[im_at(&v->geometry, (size_t)x, (size_t)y, (size_t)z)]);
    }
}

static void cut_mask(const im_volume *v, const tr_scan *scan,
                     const ptrdiff_t begin[3], const size_t size[3],
                     uint8_t *ret)
{
    for (size_t z = 0; z < size[2]; z++) {
        for (size_t y = 0; y < size[1]; y++, ret += size[0])
            cut_row(v, scan, begin[0], begin[1] + (ptrdiff_t)y,
                    begin[2] + (ptrdiff_t)z, size[0], ret);
    }
}

/* --- looking --- */

/* Of voxels that are to be learned; NaN where neither has any. */
static double dice_of(const float *map, const uint8_t *mask, size_t n)
{
    size_t a = 0;
    size_t b = 0;
    size_t both = 0;
    for (size_t i = 0; i < n; i++) {
        if (mask[i] == 255)
            continue;
        bool said = map[i] >= YES;
        a += said;
        b += mask[i] == 1;
        both += said && mask[i] == 1;
    }
    return 2.0 * (double)both / (double)(a + b);
}

static void take_dice(look *k)
{
    const tr_plan *plan = k->judge->plan;
    const size_t *size = plan->recipe.input.patch;
    dt_head_map(&plan->recipe, 1, 0, size,
                (const float *const *)k->looker.outputs, k->map);
    double dice = dice_of(k->map, k->mask, voxels_of(size));
    if (isnan(dice))
        return;
    k->dice += dice;
    k->dices++;
}

static int look_at(look *k, const tr_scan *scan, const tr_prepared *p,
                   const double centre[3], dt_seen *seen, cs_errinfo *info)
{
    const md_recipe *recipe = &k->judge->plan->recipe;
    const size_t *size = recipe->input.patch;
    const im_geometry *g = &p->scan.image.geometry;
    bool masked = p->nodules.voxels.buffer != NULL;
    dt_truth truth = {.nodules = seen, .count = scan->nodule_count};
    ptrdiff_t begin[3];
    double loss = 0;
    corner(g, centre, size, begin);
    see(g, scan, begin, seen);
    dt_patch(&recipe->input, &p->scan.image, begin, size, k->image);
    if (masked) {
        cut_mask(&p->nodules, scan, begin, size, k->mask);
        truth.mask = k->mask;
    }
    int r = tr_looker_look(&k->looker, k->image, &truth, &loss, info);
    if (r < 0)
        return r;
    k->loss += loss;
    k->patches++;
    if (masked && recipe->head.kind == MD_HEAD_VOXELS)
        take_dice(k);
    return 0;
}

static void middle(const im_geometry *g, double ret[3])
{
    double at[3];
    for (size_t a = 0; a < 3; a++)
        at[a] = 0.5 * (double)(g->size[a] - 1);
    im_grid_to_world(g, at, ret);
}

static int look_around(look *k, const tr_scan *scan, const tr_prepared *p,
                       cs_errinfo *info)
{
    CS_AUTO_MEM dt_seen *seen = cs_calloc(scan->nodule_count, sizeof(*seen));
    size_t looked = 0;
    int r = seen ? 0 : cs_fail_nomem(info);
    for (size_t i = 0; r == 0 && i < scan->nodule_count; i++) {
        if (scan->nodules[i].excluded)
            continue;
        r = look_at(k, scan, p, scan->nodules[i].centre, seen, info);
        looked++;
    }
    if (r < 0 || looked)
        return r;
    double centre[3];
    middle(&p->scan.image.geometry, centre);
    return look_at(k, scan, p, centre, seen, info);
}

static int look_at_all(look *k, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < tr_judge_scans(k->judge); i++) {
        tr_prepared p = TR_PREPARED_INIT;
        r = tr_dataset_prepared(k->judge->data, i, &p, info);
        if (r < 0)
            break;
        r = look_around(k, tr_dataset_at(k->judge->data, i), &p, info);
        tr_prepared_done(&p);
    }
    return r;
}

static int make_room(look *k, cs_errinfo *info)
{
    size_t n = voxels_of(k->judge->plan->recipe.input.patch);
    k->image = cs_calloc(n, sizeof(*k->image));
    k->mask = cs_calloc(n, sizeof(*k->mask));
    k->map = cs_calloc(n, DT_MAP_CHANNELS_MAX * sizeof(*k->map));
    return k->image && k->mask && k->map ? 0 : cs_fail_nomem(info);
}

int tr_validate_patches(const tr_judge *j, tr_verdict *v, cs_errinfo *info)
{
    look k = {.judge = j, .looker = TR_LOOKER_INIT};
    int r = make_room(&k, info);
    if (r == 0)
        r = tr_looker_init(&k.looker, j, info);
    if (r == 0)
        r = look_at_all(&k, info);
    if (r == 0 && k.patches)
        tr_verdict_set(v, "loss", k.loss / (double)k.patches);
    if (r == 0 && k.dices)
        tr_verdict_set(v, "dice", k.dice / (double)k.dices);
    tr_looker_done(&k.looker);
    cs_free(k.image);
    cs_free(k.mask);
    cs_free(k.map);
    return r;
}
