/* The training loop: batches, steps, validation, the best weights, checkpoints
 * that a killed run goes on from bit for bit.
 *
 * A run's folder:
 *   plan.yaml              the plan as it was
 *   best.safetensors, last.safetensors, with best.card.json, last.card.json
 *   checkpoint.safetensors everything needed to go on: weights, running
 *                          statistics, optimiser, averages, position, mined
 *                          hard negatives, best metric; replaced in one step
 *   metrics.csv            a row a step (log.h)
 *   epochs.csv, history.json
 *   events.out.tfevents.*  for TensorBoard
 */
#ifndef CS_TRAIN_TRAINER_H
#define CS_TRAIN_TRAINER_H

#include "train/log.h"
#include "train/sampler.h"

typedef struct tr_watch { /* any may be NULL */
    /* Scans made ready, of those that the plan names. */
    void (*preparing)(void *ctx, size_t done, size_t scans);
    /* A line: a scan that is left out, and why. */
    void (*warning)(void *ctx, const char *text);
    void (*step)(void *ctx, const tr_step *s);
    void (*validating)(void *ctx, size_t done, size_t of);
    void (*epoch)(void *ctx, const tr_epoch *e);
    bool (*stop)(void *ctx); /* asked after each step: a checkpoint is written
                                and the run ends, to be resumed */
    void *ctx;
} tr_watch;

typedef struct tr_run_spec {
    const tr_plan *plan;
    const char *dir;  /* the run's folder; made if need be */
    const char *root; /* of the data */
    const char *cache;
    bool resume;      /* go on from the checkpoint, if there is one; otherwise
                         a folder that holds a run is CS_E_EXISTS */
    unsigned loaders; /* threads that make samples */
    size_t memory_limit; /* bytes for a network's plan; 0: none. With one, that
                            of training is given up while others run */
    tr_find_lungs *find_lungs; /* for scans without a mask; dataset.h */
    void *lungs_ctx;
    const tr_watch *watch; /* or NULL */
} tr_run_spec;

typedef struct tr_result {
    uint64_t epochs, steps;
    double best; /* of the plan's metric */
    uint64_t best_epoch;
    bool stopped; /* by the watch: not finished */
    bool early;   /* by patience */
} tr_result;

int tr_run(const tr_run_spec *spec, const im_run *run, tr_result *ret,
           cs_errinfo *info);

#endif
