/* Voxels of a patch, sampled once from a scan through an augmentation's map:
 * flips, turns, scale, shift and bending together, without a step between.
 * Only the part of the scan under the patch is read.
 *
 * A voxel is a box around its centre: the scan reaches half a voxel beyond its
 * outermost centres, with their values; everything further out has the value
 * that the caller names. Where the patch's grid falls upon the scan's own,
 * voxels are copied. */
#ifndef CS_IMAGE_AUGMENT_SAMPLE_H
#define CS_IMAGE_AUGMENT_SAMPLE_H

#include "image/augment_map.h"
#include "image/run.h"
#include "image/volume.h"

/* Linear; `scan` is TN_I16 or TN_F32, `voxels` as many floats as `patch` has
 * voxels. CS_E_UNSUPPORTED for other types, CS_E_LIMIT where the part of the
 * scan under the patch spans 2^31 voxels. */
int im_augment_sample(const im_run *run, const im_augment_map *map,
                      const im_volume *scan, const im_geometry *patch,
                      float fill, float *voxels, cs_errinfo *info);

/* Nearest voxel, for masks and labels of any integer type up to 32 bits; 0
 * outside. `voxels` are of the scan's type. */
int im_augment_sample_labels(const im_run *run, const im_augment_map *map,
                             const im_volume *scan, const im_geometry *patch,
                             void *voxels, cs_errinfo *info);

#endif
