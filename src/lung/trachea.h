/* The windpipe's way through the slices: a round spot of plain air, in tissue,
 * near the midline, that goes on from slice to slice in the upper half of the
 * lungs. */
#ifndef CS_LUNG_TRACHEA_H
#define CS_LUNG_TRACHEA_H

#include "lung/levels.h"
#include "lung/spine.h"

typedef struct lu_trachea {
    bool found;
    double radius_mm; /* of a disc of its mean area */
    size_t slices;
} lu_trachea;

/* `kinds` as by regions.h. Marks its voxels with 1 in `mask` (of zeros, on the
 * coarse grid). */
int lu_trachea_find(const im_volume *hu, const im_volume *kinds,
                    const lu_levels *l, const lu_spine *spine, uint8_t *mask,
                    lu_trachea *ret, cs_errinfo *info);

#endif
