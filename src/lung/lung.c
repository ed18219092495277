#include "lung/lung.h"

#include "base/mem.h"
#include "image/distance.h"
#include "lung/airway.h"
#include "lung/envelope.h"
#include "lung/fine.h"
#include "lung/regions.h"

#define STEPS 6
#define THINNEST_MM 30.0
#define FEWEST_SLICES 4
#define INNER_MM 4.0
/* Two lungs hold 2 to 8 litres, a child's less. */
#define LEAST_ML 50.0

typedef struct work {
    const im_run *run;
    const im_volume *scan; /* TN_I16 */
    const lu_watch *watch;
    lu_coarse coarse;
    im_volume kinds;
    im_volume label; /* coarse: the lungs */
    lu_spine spine;
    lu_airway airway;
    uint8_t *barred;
} work;

static void work_done(work *w)
{
    lu_coarse_done(&w->coarse);
    im_volume_done(&w->kinds);
    im_volume_done(&w->label);
    lu_airway_done(&w->airway);
    cs_free(w->barred);
}

static void tell(const work *w, unsigned done)
{
    if (w->watch)
        w->watch->step(w->watch->ctx, done, STEPS);
}

static size_t voxels_of(const work *w)
{
    return im_geometry_voxels(&w->coarse.hu.geometry);
}

/* --- checks --- */

static int check_extent(const im_geometry *coarse, const im_geometry *scan,
                        cs_errinfo *info)
{
    for (int a = 0; a < 3; a++) {
        double mm = coarse->spacing[a] * (double)coarse->size[a];
        if (scan->size[a] < FEWEST_SLICES || mm < THINNEST_MM)
            return cs_fail(info, CS_E_RANGE,
                           "too little to find a lung in: %zu x %zu x %zu "
                           "voxels of %.3g x %.3g x %.3g mm; at least %d "
                           "slices and %.0f mm each way are needed",
                           scan->size[0], scan->size[1], scan->size[2],
                           scan->spacing[0], scan->spacing[1], scan->spacing[2],
                           FEWEST_SLICES, THINNEST_MM);
    }
    return 0;
}

static int check_lung(const work *w, cs_errinfo *info)
{
    size_t n = voxels_of(w), lung = 0;
    const uint8_t *kind = im_u8(&w->kinds);
    for (size_t i = 0; i < n; i++)
        lung += kind[i] == LU_LUNG;
    if ((double)lung * lu_voxel_ml(&w->kinds.geometry) >= LEAST_ML)
        return 0;
    return cs_fail(info, CS_E_FORMAT,
                   "no lung found: nothing of %.0f ml or more looks like it",
                   LEAST_ML);
}

/* --- steps --- */

static int find_regions(work *w, lu_levels *l, cs_errinfo *info)
{
    int r = lu_coarse_init(w->run, w->scan, &w->coarse, info);
    if (r == 0)
        r = check_extent(&w->coarse.hu.geometry, &w->scan->geometry, info);
    if (r == 0)
        r = lu_levels_init(&w->coarse.hu, l, info);
    if (r < 0)
        return r;
    tell(w, 1);
    r = lu_regions(w->run, &w->coarse.hu, l, &w->kinds, info);
    return r < 0 ? r : check_lung(w, info);
}

static int find_airways(work *w, const lu_levels *l, cs_errinfo *info)
{
    tell(w, 2);
    int r = lu_spine_find(&w->coarse.hu, &w->kinds, &w->spine, info);
    if (r == 0)
        r = lu_airway_find(w->run, &w->coarse.hu, &w->kinds, l, &w->spine,
                           &w->airway, info);
    return r;
}

/* Barred are the main airways with their walls, and gas that has nothing to do
 * with them; their branches in the lung are the lung's. */
static int bar(work *w, cs_errinfo *info)
{
    size_t n = voxels_of(w);
    w->barred = cs_malloc(n);
    if (!w->barred)
        return cs_fail_nomem(info);
    const uint8_t *main = im_u8(&w->airway.main);
    int r = lu_regions_settle(w->run, &w->kinds, main, info);
    if (r == 0)
        r = im_volume_init(&w->label, TN_U8, &w->coarse.hu.geometry, info);
    if (r < 0)
        return r;
    const uint8_t *kind = im_u8(&w->kinds);
    uint8_t *label = im_u8(&w->label);
    for (size_t i = 0; i < n; i++) {
        w->barred[i] = main[i] || kind[i] == LU_GAS || kind[i] == LU_OUTSIDE;
        label[i] = kind[i] == LU_LUNG && !main[i];
    }
    return 0;
}

