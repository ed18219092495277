/* Everything that a training needs to go on from where it stood, in one file
 * that is replaced in one step (docs/training-loop.md). */
#ifndef CS_TRAIN_CHECKPOINT_H
#define CS_TRAIN_CHECKPOINT_H

#include "train/learner.h"
#include "train/verdict.h"

/* How far a training is. Zero: not begun. */
typedef struct tr_progress {
    uint64_t step;       /* done */
    uint64_t epoch;      /* done, all of it */
    uint64_t sample;     /* used of the epoch that follows */
    double loss;         /* sum over its steps */
    double seconds;      /* that they took */
    uint64_t best_epoch; /* 0: none yet */
    double best;         /* of the plan's metric */
    uint64_t stale;      /* validations since */
    int64_t saved;       /* wall clock, ns, when the last epoch ended */
    tr_verdict verdict;  /* of the last validation */
} tr_progress;

#define TR_PROGRESS_INIT                                                       \
    {                                                                          \
        .verdict = TR_VERDICT_INIT                                             \
    }

/* A false positive that mining found, in the order in which it was added. */
typedef struct tr_mined {
    size_t scan;
    dt_candidate at;
} tr_mined;

typedef CS_VEC(tr_mined) tr_mined_list;

/* What must be the same for a run to go on. Hexadecimal digests. */
typedef struct tr_origin {
    const char *plan, *training, *validation;
} tr_origin;

int tr_checkpoint_write(const char *path, const tr_origin *origin,
                        tr_learner *l, const tr_progress *p,
                        const tr_mined_list *mined, cs_errinfo *info);

/* Puts everything back. Another plan or other data are CS_E_FORMAT and named;
 * then, and for any file that is not a checkpoint of this network, nothing of
 * *p and *mined has changed, though the learner may have. `scans` is how many
 * the data set has. *mined is empty before. */
int tr_checkpoint_read(const char *path, const tr_origin *origin, size_t scans,
                       tr_learner *l, tr_progress *p, tr_mined_list *mined,
                       cs_errinfo *info);

#endif
