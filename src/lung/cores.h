/* Which gas is lung. What is below the cut (outside air, each lung, windpipe,
 * stomach ...) is one piece too often; its cores, the parts deep inside, are
 * not. Each is named by what it looks like and where it looks to. Lung is not
 * plain: it has vessels, and is denser than air. Air round the patient and in
 * the gut is plain, and the former sees the edge of the scan. Neither is enough
 * alone: in a crop a lung may see the edge too, and mattresses are denser than
 * air. */
#ifndef CS_LUNG_CORES_H
#define CS_LUNG_CORES_H

#include "lung/levels.h"
#include "lung/parts.h"

typedef enum lu_kind {
    LU_TISSUE,  /* above the cut, or too small to tell */
    LU_LUNG,    /* with what of the airways is below the cut and in it */
    LU_GAS,     /* plain air inside the patient: windpipe, gut */
    LU_OUTSIDE, /* air round the patient */
    LU_BRANCH,  /* gas that the windpipe opens into: see regions.h */
} lu_kind;

typedef struct lu_cores {
    im_volume low;   /* TN_U8: below the cut */
    im_volume depth; /* TN_F32: mm from where it is not */
    lu_parts parts;
    size_t count;  /* labels above are not cores, being too many */
    uint8_t *kind; /* lu_kind by label, [0] being LU_TISSUE */
} lu_cores;

#define LU_CORES_INIT                                                          \
    {                                                                          \
        .low = IM_VOLUME_INIT, .depth = IM_VOLUME_INIT, .parts = LU_PARTS_INIT \
    }

/* Sets l->air too. *ret must be empty, and stays so on failure. */
int lu_cores_find(const im_run *run, const im_volume *hu, lu_levels *l,
                  lu_cores *ret, cs_errinfo *info);
void lu_cores_done(lu_cores *c);

#endif
