/* Judging a network on scans that it does not learn from. */
#ifndef CS_TRAIN_VALIDATE_H
#define CS_TRAIN_VALIDATE_H

#include "eval/study.h"
#include "train/trainer.h"
#include "train/verdict.h"

typedef struct tr_judge {
    const tr_plan *plan;
    nn_params *params; /* as they are judged */
    im_run run;
    size_t memory_limit;
    const tr_dataset *data;
    tr_sampler *items; /* of MD_HEAD_CLASS, over `data`; otherwise NULL */
    const tr_watch *watch;
} tr_judge;

/* All that the plan's task can be judged by. Detection: FROC, loss and, of
 * heads with voxels, Dice on patches about the nodules. Class: AUC, loss, and
 * what the calibrated probabilities are worth. *v is TR_VERDICT_INIT. */
int tr_validate(const tr_judge *j, tr_verdict *v, cs_errinfo *info);

/* --- its parts --- */

int tr_validate_scans(const tr_judge *j, tr_verdict *v, cs_errinfo *info);
int tr_validate_patches(const tr_judge *j, tr_verdict *v, cs_errinfo *info);
int tr_validate_items(const tr_judge *j, tr_verdict *v, cs_errinfo *info);

/* FROC of a study: "cpm", the sensitivities and the threshold at half a false
 * positive a scan. Afterwards nodules below 6 mm are exclusions in *s. */
int tr_judge_study(ev_study *s, tr_verdict *v, cs_errinfo *info);

/* Scans of `data` that are looked at. */
size_t tr_judge_scans(const tr_judge *j);
/* Tells the watch. */
void tr_judge_progress(const tr_judge *j, size_t done, size_t of);

#endif
