/* Which patch comes next, and making it: chosen from seed, epoch and number
 * (and the hard negatives known) alone, never from time or threads. Loader
 * threads make samples ahead of the trainer, in order. */
#ifndef CS_TRAIN_SAMPLER_H
#define CS_TRAIN_SAMPLER_H

#include "train/dataset.h"

typedef struct tr_sample {
    float *image;     /* [z][y][x] of the recipe's patch */
    uint8_t *mask;    /* memory of dt_truth's, of heads that score voxels;
                         truth.mask tells whether it counts */
    dt_seen *nodules; /* in voxels of the patch */
    dt_truth truth;   /* points at the three above */
    size_t scan;      /* of the data set */
} tr_sample;

typedef struct tr_sampler tr_sampler;

typedef struct tr_sampler_spec {
    const tr_plan *plan;
    const tr_dataset *data;
    unsigned loaders; /* threads beside the trainer's pool; 0: made by the
                         caller of tr_sampler_next() */
    cs_cpu_tier tier;
    size_t ahead; /* samples made in advance at most; 0: as many as are needed
                     to keep the loaders busy */
} tr_sampler_spec;

int tr_sampler_new(const tr_sampler_spec *spec, tr_sampler **ret,
                   cs_errinfo *info);
void tr_sampler_free(tr_sampler *s); /* stops the loaders */
CS_DEFINE_AUTO(tr_sampler)

/* More hard negatives for scan `scan`, from mining: of `c` those that lie on no
 * nodule and beside none that is known already. Samples that were made ahead
 * are made anew with them. */
int tr_sampler_add_hard(tr_sampler *s, size_t scan, const dt_candidate *c,
                        size_t n, cs_errinfo *info);
/* All of a scan, those of its source first; until the next are added. A
 * checkpoint keeps them. */
const dt_candidate *tr_sampler_hard(const tr_sampler *s, size_t scan,
                                    size_t *ret_n);

/* Samples from number `first` of `epoch` on; what was made ahead is dropped,
 * unless it comes now. After an epoch's last sample comes the next one's
 * first. */
int tr_sampler_seek(tr_sampler *s, uint64_t epoch, uint64_t first,
                    cs_errinfo *info);
/* The next sample; the caller gives it back. After a failure the same one is
 * tried again. */
int tr_sampler_next(tr_sampler *s, tr_sample **ret, cs_errinfo *info);
void tr_sampler_give_back(tr_sampler *s, tr_sample *sample);

/* Of MD_HEAD_CLASS validation: every item once (each nodule, then each hard
 * negative; without any of these, as many places in healthy lung), unaugmented
 * and given back like the others. */
size_t tr_sampler_items(const tr_sampler *s);
int tr_sampler_item(tr_sampler *s, size_t i, tr_sample **ret, cs_errinfo *info);

#endif
