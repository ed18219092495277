/* A training plan: everything that decides the weights that come out, read
 * from PLAN.yaml. Paths and the machine's affairs (threads, where to write)
 * are not part of it. The same plan, data and instruction tier give the same
 * bits. Every key with its limits: docs/training.md. */
#ifndef CS_TRAIN_PLAN_H
#define CS_TRAIN_PLAN_H

#include "base/arena.h"
#include "base/schema.h"
#include "detect/head.h"
#include "image/augment.h"
#include "model/card.h"
#include "nn/optim.h"
#include "nn/schedule.h"

/* A folder of scans in LUNA16's layout. */
typedef struct tr_source {
    const char *dir;        /* relative to the plan's own folder, or --data */
    int64_t scans;          /* the first so many, by name; 0: all */
    const char *candidates; /* CSV of a detector's marks on it (seriesuid, x, y,
                               z, probability): hard negatives; or NULL */
} tr_source;

/* Which of the reference's nodules are learned from; others count as
 * excluded. */
typedef struct tr_query {
    double diameter_min, diameter_max; /* mm; 0: no limit */
} tr_query;

typedef struct tr_data {
    CS_LIST(tr_source) train, validate;
    tr_query query;
    md_source source; /* what the card will say */
} tr_data;

typedef enum tr_crop {
    TR_CROP_BALANCED, /* by the shares below */
    TR_CROP_CENTRE,   /* the reference's: the middle of the scan, padded */
} tr_crop;

typedef struct tr_sampling {
    tr_crop crop;
    double nodules, hard, background; /* shares of the samples; their sum is 1.
                                         Without hard negatives the share of
                                         `hard` goes to the background */
    double jitter;      /* mm: a nodule lies up to so far from the centre */
    double size_power;  /* nodules are drawn with weight diameter^-power */
    int64_t per_epoch;  /* samples */
    int64_t mine_every; /* epochs; the present weights look for false positives
                           in `mine_scans` training scans, which become hard
                           negatives; 0: never */
    int64_t mine_scans;
} tr_sampling;

typedef struct tr_augment {
    bool nodules; /* start from im_augment_nodules() and not from nothing */
    im_augment_spec spec;
} tr_augment;

typedef struct tr_optimiser {
    nn_optim_options options;
    double lr;
    double clip; /* of the gradients' norm; 0: none */
    double ema;  /* decay of averaged weights, which are validated and kept; 0:
                    none */
} tr_optimiser;

typedef enum tr_metric {
    TR_METRIC_LOSS, /* of validation; falls */
    TR_METRIC_CPM,  /* detection; rises, as all below */
    TR_METRIC_DICE, /* voxels */
    TR_METRIC_AUC,  /* class */
    TR_METRICS,
} tr_metric;
extern const char *const tr_metric_words[]; /* "loss" and so on */

typedef struct tr_validation {
    int64_t every;    /* epochs; 0: never, for there is no data.validate */
    int64_t scans;    /* at most, of data.validate; 0: all */
    int metric;       /* tr_metric: the best weights by it are kept */
    int64_t patience; /* validations without progress before it stops; 0: goes
                         on */
} tr_validation;

typedef enum tr_precision {
    TR_PRECISION_F32,  /* the engine's fast kernels */
    TR_PRECISION_EXACT /* convolutions by definition */
} tr_precision;

typedef struct tr_plan {
    cs_arena *arena; /* holds all text and lists */
    const char *name;
    char sha256[65]; /* of the file's bytes */
    char *text;      /* the file, for the run's folder */
    md_recipe recipe;
    tr_data data;
    tr_sampling sampling;
    tr_augment augment;
    dt_loss_options loss;
    tr_optimiser optimiser;
    nn_schedule schedule; /* steps; lr is the optimiser's */
    int64_t epochs;
    int64_t batch;
    int64_t accumulate; /* batches a step */
    tr_validation validation;
    int64_t checkpoint_every; /* steps; 0: at the end of an epoch alone */
    uint64_t seed;
    tr_precision precision;
    const char *start; /* weights to begin with; the file's path is relative to
                          the plan, this one is ready to be opened; NULL */
} tr_plan;

#define TR_PLAN_INIT                                                           \
    {                                                                          \
        .arena = NULL                                                          \
    }

/* Errors name file, line and column. *ret must be zeroed. */
int tr_plan_load(const char *path, tr_plan *ret, cs_errinfo *info);
/* The same for a text in memory. `name` stands for it in errors, and its folder
 * is the one that `start` is relative to. */
int tr_plan_parse(cs_str text, const char *name, tr_plan *ret,
                  cs_errinfo *info);
void tr_plan_done(tr_plan *p);

/* Steps of the whole training. */
uint64_t tr_plan_steps(const tr_plan *p);

#endif
