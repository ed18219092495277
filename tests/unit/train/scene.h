/* What the tests of training data share: a folder of small scans in LUNA16's
 * layout, with soft balls as nodules, whose every place is known, and a plan
 * to go with it. */
#ifndef CS_TESTS_TRAIN_SCENE_H
#define CS_TESTS_TRAIN_SCENE_H

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "image/file.h"
#include "support/test.h"
#include "support/tmp.h"
#include "train/dataset.h"

#define SCENE_NODULES 2
#define SCENE_AIR (-850)

static inline void scene_near(double v, double wanted, double slack)
{
    if (!(fabs(v - wanted) <= slack))
        fail_msg("%.17g, expected %.17g within %g", v, wanted, slack);
}

/* Scan i lies elsewhere than the others; anisotropic, no two sizes alike.
 * Scans of odd number have x and y stored the other way round. */
static inline im_geometry scene_geometry(size_t scan)
{
    im_geometry g = im_geometry_plain(40, 36, 25);
    const double spacing[3] = {1.0, 1.25, 2.0};
    const double origin[3] = {-20.0 + (double)scan, 5.5, -100.25};
    memcpy(g.spacing, spacing, sizeof(spacing));
    memcpy(g.origin, origin, sizeof(origin));
    for (int a = 0; scan % 2 && a < 2; a++) {
        g.direction[4 * a] = -1;
        g.origin[a] += g.spacing[a] * ((double)g.size[a] - 1);
    }
    return g;
}

static inline double scene_diameter(size_t scan, size_t nodule)
{
    return 7.0 + (double)scan + 3.0 * (double)nodule;
}

static inline void scene_centre(size_t scan, size_t nodule, double ret[3])
{
    static const double share[SCENE_NODULES][3] = {{0.3, 0.35, 0.35},
                                                   {0.65, 0.7, 0.65}};
    im_geometry g = scene_geometry(scan);
    double grid[3];
    for (int a = 0; a < 3; a++)
        grid[a] = share[nodule][a] * ((double)g.size[a] - 1) + 0.2;
    im_grid_to_world(&g, grid, ret);
}

/* Where voxel number i of a grid is. */
static inline void scene_place(const size_t size[3], size_t i, double ret[3])
{
    const size_t x = i % size[0], row = i / size[0];
    const size_t y = row % size[1], z = row / size[1];
    ret[0] = (double)x;
    ret[1] = (double)y;
    ret[2] = (double)z;
}

static inline double scene_distance(const im_geometry *g, const size_t at[3],
                                    const double centre[3])
{
    const double grid[3] = {(double)at[0], (double)at[1], (double)at[2]};
    double world[3], square = 0;
    im_grid_to_world(g, grid, world);
    for (int a = 0; a < 3; a++)
        square += (world[a] - centre[a]) * (world[a] - centre[a]);
    return sqrt(square);
}

static inline void scene_voxel(size_t scan, const im_geometry *g,
                               const size_t at[3], int16_t *hu, uint8_t *lungs,
                               uint8_t *label)
{
    double value = SCENE_AIR;
    bool inside = true;
    for (int a = 0; a < 3; a++)
        inside &= at[a] >= 2 && at[a] + 2 < g->size[a];
    *lungs = inside ? at[0] < 20 ? 4 : 3 : 0;
    *label = 0;
    for (size_t k = 0; k < SCENE_NODULES; k++) {
        double centre[3], d = scene_diameter(scan, k);
        scene_centre(scan, k, centre);
        double r = scene_distance(g, at, centre);
        value += 900 * exp(-r * r / (2 * d * d / 16));
        if (r <= d / 2)
            *label = (uint8_t)(k + 1);
    }
    *hu = (int16_t)lround(value);
}

static inline void scene_write(const im_volume *v, const char *dir,
                               const char *name)
{
    assert_int_equal(im_write(tmp_path(dir, name), v, NULL, NULL), 0);
}

