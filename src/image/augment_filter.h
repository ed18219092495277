/* What makes a patch look as if another scanner had taken it: thick slices and
 * blur, in place, along the patch's own axes. What lies outside the patch is
 * not known and taken to be like its border. */
#ifndef CS_IMAGE_AUGMENT_FILTER_H
#define CS_IMAGE_AUGMENT_FILTER_H

#include "image/geometry.h"
#include "image/run.h"

/* Groups of n = round(mm / spacing) slices along z become their mean, which
 * then stands at the middle of its group; the patch's slices are interpolated
 * between these (linearly; the first and the last mean hold outwards). The
 * first group is cut short by `phase` of its slices, as the last one is by the
 * patch's end. Nothing happens where n < 2. */
int im_augment_thick(const im_run *run, const im_geometry *g, double mm,
                     double phase, float *voxels, cs_errinfo *info);

/* A Gaussian of sigma mm along every axis, cut off at 4 sigma. */
int im_augment_blur(const im_run *run, const im_geometry *g, double sigma_mm,
                    float *voxels, cs_errinfo *info);

#endif
