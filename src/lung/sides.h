/* The left lung and the right one. Two lungs may touch, in front of the heart
 * or behind it, along a seam thinner than a voxel; a single one may have
 * waists. What counts as two lungs lies side by side, and falls apart when
 * layers are taken off it. */
#ifndef CS_LUNG_SIDES_H
#define CS_LUNG_SIDES_H

#include "image/run.h"
#include "lung/spine.h"

/* The values of LUNA16's masks of lungs (seg-lungs-LUNA16). */
#define LU_LEFT 3
#define LU_RIGHT 4
#define LU_AIRWAYS 5

typedef struct lu_sides {
    bool two;
    /* Of a single lung: how sure its name is, from 0 to 1. 1 for two lungs. */
    double sure;
    double seam_mm; /* two lungs: half the width at which they part; 0: apart */
} lu_sides;

/* Replaces the ones of `lungs` (TN_U8 on the coarse grid) by LU_LEFT and
 * LU_RIGHT. */
int lu_sides_name(const im_run *run, im_volume *lungs, const lu_spine *spine,
                  lu_sides *ret, cs_errinfo *info);

#endif
