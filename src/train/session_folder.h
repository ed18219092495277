/* The folder of a run. */
#ifndef CS_TRAIN_SESSION_FOLDER_H
#define CS_TRAIN_SESSION_FOLDER_H

#include "base/strbuf.h"
#include "train/plan.h"

#define TR_CHECKPOINT "checkpoint.safetensors"

/* Makes the folder and locks it until *ret_lock is closed: two trainings in one
 * place are CS_E_ACCESS. One that holds a run is CS_E_EXISTS unless that is to
 * go on; leftovers of a killed writer are removed. */
int tr_folder_open(const char *dir, bool resume, int *ret_lock,
                   cs_errinfo *info);

/* plan.yaml, as it was read. */
int tr_folder_keep_plan(const char *dir, const tr_plan *plan, cs_errinfo *info);

/* Replaces *ret by DIR/NAME. */
int tr_folder_path(const char *dir, const char *name, cs_strbuf *ret,
                   cs_errinfo *info);
bool tr_folder_has(const char *path);

#endif
