/* What a detector finds, and the reference it is held against. Positions are
 * world millimetres. */
#ifndef CS_DETECT_CANDIDATE_H
#define CS_DETECT_CANDIDATE_H

#include "base/vec.h"

typedef struct dt_candidate {
    double centre[3];
    double diameter; /* mm */
    double score;    /* 0 … 1 */
} dt_candidate;

typedef CS_VEC(dt_candidate) dt_candidates;

/* A nodule of the reference. */
typedef struct dt_nodule {
    double centre[3];
    double diameter;  /* mm */
    int8_t malignant; /* 1, 0; -1: not known */
    bool excluded;    /* neither found nor false: nothing is learned from it */
} dt_nodule;

/* By falling score; of two that are equal, by z, y, x, so that the order does
 * not depend on that of discovery. */
void dt_candidates_sort(dt_candidates *c);

/* Sorts, and leaves of those that overlap only the best: two overlap where the
 * centres are nearer than half the larger diameter, or `apart` mm. Keeps at
 * most `most` (0: all). */
void dt_candidates_merge(dt_candidates *c, double apart, size_t most);

#endif
