/* Long and short axis, as a radiologist draws them: in one transverse plane,
 * the short one at right angles to the long one. */
#ifndef CS_LUNG_AXES_H
#define CS_LUNG_AXES_H

#include "image/volume.h"
#include "lung/finding.h"

/* What is measured: a mask (TN_U8) on a grid of equal spacing along the
 * patient's axes. Its border runs between voxels: where `field` (TN_F32, same
 * grid) passes `level`, or half way. */
typedef struct lu_solid {
    const im_volume *mask, *field;
    double level;
} lu_solid;

typedef struct lu_axes {
    double long_mm, short_mm; /* 0 for an empty mask */
    lu_line long_axis, short_axis;
} lu_axes;

/* In the plane that holds most of the mask. */
int lu_axes_find(const lu_solid *s, lu_axes *ret, cs_errinfo *info);

#endif
