/* Median filter of TN_I16 and TN_U8 volumes, as ITK's MedianImageFilter: of
 * the box of 2 r + 1 voxels along each axis, the border repeated outwards.
 * 3x3x3 goes through a network of minima and maxima on vectors; other radii
 * by selection, which costs in proportion to the box. *ret must be empty.
 * Memory beside the result: some rows a thread. */
#ifndef CS_IMAGE_MEDIAN_H
#define CS_IMAGE_MEDIAN_H

#include "image/run.h"
#include "image/volume.h"

/* CS_E_UNSUPPORTED for other element types, CS_E_LIMIT for a radius above 64.
 */
int im_median(const im_run *run, const im_volume *v, const size_t radius[3],
              im_volume *ret, cs_errinfo *info);

#endif
