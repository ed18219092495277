/* Every key of a plan with its type, limits and default. */
#include <assert.h>

#include "train/plan_raw.h"

#define HU_MIN (-32768)
#define HU_MAX 32767
#define BATCH_MAX 1024
#define COUNT_MAX 100000000

static const char *const head_words[] = {"voxels", "anchors", "centres",
                                         "class",  "auto",    NULL};
static const char *const crop_words[] = {"balanced", "centre", NULL};
static const char *const preset_words[] = {"none", "nodules", NULL};
static const char *const optim_words[] = {"sgd", "adam", "adamw", NULL};
const char *const tr_schedule_words[] = {"constant", "step",      "multi-step",
                                         "cosine",   "one-cycle", NULL};
const char *const tr_metric_words[] = {"loss", "cpm",  "dice",
                                       "auc",  "auto", NULL};
static const char *const precision_words[] = {"f32", "exact", NULL};

static_assert(CS_COUNTOF(head_words) == MD_HEADS + 2, "a word each, and auto");
static_assert(CS_COUNTOF(tr_metric_words) == TR_METRICS + 2, "and auto");

#define RATE .fmin = 0, .fmax = 1
#define ITEMS(n) .min_items = (n), .max_items = (n)

/* --- what is learned from --- */

static const cs_field input_fields[] = {
    CS_FIELD(FLOAT, tr_raw_input, spacing, "spacing", .fmin = 0, .fmax = 10,
             .fallback = "1"),
    CS_FIELD_LIST_OF(FLOAT, tr_raw_input, window, "window", .fmin = HU_MIN,
                     .fmax = HU_MAX, .fallback = "-1000, 400", ITEMS(2)),
    CS_FIELD_LIST_OF(INT64, tr_raw_input, patch, "patch", .min = 8, .max = 512,
                     .fallback = "64, 64, 64", ITEMS(3)),
};
static const cs_table input_table = CS_TABLE(tr_raw_input, input_fields);

static const cs_field head_fields[] = {
    CS_FIELD(ENUM, tr_raw_head, kind, "kind", .words = head_words,
             .fallback = "auto"),
    CS_FIELD_LIST_OF(FLOAT, tr_raw_head, anchors, "anchors", .fmin = 0.5,
                     .fmax = 200, .max_items = MD_ANCHORS_MAX),
};
static const cs_table head_table = CS_TABLE(tr_raw_head, head_fields);

static const cs_field source_fields[] = {
    CS_FIELD(STRING, tr_source, dir, "dir", .required = true,
             .text = CS_TEXT_PATH),
    CS_FIELD(INT64, tr_source, scans, "scans", .min = 0, .max = COUNT_MAX),
    CS_FIELD(STRING, tr_source, candidates, "candidates", .text = CS_TEXT_PATH),
};
static const cs_table source_table = CS_TABLE(tr_source, source_fields);

static const cs_field query_fields[] = {
    CS_FIELD(FLOAT, tr_query, diameter_min, "min-diameter", .fmin = 0,
             .fmax = 500),
    CS_FIELD(FLOAT, tr_query, diameter_max, "max-diameter", .fmin = 0,
             .fmax = 500),
};
static const cs_table query_table = CS_TABLE(tr_query, query_fields);

static const cs_field data_fields[] = {
    CS_FIELD_LIST_OF_STRUCT(tr_data, train, "train", &source_table,
                            .required = true, .min_items = 1, .max_items = 64),
    CS_FIELD_LIST_OF_STRUCT(tr_data, validate, "validate", &source_table,
                            .max_items = 64),
    CS_FIELD_STRUCT(tr_data, query, "query", &query_table),
    CS_FIELD(ENUM, tr_data, source, "source", .words = md_source_words,
             .required = true),
};
static const cs_table data_table = CS_TABLE(tr_data, data_fields);

static const cs_field sampling_fields[] = {
    CS_FIELD(ENUM, tr_sampling, crop, "crop", .words = crop_words,
             .fallback = "balanced"),
    CS_FIELD(FLOAT, tr_sampling, nodules, "nodules", RATE),
    CS_FIELD(FLOAT, tr_sampling, hard, "hard", RATE),
    CS_FIELD(FLOAT, tr_sampling, background, "background", RATE),
    CS_FIELD(FLOAT, tr_sampling, jitter, "jitter", .fmin = 0, .fmax = 200,
             .fallback = "0"),
    CS_FIELD(FLOAT, tr_sampling, size_power, "size-power", .fmin = 0, .fmax = 4,
             .fallback = "0"),
    CS_FIELD(INT64, tr_sampling, per_epoch, "per-epoch", .min = 1,
             .max = COUNT_MAX, .required = true),
    CS_FIELD(INT64, tr_sampling, mine_every, "mine-every", .min = 0,
             .max = 100000),
    CS_FIELD(INT64, tr_sampling, mine_scans, "mine-scans", .min = 1,
             .max = 100000, .fallback = "8"),
};
static const cs_table sampling_table = CS_TABLE(tr_sampling, sampling_fields);

