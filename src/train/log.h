/* What a run writes down as it goes: metrics.csv and epochs.csv for tables,
 * history.json for programs, an event file for TensorBoard. A resumed run cuts
 * rows beyond its checkpoint and goes on, so that no step is there twice. */
#ifndef CS_TRAIN_LOG_H
#define CS_TRAIN_LOG_H

#include "detect/head.h"
#include "model/card.h"

typedef struct tr_step {
    uint64_t step, steps; /* from 1, of so many */
    uint64_t epoch;       /* from 1 */
    dt_loss loss;
    double lr, norm; /* of the gradients, before clipping */
    double seconds;  /* load to update */
    double waited;   /* of it, for samples */
} tr_step;

typedef struct tr_epoch {
    uint64_t epoch, step;
    double loss; /* mean over its steps */
    double seconds;
    bool validated;
    md_metric *metrics; /* of validation: loss, cpm, froc at seven rates, dice,
                           auc; borrowed */
    size_t metric_count;
    bool best;
} tr_epoch;

typedef struct tr_log tr_log;

/* In folder `dir`, which is there; steps above `from` are cut from all that is
 * in it (0: everything), and so is what a kill left half written. Event files
 * are cut too, but each opening begins one of its own (train/events.h). */
int tr_log_open(const char *dir, uint64_t from, tr_log **ret, cs_errinfo *info);
void tr_log_free(tr_log *l);
CS_DEFINE_AUTO(tr_log)

int tr_log_step(tr_log *l, const tr_step *s, cs_errinfo *info);
/* One that is there already, because a checkpoint came before its validation,
 * is replaced. */
int tr_log_epoch(tr_log *l, const tr_epoch *e, cs_errinfo *info);
/* Everything written is on the disk when it returns: before a checkpoint. */
int tr_log_flush(tr_log *l, cs_errinfo *info);

#endif
