/* Which patch is sample number i of an epoch: a function of the plan's seed,
 * the epoch, the number, and the hard negatives known; of nothing else. */
#ifndef CS_TRAIN_CHOICE_H
#define CS_TRAIN_CHOICE_H

#include "train/dataset.h"

typedef enum tr_kind {
    TR_KIND_NODULE,
    TR_KIND_HARD,
    TR_KIND_BACKGROUND,
    TR_KIND_MIDDLE, /* of the whole scan */
} tr_kind;

typedef struct tr_choice {
    tr_kind kind;
    size_t scan;
    double centre[3];      /* world; of the patch, before it is put on the grid;
                              not of TR_KIND_MIDDLE */
    int label;             /* of a class */
    bool augment;          /* by the plan's spec, with ... */
    uint64_t seed, number; /* ... these */
} tr_choice;

/* A place that samples are made about. */
typedef struct tr_spot {
    size_t scan;
    double centre[3];
    int label;
    double weight; /* sum of this one's and those before it */
} tr_spot;

typedef CS_VEC(tr_spot) tr_spots;

typedef struct tr_chooser {
    const tr_plan *plan;
    const tr_dataset *data;
    tr_spots nodules[2]; /* of a malignancy network by their label, otherwise
                            all in the second */
    tr_spots hard;
} tr_chooser;

/* Plan and data are borrowed. CS_E_NOTFOUND where there is nothing to choose
 * what the plan asks for from. */
int tr_chooser_init(tr_chooser *c, const tr_plan *plan, const tr_dataset *data,
                    cs_errinfo *info);
void tr_chooser_done(tr_chooser *c);

/* The hard negatives anew: `n` lists, one a scan. */
int tr_chooser_set_hard(tr_chooser *c, const dt_candidates *lists, size_t n,
                        cs_errinfo *info);

int tr_choose(const tr_chooser *c, uint64_t epoch, uint64_t number,
              tr_choice *ret, cs_errinfo *info);

/* What validation of a class sees: every nodule that counts, then every hard
 * negative; where there are none of those, as many places in healthy lung as
 * there are nodules. */
size_t tr_items(const tr_chooser *c);
int tr_item(const tr_chooser *c, size_t i, tr_choice *ret, cs_errinfo *info);

#endif
