/* A plan carried out: the augmented image and its masks. Together with the
 * points of augment_map.h they stay in register, whatever the plan.
 *
 * Masks and labels move with the image and are otherwise untouched: thick
 * slices, blur, noise and values concern the image alone, as a scanner's
 * would, for the annotation tells what is there. */
#ifndef CS_IMAGE_AUGMENT_PATCH_H
#define CS_IMAGE_AUGMENT_PATCH_H

#include "image/augment.h"
#include "image/run.h"
#include "image/volume.h"

/* Fills `patch`, an initialised volume of TN_F32 or TN_I16 anywhere in the
 * world, with what the plan makes of `scan` (TN_I16 or TN_F32) there; outside
 * the scan lies `fill`, -1024 HU of air for a CT. i16 is rounded to nearest
 * and clamped, NaN gives 0. The identity gives exactly the scan's voxels where
 * both grids agree. The two volumes share no voxels. On failure the patch's
 * voxels are undefined. */
int im_augment_image(const im_run *run, const im_augment_plan *plan,
                     const im_volume *scan, float fill, im_volume *patch,
                     cs_errinfo *info);

/* The same for a mask or labels: nearest voxel, 0 outside; both volumes of one
 * integer type of at most 32 bits. */
int im_augment_labels(const im_run *run, const im_augment_plan *plan,
                      const im_volume *scan, im_volume *patch,
                      cs_errinfo *info);

#endif
