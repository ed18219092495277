/* From a scan's files to the prepared scan. */
#ifndef CS_TRAIN_MAKING_H
#define CS_TRAIN_MAKING_H

#include "train/dataset.h"

typedef struct tr_making {
    const char *scan, *lungs, *nodules; /* files; masks may be NULL */
    double spacing;                     /* the recipe's */
    const dt_nodule *list;
    const int32_t *labels; /* of the nodules in their mask; 0: not in it */
    size_t count;
    tr_find_lungs *find_lungs; /* where there is no mask of the lungs */
    void *lungs_ctx;
} tr_making;

/* Stands for everything the result depends on: names, sizes, times and first
 * and last bytes of the files, the nodules, the spacing, and this version of
 * us. A file that cannot be read is an error. */
int tr_making_key(const tr_making *m, cs_digest *ret, cs_errinfo *info);

/* CS_E_NOTFOUND where there is neither a mask of the lungs nor somebody to make
 * one. */
int tr_making_run(const tr_making *m, const im_run *run, tr_prepared *ret,
                  cs_errinfo *info);

#endif
