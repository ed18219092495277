/* Volume and surface of a mask in mm.
 *
 * The area is Crofton's: the mean, over 13 directions of the grid weighted by
 * the share of the sphere that is nearest to each, of how often lines pass the
 * boundary. For round things it has no bias, unlike the area of marching cubes
 * on a mask (6 to 8 % too large at any size). Errors found on shapes placed at
 * random (docs/binary-volumes.md): balls with a radius of 2.5 voxels along the
 * coarsest axis within 6 %, of 6 within 2 %, of 20 within 0.3 %, slices 3.5
 * times as thick included; oblique boxes 2 to 8 % too small; boxes along the
 * axes 9 to 16 % too small, at slices of 2.5 mm and small up to 21 % (a plane
 * along an axis 7 %). */
#ifndef CS_IMAGE_SURFACE_H
#define CS_IMAGE_SURFACE_H

#include "image/bits.h"

typedef struct im_shape {
    size_t voxels;
    double volume_mm3; /* voxels times their volume */
    double area_mm2;
    double sphericity; /* area of the ball of this volume / area; 0: empty */
} im_shape;

/* Of the non-zero voxels; what lies outside the volume is background. Memory:
 * the mask as bits. */
int im_shape_of(const im_run *run, const im_volume *mask, im_shape *ret,
                cs_errinfo *info);
int im_shape_of_bits(const im_run *run, const im_bits *bits,
                     const double spacing[3], im_shape *ret, cs_errinfo *info);

#endif
