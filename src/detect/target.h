/* Which cells (or anchors) are to find which nodule. */
#ifndef CS_DETECT_TARGET_H
#define CS_DETECT_TARGET_H

#include "detect/head_impl.h"

/* Owners that are no nodule. */
#define DT_NOBODY (-1) /* there is none here */
#define DT_UNUSED (-2) /* nothing is learned here */

/* A slot is a cell of centres, or an anchor of a cell: [anchor][z][y][x]. */
typedef struct dt_target {
    size_t slots;   /* of one sample */
    int32_t *owner; /* [n][slots]: number of the sample's nodule, or above */
    float *heat; /* [n][slots]: how near a nodule is, 0 … 1; centres alone */
    size_t *first;   /* [n]: where a sample's nodules begin in those below */
    size_t *nearest; /* of each nodule: the slot that is its own in any case,
                        or SIZE_MAX */
    size_t *owned;   /* of each nodule: its slots */
    double found;    /* nodules that own a slot, at least 1: what is divided
                        by */
} dt_target;

#define DT_TARGET_INIT                                                         \
    {                                                                          \
        0, NULL, NULL, NULL, NULL, NULL, 0                                     \
    }

void dt_target_done(dt_target *t);

/* Gaussians about each nodule. Its own are the cells within 0.3 diameters, and
 * the one that holds its centre. Of several claims to a cell the nearest
 * centre's holds. */
int dt_target_centres(const dt_batch *b, dt_target *ret, cs_errinfo *info);

/* By overlap: its own are the anchors that overlap it by more than half, and
 * the best one of the cell that holds its centre. */
int dt_target_anchors(const dt_batch *b, dt_target *ret, cs_errinfo *info);

/* An edge of anchor a in voxels. */
double dt_anchor_edge(const md_recipe *r, size_t a);

/* --- for those two --- */

/* Slots owned by nobody; `heat` asks for that array too. */
int dt_target_init(const dt_batch *b, size_t slots, bool heat, dt_target *ret,
                   cs_errinfo *info);
/* Fills owned and found in from owner. */
void dt_target_count(const dt_batch *b, dt_target *t);

/* What a slot owned by nodule `owner` weighs: those of a nodule weigh as much
 * as any other's together, and all nodules 1. */
static inline double dt_target_weight(const dt_target *t, size_t sample,
                                      int32_t owner)
{
    size_t owned = t->owned[t->first[sample] + (size_t)owner];
    return 1 / ((double)owned * t->found);
}

#endif
