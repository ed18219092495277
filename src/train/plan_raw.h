/* A plan as it stands in the file, before it is understood: what the tables of
 * plan_tables.c decode into. Private to plan*.c.
 *
 * A key that may be absent with a meaning of its own ("as the network has it")
 * is 0 or empty here; where 0 can also be written, ask tr_given(). */
#ifndef CS_TRAIN_PLAN_RAW_H
#define CS_TRAIN_PLAN_RAW_H

#include "train/plan.h"

typedef CS_LIST(double) tr_numbers;
typedef CS_LIST(int64_t) tr_counts;

typedef struct tr_raw_input {
    double spacing;
    tr_numbers window;
    tr_counts patch;
} tr_raw_input;

typedef struct tr_raw_head {
    int kind; /* MD_HEADS is "auto": the network's own */
    tr_numbers anchors;
} tr_raw_head;

/* Any of the variations: each table names the members that it has. */
typedef struct tr_raw_variation {
    double probability;
    tr_numbers values, between;
    double extra;
} tr_raw_variation;

typedef struct tr_raw_augment {
    int preset; /* 1: nodules */
    tr_raw_variation flip, rotate, scale, shift, elastic, thick, blur, noise,
        gamma, contrast, brightness;
} tr_raw_augment;

typedef struct tr_raw_optimiser {
    tr_optimiser optimiser;
    tr_numbers betas;
} tr_raw_optimiser;

typedef struct tr_raw_schedule {
    int kind;
    double min_lr, gamma;
    int64_t warm_up, period;
    tr_counts milestones;
} tr_raw_schedule;

typedef struct tr_raw_plan {
    const char *name, *network, *start;
    int task;
    int64_t classes;
    tr_raw_input input;
    tr_raw_head head;
    tr_data data;
    tr_sampling sampling;
    tr_raw_augment augment;
    dt_loss_options loss;
    tr_raw_optimiser optimiser;
    tr_raw_schedule schedule;
    int64_t epochs, batch, accumulate;
    tr_validation validation; /* its metric: TR_METRICS is "auto" */
    int64_t checkpoint_every;
    int64_t seed;
    int precision;
} tr_raw_plan;

extern const cs_table tr_plan_table;
extern const char *const tr_schedule_words[];

/* Where a dotted key ("input.window") stands; NULL where it is absent. */
const cs_node *tr_plan_node(const cs_node *root, const char *key);
static inline bool tr_given(const cs_node *root, const char *key)
{
    return tr_plan_node(root, key) != NULL;
}

/* The place of the key, or of the nearest map around it that there is. */
cs_place tr_plan_place(const cs_node *root, const char *key);

/* Refuses a key that has no say here: "key 'loss.box' means nothing WHERE". */
int tr_plan_useless(const cs_node *root, const char *key, const char *where,
                    cs_errinfo *info);

/* --- the parts, each checked and with its errors in place --- */

int tr_plan_recipe(const tr_raw_plan *raw, const cs_node *root, md_recipe *ret,
                   cs_errinfo *info);
int tr_plan_sampling(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                     cs_errinfo *info);
int tr_plan_augment(const tr_raw_plan *raw, const cs_node *root,
                    tr_augment *ret, cs_errinfo *info);
int tr_plan_loss(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                 cs_errinfo *info);
int tr_plan_optimiser(const tr_raw_plan *raw, const cs_node *root,
                      tr_optimiser *ret, cs_errinfo *info);
/* When the plan's steps are known. */
int tr_plan_schedule(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                     cs_errinfo *info);
int tr_plan_validation(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                       cs_errinfo *info);

#endif