/* Lung and tissue as they are here, from what is certainly one of them. */
static int measure_levels(const work *w, lu_levels *l, cs_errinfo *info)
{
    CS_SCOPED(im_volume) depth = IM_VOLUME_INIT;
    size_t n = voxels_of(w);
    CS_AUTO_MEM uint8_t *inner = cs_malloc(n);
    if (!inner)
        return cs_fail_nomem(info);
    int r = im_distance_inside(w->run, &w->label, &depth, info);
    if (r < 0)
        return r;
    const float *mm = im_f32(&depth);
    for (size_t i = 0; i < n; i++)
        inner[i] = mm[i] > (float)INNER_MM;
    lu_levels_of_lung(&w->coarse.hu, inner, l);
    return 0;
}

static int find_surface(work *w, lu_lungs *ret, cs_errinfo *info)
{
    int r = measure_levels(w, &ret->levels, info);
    tell(w, 3);
    if (r == 0)
        r = lu_sides_name(w->run, &w->label, &w->spine, &ret->sides, info);
    tell(w, 4);
    if (r == 0)
        r = lu_envelope_close(w->run, &w->label, w->barred, info);
    tell(w, 5);
    if (r < 0)
        return r;
    lu_drawing d = {w->scan,
                    &w->coarse,
                    im_u8(&w->label),
                    w->barred,
                    im_u8(&w->airway.main),
                    &ret->levels};
    return lu_fine_draw(w->run, &d, &ret->labels, info);
}

/* --- what was found --- */

static void measure_volumes(lu_lungs *l)
{
    size_t counts[UINT8_MAX + 1] = {0};
    size_t n = im_geometry_voxels(&l->labels.geometry);
    const uint8_t *label = im_u8(&l->labels);
    for (size_t i = 0; i < n; i++)
        counts[label[i]]++;
    double ml = lu_voxel_ml(&l->labels.geometry);
    l->left_ml = (double)counts[LU_LEFT] * ml;
    l->right_ml = (double)counts[LU_RIGHT] * ml;
    l->airways_ml = (double)counts[LU_AIRWAYS] * ml;
}

/* Does a coarse voxel's face look out of the scan? */
static bool looks_out(const work *w, const size_t at[3], int face)
{
    const im_geometry *g = &w->coarse.hu.geometry;
    const size_t stride[3] = {1, g->size[0], g->size[0] * g->size[1]};
    int a = face / 2;
    bool up = face % 2;
    if (up ? at[a] + 1 == g->size[a] : at[a] == 0)
        return true;
    size_t i = im_at(g, at[0], at[1], at[2]);
    i = up ? i + stride[a] : i - stride[a];
    return im_i16(&w->coarse.hu)[i] == LU_PADDING;
}

static void measure_cuts(const work *w, lu_lungs *l)
{
    const im_geometry *g = &w->coarse.hu.geometry;
    const uint8_t *label = im_u8(&w->label);
    double volume = g->spacing[0] * g->spacing[1] * g->spacing[2];
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++) {
                const size_t at[3] = {x, y, z};
                if (!label[im_at(g, x, y, z)])
                    continue;
                for (int f = 0; f < LU_FACES; f++)
                    if (looks_out(w, at, f))
                        l->cut_cm2[f] += volume / g->spacing[f / 2] / 100;
            }
}

static int find(work *w, lu_lungs *ret, cs_errinfo *info)
{
    tell(w, 0);
    int r = find_regions(w, &ret->levels, info);
    if (r == 0)
        r = find_airways(w, &ret->levels, info);
    if (r == 0)
        r = bar(w, info);
    if (r == 0)
        r = find_surface(w, ret, info);
    if (r < 0)
        return r;
    ret->windpipe = w->airway.trachea.found;
    measure_volumes(ret);
    measure_cuts(w, ret);
    tell(w, STEPS);
    return 0;
}

int lu_find_lungs(const im_run *run, const im_volume *scan,
                  const lu_watch *watch, lu_lungs *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) converted = IM_VOLUME_INIT;
    CS_SCOPED(work) w = {.run = run, .scan = scan, .watch = watch};
    if (scan->voxels.dtype != TN_I16) {
        int r = im_volume_check_finite(scan, info);
        if (r == 0)
            r = im_volume_convert(scan, TN_I16, &converted, info);
        if (r < 0)
            return r;
        w.scan = &converted;
    }
    lu_lungs found = {.windpipe = false};
    int r = find(&w, &found, info);
    if (r < 0)
        lu_lungs_done(&found);
    else
        *ret = found;
    return r;
}

void lu_lungs_done(lu_lungs *l)
{
    im_volume_done(&l->labels);
}
