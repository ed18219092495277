/* A run that is open: its folder, data, learner and position. */
#ifndef CS_TRAIN_SESSION_H
#define CS_TRAIN_SESSION_H

#include "base/hash.h"
#include "train/checkpoint.h"
#include "train/keep.h"
#include "train/session_folder.h"
#include "train/trainer.h"

typedef struct tr_session {
    const tr_run_spec *spec;
    const tr_plan *plan;
    im_run run;
    int lock;                          /* descriptor of the folder; -1: none */
    tr_dataset *training, *validation; /* the latter NULL where nothing is
                                          validated */
    tr_sampler *sampler;
    tr_sampler *items; /* of class heads, over `validation` */
    tr_learner learner;
    tr_log *log;
    tr_sample **batch;
    tr_progress at;
    tr_mined_list mined;
    tr_origin origin;
    char parent[CS_DIGEST_TEXT_MAX]; /* "": none */
} tr_session;

#define TR_SESSION_INIT                                                        \
    {                                                                          \
        .lock = -1, .learner = TR_LEARNER_INIT, .at = TR_PROGRESS_INIT,        \
    }

/* Ready for the next step: a new run, or one put back to its checkpoint. *s is
 * TR_SESSION_INIT, and the caller's to close whatever comes out. */
int tr_session_open(tr_session *s, const tr_run_spec *spec, const im_run *run,
                    cs_errinfo *info);
void tr_session_close(tr_session *s);

/* Log to the disk, then the checkpoint. */
int tr_session_checkpoint(tr_session *s, cs_errinfo *info);

/* last.* and, where this epoch is the best so far, best.*: after the checkpoint
 * that says so. Once more after a restart, as nobody knows whether a killed run
 * got so far; the bytes are the same. */
int tr_session_keep(tr_session *s, cs_errinfo *info);

/* --- the end of an epoch (session_epoch.c) --- */

/* Validates and mines as the plan asks, writes everything down, and tells the
 * watch. */
int tr_session_end_epoch(tr_session *s, cs_errinfo *info);

/* No step is left: all epochs are done, or patience is at its end. */
bool tr_session_finished(const tr_session *s);
bool tr_session_early(const tr_session *s);

/* Steps of an epoch. */
uint64_t tr_session_epoch_steps(const tr_session *s);

#endif