/* --- how samples are varied --- */

#define PROBABILITY                                                            \
    CS_FIELD(FLOAT, tr_raw_variation, probability, "probability", RATE)
#define VALUES(key, low, high, n)                                              \
    CS_FIELD_LIST_OF(FLOAT, tr_raw_variation, values, key, .fmin = (low),      \
                     .fmax = (high), ITEMS(n))
#define EXTRA(key, low, high)                                                  \
    CS_FIELD(FLOAT, tr_raw_variation, extra, key, .fmin = (low), .fmax = (high))
#define VARIATION(name, ...)                                                   \
    static const cs_field name##_fields[] = {__VA_ARGS__};                     \
    static const cs_table name##_table =                                       \
        CS_TABLE(tr_raw_variation, name##_fields)

VARIATION(flip, VALUES("probability", 0, 1, 3));
VARIATION(rotate, PROBABILITY, VALUES("degrees", 0, 180, 3));
VARIATION(scale, PROBABILITY, VALUES("factor", 0.1, 10, 2));
VARIATION(shift, PROBABILITY, VALUES("mm", 0, 1000, 3));
VARIATION(elastic, PROBABILITY, EXTRA("grid", 4, 1000),
          VALUES("mm", 0, 350, 2));
VARIATION(thick, PROBABILITY, VALUES("mm", 0, 100, 2));
VARIATION(blur, PROBABILITY, VALUES("sigma", 0, 50, 2));
VARIATION(noise, PROBABILITY, VALUES("sigma", 0, 10000, 2));
VARIATION(gamma, PROBABILITY, VALUES("exponent", 0.1, 10, 2),
          CS_FIELD_LIST_OF(FLOAT, tr_raw_variation, between, "between",
                           .fmin = HU_MIN, .fmax = HU_MAX, ITEMS(2)));
VARIATION(contrast, PROBABILITY, VALUES("factor", 0, 100, 2),
          EXTRA("centre", HU_MIN, HU_MAX));
VARIATION(brightness, PROBABILITY, VALUES("hu", HU_MIN, HU_MAX, 2));

#define PART(S, name) CS_FIELD_STRUCT(S, name, #name, &name##_table)

static const cs_field augment_fields[] = {
    CS_FIELD(ENUM, tr_raw_augment, preset, "preset", .words = preset_words,
             .fallback = "none"),
    PART(tr_raw_augment, flip),
    PART(tr_raw_augment, rotate),
    PART(tr_raw_augment, scale),
    PART(tr_raw_augment, shift),
    PART(tr_raw_augment, elastic),
    PART(tr_raw_augment, thick),
    PART(tr_raw_augment, blur),
    PART(tr_raw_augment, noise),
    PART(tr_raw_augment, gamma),
    PART(tr_raw_augment, contrast),
    PART(tr_raw_augment, brightness),
};
static const cs_table augment_table = CS_TABLE(tr_raw_augment, augment_fields);

/* --- how it is learned --- */

static const cs_field loss_fields[] = {
    CS_FIELD(ENUM, dt_loss_options, kind, "kind", .words = dt_loss_words,
             .fallback = "default"),
    CS_FIELD(FLOAT, dt_loss_options, alpha, "alpha", .fmin = 0,
             .fmax = 0.999999),
    CS_FIELD(FLOAT, dt_loss_options, gamma, "gamma", .fmin = 0, .fmax = 9),
    CS_FIELD(FLOAT, dt_loss_options, box, "box", .fmin = 0, .fmax = 1000),
    CS_FIELD(FLOAT, dt_loss_options, smoothing, "smoothing", .fmin = 0,
             .fmax = 0.5),
    CS_FIELD(FLOAT, dt_loss_options, positive, "positive", .fmin = 0,
             .fmax = 1000),
};
static const cs_table loss_table = CS_TABLE(dt_loss_options, loss_fields);

static const cs_field optimiser_fields[] = {
    CS_FIELD(ENUM, tr_raw_optimiser, optimiser.options.kind, "kind",
             .words = optim_words, .fallback = "adamw"),
    CS_FIELD(FLOAT, tr_raw_optimiser, optimiser.lr, "lr", .fmin = 1e-12,
             .fmax = 100, .required = true),
    CS_FIELD(FLOAT, tr_raw_optimiser, optimiser.options.weight_decay,
             "weight-decay", .fmin = 0, .fmax = 10),
    CS_FIELD(FLOAT, tr_raw_optimiser, optimiser.options.momentum, "momentum",
             RATE),
    CS_FIELD(BOOL, tr_raw_optimiser, optimiser.options.nesterov, "nesterov"),
    CS_FIELD_LIST_OF(FLOAT, tr_raw_optimiser, betas, "betas", .fmin = 0,
                     .fmax = 0.9999999, .fallback = "0.9, 0.999", ITEMS(2)),
    CS_FIELD(FLOAT, tr_raw_optimiser, optimiser.clip, "clip", .fmin = 0,
             .fmax = 1e6),
    CS_FIELD(FLOAT, tr_raw_optimiser, optimiser.ema, "ema", .fmin = 0,
             .fmax = 0.9999999),
};
static const cs_table optimiser_table =
    CS_TABLE(tr_raw_optimiser, optimiser_fields);

static const cs_field schedule_fields[] = {
    CS_FIELD(ENUM, tr_raw_schedule, kind, "kind", .words = tr_schedule_words,
             .fallback = "constant"),
    CS_FIELD(FLOAT, tr_raw_schedule, min_lr, "min-lr", .fmin = 0, .fmax = 100),
    CS_FIELD(FLOAT, tr_raw_schedule, gamma, "gamma", .fmin = 1e-9, .fmax = 10,
             .fallback = "0.1"),
    CS_FIELD(INT64, tr_raw_schedule, warm_up, "warm-up", .min = 0,
             .max = COUNT_MAX),
    CS_FIELD(INT64, tr_raw_schedule, period, "period", .min = 1,
             .max = COUNT_MAX),
    CS_FIELD_LIST_OF(INT64, tr_raw_schedule, milestones, "milestones", .min = 1,
                     .max = COUNT_MAX, .max_items = 64),
};
static const cs_table schedule_table =
    CS_TABLE(tr_raw_schedule, schedule_fields);

static const cs_field validation_fields[] = {
    CS_FIELD(INT64, tr_validation, every, "every", .min = 1, .max = 100000,
             .fallback = "1"),
    CS_FIELD(INT64, tr_validation, scans, "scans", .min = 0, .max = COUNT_MAX),
    CS_FIELD(ENUM, tr_validation, metric, "metric", .words = tr_metric_words,
             .fallback = "auto"),
    CS_FIELD(INT64, tr_validation, patience, "patience", .min = 0,
             .max = 100000),
};
static const cs_table validation_table =
    CS_TABLE(tr_validation, validation_fields);

static const cs_field plan_fields[] = {
    CS_FIELD(STRING, tr_raw_plan, name, "name", .required = true,
             .text = CS_TEXT_IDENTIFIER, .min = 1, .max = 64),
    CS_FIELD(ENUM, tr_raw_plan, task, "task", .words = md_task_words,
             .required = true),
    CS_FIELD(STRING, tr_raw_plan, network, "network", .required = true,
             .text = CS_TEXT_LINE, .max = 64),
    CS_FIELD(INT64, tr_raw_plan, classes, "classes", .min = 1, .max = 16),
    PART(tr_raw_plan, input),
    PART(tr_raw_plan, head),
    CS_FIELD_STRUCT(tr_raw_plan, data, "data", &data_table, .required = true),
    CS_FIELD_STRUCT(tr_raw_plan, sampling, "sampling", &sampling_table,
                    .required = true),
    PART(tr_raw_plan, augment),
    PART(tr_raw_plan, loss),
    CS_FIELD_STRUCT(tr_raw_plan, optimiser, "optimiser", &optimiser_table,
                    .required = true),
    PART(tr_raw_plan, schedule),
    CS_FIELD(INT64, tr_raw_plan, epochs, "epochs", .min = 1, .max = 100000,
             .required = true),
    CS_FIELD(INT64, tr_raw_plan, batch, "batch", .min = 1, .max = BATCH_MAX,
             .fallback = "1"),
    CS_FIELD(INT64, tr_raw_plan, accumulate, "accumulate", .min = 1,
             .max = BATCH_MAX, .fallback = "1"),
    PART(tr_raw_plan, validation),
    CS_FIELD(INT64, tr_raw_plan, checkpoint_every, "checkpoint-every", .min = 0,
             .max = COUNT_MAX),
    CS_FIELD(INT64, tr_raw_plan, seed, "seed", .min = 0, .max = INT64_MAX,
             .fallback = "1"),
    CS_FIELD(ENUM, tr_raw_plan, precision, "precision",
             .words = precision_words, .fallback = "f32"),
    CS_FIELD(STRING, tr_raw_plan, start, "start", .text = CS_TEXT_PATH),
};
const cs_table tr_plan_table = CS_TABLE(tr_raw_plan, plan_fields);
