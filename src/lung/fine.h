/* The lung drawn on the scan's own grid. Inside, the coarse labels stand for
 * all their voxels, vessels included; at the surface each voxel is asked for
 * its own HU, and where the coarse lung was closed over tissue its outline is
 * interpolated. */
#ifndef CS_LUNG_FINE_H
#define CS_LUNG_FINE_H

#include "lung/levels.h"

typedef struct lu_drawing {
    const im_volume *scan; /* TN_I16 */
    const lu_coarse *coarse;
    const uint8_t *label;   /* coarse: LU_LEFT, LU_RIGHT, 0 */
    const uint8_t *barred;  /* coarse: non-zero is not lung … */
    const uint8_t *airways; /* … and 1 here is in an airway, 2 at its wall */
    const lu_levels *levels;
} lu_drawing;

/* TN_U8 on the scan's geometry; *ret must be empty. */
int lu_fine_draw(const im_run *run, const lu_drawing *d, im_volume *ret,
                 cs_errinfo *info);

#endif
