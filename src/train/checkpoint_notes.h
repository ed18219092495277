/* The numbers of a checkpoint, as notes of its file: readable, and exact. */
#ifndef CS_TRAIN_CHECKPOINT_NOTES_H
#define CS_TRAIN_CHECKPOINT_NOTES_H

#include "train/checkpoint.h"
#include "weights/dict.h"

int tr_notes_add(wt_dict *d, const tr_origin *origin, const tr_progress *p,
                 cs_errinfo *info);

/* CS_E_FORMAT for notes that are missing or no numbers, and for another
 * origin. *p is written only on success. */
int tr_notes_read(const wt_dict *d, const tr_origin *origin, tr_progress *p,
                  cs_errinfo *info);

#endif
