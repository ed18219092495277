/* Where one nodule ends: on its patch, without the vessels that enter it, the
 * spicules that leave it and the wall it may lie on. How: docs/measurement.md.
 */
#ifndef CS_LUNG_OUTLINE_H
#define CS_LUNG_OUTLINE_H

#include "lung/halo.h"

typedef struct lu_outline {
    im_volume mask;   /* TN_U8 on the patch's grid */
    im_volume depth;  /* TN_F32: mm from voxels above the level to the nearest
                         that is not */
    size_t middle[3]; /* of the largest ball in it, */
    double ball_mm;   /* and that ball's radius */
    double level;     /* HU of the border, in the smoothed patch */
    lu_halo halo;     /* of what stands out at all */
    double inside;    /* HU a little inside of it */
    bool found;       /* false: the border cannot be told; mask may be empty */
} lu_outline;

/* *ret must be zeroed; on failure it stays so. */
int lu_outline_find(const im_run *run, const lu_patch *patch, lu_outline *ret,
                    cs_errinfo *info);

/* A ball of the seed's size, for what has no border. */
int lu_outline_ball(const im_run *run, const lu_patch *patch, lu_outline *ret,
                    cs_errinfo *info);

void lu_outline_done(lu_outline *o);

#endif
