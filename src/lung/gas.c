#include "lung/gas.h"

#include "base/mem.h"
#include "lung/parts.h"
#include "lung/sides.h"

/* Gas below this; the walls of what is counted lie above. */
#define GAS_BELOW (-700)
/* Plain air is so much above the scan's own air at most: lung, with its
 * vessels, lies 130 HU and more above. */
#define PLAIN 50.0
#define EMPHYSEMA (-950)
#define LEAST_ML 50.0
/* Of the lungs' height: gut is lower, and shorter. */
#define LEAST_HEIGHT 0.5

typedef struct box {
    size_t begin[3], end[3];
} box;

static bool is_lung(uint8_t label)
{
    return label == LU_LEFT || label == LU_RIGHT;
}

static void include(box *b, const size_t at[3])
{
    for (int a = 0; a < 3; a++) {
        b->begin[a] = CS_MIN(b->begin[a], at[a]);
        b->end[a] = CS_MAX(b->end[a], at[a] + 1);
    }
}

static box box_of_lungs(const im_volume *labels)
{
    const size_t *n = labels->geometry.size;
    box b = {{n[0], n[1], n[2]}, {0, 0, 0}};
    const uint8_t *label = im_u8(labels);
    size_t at[3];
    for (at[2] = 0; at[2] < n[2]; at[2]++)
        for (at[1] = 0; at[1] < n[1]; at[1]++)
            for (at[0] = 0; at[0] < n[0]; at[0]++)
                if (is_lung(*label++))
                    include(&b, at);
    return b;
}

/* Shares of the lungs' voxels. */
static void measure_lungs(const im_volume *hu, const im_volume *labels,
                          double plain, lu_gas *ret)
{
    size_t n = im_geometry_voxels(&hu->geometry);
    double all[2] = {0, 0}, empty[2] = {0, 0}, thin = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t label = im_u8(labels)[i];
        int v = im_i16(hu)[i];
        if (!is_lung(label) || v == LU_PADDING)
            continue;
        bool right = label == LU_RIGHT;
        all[right]++;
        empty[right] += v < plain;
        thin += v < EMPHYSEMA;
    }
    for (int s = 0; s < 2; s++)
        ret->empty[s] = all[s] > 0 ? empty[s] / all[s] : 0;
    double both = all[0] + all[1];
    ret->emphysema = both > 0 ? thin / both : 0;
}

/* Not at the scan's edge, not below the lungs, not behind them as a hollow
 * table is, and as tall as half of them. */
static bool lies_in_chest(const im_component *c, const im_geometry *g,
                          const box *lungs)
{
    for (int a = 0; a < 3; a++)
        if (c->begin[a] == 0 || c->end[a] == g->size[a])
            return false;
    if (c->begin[1] < lungs->begin[1] || c->end[1] > lungs->end[1])
        return false;
    size_t from = CS_MAX(c->begin[2], lungs->begin[2]);
    size_t to = CS_MIN(c->end[2], lungs->end[2]);
    double height = (double)(lungs->end[2] - lungs->begin[2]);
    return to > from && (double)(to - from) >= LEAST_HEIGHT * height;
}

static int find_beside(const im_run *run, const im_volume *hu,
                       const im_volume *labels, lu_gas *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(im_components) parts = IM_COMPONENTS_INIT;
    const im_geometry *g = &hu->geometry;
    int r = im_volume_init(&mask, TN_U8, g, info);
    if (r < 0)
        return r;
    size_t n = im_geometry_voxels(g);
    for (size_t i = 0; i < n; i++)
        im_u8(&mask)[i] = im_u8(labels)[i] == 0 && im_i16(hu)[i] < GAS_BELOW;
    r = im_components_find(run, &mask, IM_NEIGHBOURS_6, &parts, info);
    if (r < 0)
        return r;
    double ml = lu_voxel_ml(g);
    box lungs = box_of_lungs(labels);
    for (size_t i = 0; i < parts.count; i++) {
        const im_component *c = &parts.items[i];
        double size = (double)c->voxels * ml;
        if (size >= LEAST_ML && size > ret->beside_ml &&
            lies_in_chest(c, g, &lungs))
            ret->beside_ml = size;
    }
    return 0;
}

int lu_gas_find(const im_run *run, const im_volume *hu, const im_volume *labels,
                const lu_levels *l, lu_gas *ret, cs_errinfo *info)
{
    lu_gas found = {.beside_ml = 0};
    measure_lungs(hu, labels, l->air + PLAIN, &found);
    int r = find_beside(run, hu, labels, &found, info);
    if (r == 0)
        *ret = found;
    return r;
}
