/* The plan's folders, read: which scans there are, with their masks, nodules
 * and hard negatives; before any scan is looked into. */
#ifndef CS_TRAIN_GATHER_H
#define CS_TRAIN_GATHER_H

#include "train/dataset.h"

typedef struct tr_entry {
    tr_scan scan;
    const char *lungs, *nodules; /* masks, or NULL */
    int32_t *labels;             /* of each nodule in its mask; 0: none */
} tr_entry;

typedef struct tr_gathered {
    cs_arena arena; /* of all texts and lists */
    CS_VEC(tr_entry) entries;
    CS_VEC(const char *) warnings;
} tr_gathered;

/* From zeros; what was gathered is the caller's whatever happens. */
int tr_gather(const tr_dataset_spec *spec, tr_gathered *ret, cs_errinfo *info);
void tr_gathered_done(tr_gathered *g);

/* What `why` says, about `name`, becomes a warning. */
int tr_gathered_warn(tr_gathered *g, const char *name, const cs_errinfo *why,
                     cs_errinfo *info);

#endif
