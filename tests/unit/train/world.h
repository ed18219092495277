/* A tiny world to train on: scans of balls in air, with masks, in LUNA16's
 * layout, and plans for it. */
#ifndef CS_TESTS_TRAIN_WORLD_H
#define CS_TESTS_TRAIN_WORLD_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/random.h"
#include "image/file.h"
#include "support/test.h"
#include "support/tmp.h"
#include "train/plan.h"

#define WORLD_SIZE ((size_t)40) /* voxels of 1 mm along each axis */
#define WORLD_WALL ((size_t)4)  /* body around the one lung */
#define WORLD_NODULES ((size_t)2)

typedef struct world_ball {
    double at[3], diameter;
} world_ball;

/* Of scan `scan`: well inside the lung, one in each half. */
static inline world_ball world_ball_of(size_t scan, size_t i)
{
    const cs_rng root = cs_rng_stream(77, scan);
    cs_rng r = cs_rng_derive(&root, "ball", i);
    world_ball b = {.diameter = 5 + 3 * cs_rng_uniform_f64(&r)};
    for (size_t a = 0; a < 3; a++)
        b.at[a] = 13 + 14 * cs_rng_uniform_f64(&r);
    b.at[2] = i == 0 ? 12 : 28;
    return b;
}

static inline bool world_is_wall(size_t x, size_t y, size_t z)
{
    const size_t at[3] = {x, y, z};
    for (size_t a = 0; a < 3; a++) {
        if (at[a] < WORLD_WALL || at[a] >= WORLD_SIZE - WORLD_WALL)
            return true;
    }
    return false;
}

/* 0, or 1 + the ball's number. */
static inline uint8_t world_label(size_t scan, size_t x, size_t y, size_t z)
{
    for (size_t i = 0; i < WORLD_NODULES; i++) {
        world_ball b = world_ball_of(scan, i);
        double d[3] = {(double)x - b.at[0], (double)y - b.at[1],
                       (double)z - b.at[2]};
        double d2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        if (d2 <= 0.25 * b.diameter * b.diameter)
            return (uint8_t)(i + 1);
    }
    return 0;
}

#define WORLD_PATH 512

/* "dir/name" in dst, which it returns. */
static inline char *world_join(const char *dir, const char *name,
                               char dst[WORLD_PATH])
{
    size_t n = strlen(dir);
    assert_true(n + strlen(name) + 2 <= WORLD_PATH);
    memcpy(dst, dir, n);
    dst[n] = '/';
    memcpy(dst + n + 1, name, strlen(name) + 1);
    return dst;
}

static inline void world_write(const char *dir, size_t scan, const char *ending,
                               const im_volume *v)
{
    char name[64];
    char path[WORLD_PATH];
    bool mask = ending[0] == '_';
    snprintf(name, sizeof(name), "%sscan%zu%s", mask ? "masks/" : "", scan,
             ending);
    assert_int_equal(im_write(world_join(dir, name, path), v, NULL, NULL), 0);
}

static inline void world_scan(const char *dir, size_t scan)
{
    const im_geometry g = im_geometry_plain(WORLD_SIZE, WORLD_SIZE, WORLD_SIZE);
    im_volume v = IM_VOLUME_INIT;
    im_volume lungs = IM_VOLUME_INIT;
    im_volume nodules = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&lungs, TN_U8, &g, NULL), 0);
    assert_int_equal(im_volume_init(&nodules, TN_U8, &g, NULL), 0);
    cs_rng r = cs_rng_stream(78, scan);
    int16_t *hu = tn_data(&v.voxels);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        size_t x = i % WORLD_SIZE;
        size_t y = i / WORLD_SIZE % WORLD_SIZE;
        size_t z = i / (WORLD_SIZE * WORLD_SIZE);
        uint8_t label = world_label(scan, x, y, z);
        bool wall = world_is_wall(x, y, z);
        im_u8(&lungs)[i] = !wall;
        im_u8(&nodules)[i] = label;
        hu[i] =
            (int16_t)((label || wall ? 40 : -850) + (int)cs_rng_below(&r, 60));
    }
    world_write(dir, scan, ".mha", &v);
    world_write(dir, scan, "_lungs.mhd", &lungs);
    world_write(dir, scan, "_nodules.mhd", &nodules);
    im_volume_done(&v);
    im_volume_done(&lungs);
    im_volume_done(&nodules);
}

static inline void world_annotations(const char *dir, size_t from, size_t n)
{
    char path[WORLD_PATH];
    FILE *f = fopen(world_join(dir, "annotations.csv", path), "w");
    assert_non_null(f);
    fputs("seriesuid,coordX,coordY,coordZ,diameter_mm,malignancy,label\n", f);
    for (size_t scan = from; scan < from + n; scan++) {
        for (size_t i = 0; i < WORLD_NODULES; i++) {
            world_ball b = world_ball_of(scan, i);
            fprintf(f, "scan%zu,%.3f,%.3f,%.3f,%.3f,%d,%zu\n", scan, b.at[0],
                    b.at[1], b.at[2], b.diameter, (int)i, i + 1);
        }
    }
    assert_int_equal(fclose(f), 0);
}

/* DIR/NAME with scans `from` … `from` + n - 1. */
static inline void world_make(const char *dir, const char *name, size_t from,
                              size_t n)
{
    char path[WORLD_PATH];
    char masks[WORLD_PATH];
    assert_int_equal(mkdir(world_join(dir, name, path), 0700), 0);
    assert_int_equal(mkdir(world_join(path, "masks", masks), 0700), 0);
    for (size_t i = from; i < from + n; i++)
        world_scan(path, i);
    world_annotations(path, from, n);
}

/* A network that finds the balls, or tells the first (0) of a scan from the
 * second (1), of which the world knows nothing more: small patches, few
 * steps. */
static inline tr_plan world_plan(tr_source *train, tr_source *validate,
                                 md_task task)
{
    static char text[] = "name: world\n";
    *train = (tr_source){.dir = "train"};
    *validate = (tr_source){.dir = "validate"};
    tr_plan p = {.name = "world",
                 .text = text,
                 .epochs = 2,
                 .batch = 2,
                 .accumulate = 1,
                 .seed = 9};
    memset(p.sha256, 'a', 64);
    bool detect = task == MD_DETECT;
    size_t side = detect ? 16 : 8;
    p.recipe =
        (md_recipe){.task = task,
                    .network = zoo_find(detect ? "nodulefpn" : "nodulenet"),
                    .classes = detect ? 0 : 2,
                    .input = {.spacing = 1,
                              .low = -1000,
                              .high = 400,
                              .patch = {side, side, side}},
                    .head = {.kind = detect ? MD_HEAD_CENTRES : MD_HEAD_CLASS,
                             .stride = detect ? 2 : 1}};
    p.data.train.items = train;
    p.data.validate.items = validate;
    p.data.train.len = p.data.validate.len = 1;
    p.data.source = MD_SOURCE_PHANTOMS;
    p.sampling = (tr_sampling){
        .nodules = 0.5, .background = 0.5, .jitter = 2, .per_epoch = 4};
    p.optimiser = (tr_optimiser){
        .options = NN_ADAMW_DEFAULT, .lr = 1e-3, .clip = 1, .ema = 0.9};
    p.schedule = (nn_schedule){.kind = NN_SCHEDULE_CONSTANT, .lr = 1e-3};
    p.validation = (tr_validation){
        .every = 1, .metric = detect ? TR_METRIC_CPM : TR_METRIC_AUC};
    return p;
}

#endif