static inline void scene_scan(const char *dir, size_t scan, bool lungs_mask,
                              bool nodules_mask)
{
    CS_SCOPED(im_volume) image = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) lungs = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) nodules = IM_VOLUME_INIT;
    im_geometry g = scene_geometry(scan);
    char name[64];
    assert_int_equal(im_volume_init(&image, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&lungs, TN_U8, &g, NULL), 0);
    assert_int_equal(im_volume_init(&nodules, TN_U8, &g, NULL), 0);
    int16_t *hu = tn_data(&image.voxels);
    size_t i = 0;
    for (size_t z = 0; z < g.size[2]; z++)
        for (size_t y = 0; y < g.size[1]; y++)
            for (size_t x = 0; x < g.size[0]; x++, i++)
                scene_voxel(scan, &g, (const size_t[]){x, y, z}, &hu[i],
                            &im_u8(&lungs)[i], &im_u8(&nodules)[i]);
    (void)snprintf(name, sizeof(name), "scan%zu.mhd", scan);
    scene_write(&image, dir, name);
    (void)snprintf(name, sizeof(name), "masks/scan%zu_lungs.mhd", scan);
    if (lungs_mask)
        scene_write(&lungs, dir, name);
    (void)snprintf(name, sizeof(name), "masks/scan%zu_nodules.mhd", scan);
    if (nodules_mask)
        scene_write(&nodules, dir, name);
}

/* Scans "scan0", "scan1" and so on; the second nodule of each is malignant. */
static inline void scene_make(const char *dir, size_t scans, bool nodules_mask)
{
    (void)mkdir(tmp_path(dir, "masks"), 0700);
    FILE *f = fopen(tmp_path(dir, "annotations.csv"), "we");
    assert_non_null(f);
    (void)fprintf(f, "seriesuid,coordX,coordY,coordZ,diameter_mm,malignancy\n");
    for (size_t i = 0; i < scans; i++) {
        scene_scan(dir, i, true, nodules_mask);
        for (size_t k = 0; k < SCENE_NODULES; k++) {
            double c[3];
            scene_centre(i, k, c);
            (void)fprintf(f, "scan%zu,%.9g,%.9g,%.9g,%.9g,%zu\n", i, c[0], c[1],
                          c[2], scene_diameter(i, k), k);
        }
    }
    assert_int_equal(fclose(f), 0);
}

/* A plan that learns from the folder; `source` must outlive it. */
static inline tr_plan scene_plan(tr_source *source, const char *dir)
{
    tr_plan p = {.epochs = 1, .batch = 1, .accumulate = 1, .seed = 11};
    *source = (tr_source){.dir = dir};
    p.data.train.items = p.data.validate.items = source;
    p.data.train.len = p.data.validate.len = 1;
    p.recipe.task = MD_DETECT;
    p.recipe.head.kind = MD_HEAD_VOXELS;
    p.recipe.input = (md_input){
        .spacing = 1.5, .low = -1000, .high = 400, .patch = {20, 16, 12}};
    p.sampling = (tr_sampling){.crop = TR_CROP_BALANCED,
                               .nodules = 0.5,
                               .hard = 0.25,
                               .background = 0.25,
                               .per_epoch = 8};
    p.augment.spec = im_augment_nothing();
    return p;
}

/* Must succeed; says why if it does not. */
static inline tr_dataset *scene_open(const tr_plan *p, const char *cache)
{
    const tr_dataset_spec spec = {.plan = p, .cache = cache};
    const im_run run = {.pool = NULL};
    tr_dataset *d = NULL;
    cs_errinfo info = {0};
    if (tr_dataset_open(&spec, &run, &d, &info) < 0)
        fail_msg("%s", info.message);
    return d;
}

/* Fails with this code, and says something that holds `part`. */
static inline void scene_refused(const tr_plan *p, int code, const char *part)
{
    const tr_dataset_spec spec = {.plan = p};
    const im_run run = {.pool = NULL};
    tr_dataset *d = NULL;
    cs_errinfo info = {0};
    char text[1024];
    int r = tr_dataset_open(&spec, &run, &d, &info);
    cs_errinfo_format(&info, text, sizeof(text));
    if (r != code || !strstr(text, part))
        fail_msg("%d '%s', expected %d '%s'", r, text, code, part);
}

#endif
