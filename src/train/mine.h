/* Mining: what the present weights take for nodules in scans of the training
 * set, and are none, is shown to them more often from then on. */
#ifndef CS_TRAIN_MINE_H
#define CS_TRAIN_MINE_H

#include "train/checkpoint.h"

typedef struct tr_miner {
    const tr_plan *plan;
    nn_params *params; /* as they look */
    im_run run;
    size_t memory_limit;
    const tr_dataset *data; /* trained on */
} tr_miner;

/* After `epoch` (from 1): appends what is new to *mined. Which scans are looked
 * at follows from the plan's seed and the epoch. On failure *mined may hold a
 * part. */
int tr_mine(const tr_miner *m, uint64_t epoch, tr_mined_list *mined,
            cs_errinfo *info);

/* Whether mining follows an epoch. */
bool tr_mine_due(const tr_plan *plan, uint64_t epoch);

/* Of one scan's candidates those that are worth learning from: at least
 * TR_MINE_SCORE, on no nodule nor exclusion, and not the same place as what is
 * in *mined of that scan. */
#define TR_MINE_SCORE 0.1
#define TR_MINE_CLEAR 3.0 /* mm from a nodule's edge, and from each other */
int tr_mine_keep(const tr_scan *scan, size_t number, const dt_candidates *found,
                 tr_mined_list *mined, cs_errinfo *info);

#endif
