/* Gaussian smoothing.
 *
 * The Gaussian is sampled at voxel centres, cut off beyond 4 sigma and scaled
 * to a sum of 1; beyond the volume's border its outermost voxels go on
 * (SciPy's gaussian_filter with mode "nearest" and truncate 4). Single
 * precision. */
#ifndef CS_IMAGE_SMOOTH_H
#define CS_IMAGE_SMOOTH_H

#include "image/run.h"
#include "image/volume.h"

/* sigma in mm along the grid's x, y and z; 0 leaves an axis as it is. To
 * TN_F32; *ret must be empty. CS_E_RANGE where a sigma is negative, not finite
 * or above 1000 voxels. Between tiers the last places differ. */
int im_smooth(const im_volume *v, const double sigma[3], const im_run *run,
              im_volume *ret, cs_errinfo *info);

#endif
