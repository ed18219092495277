/* How far two masks agree: overlap and the distance between their surfaces.
 *
 * A surface is the mask's voxels of which one of the six neighbours is not in
 * the mask; what lies outside the volume is not. Distances go from the centre
 * of a surface voxel to that of the nearest one of the other surface, in mm. */
#ifndef CS_IMAGE_OVERLAP_H
#define CS_IMAGE_OVERLAP_H

#include "base/vec.h"
#include "image/run.h"
#include "image/volume.h"

typedef struct im_overlap {
    int32_t label;
    size_t voxels_a, voxels_b, both;
    double volume_a, volume_b; /* mm^3 */
    double dice, iou;
    /* NaN where one of the two has no such voxel: */
    double hausdorff;   /* greatest distance, either way */
    double hausdorff95; /* greater of both ways' 95th percentiles, linear
                           between ranks as numpy's */
    double mean;        /* over all surface voxels of both */
    double mean_ab, mean_ba;
} im_overlap;

typedef CS_VEC(im_overlap) im_overlaps;

/* One entry for each label but 0 that either volume has, rising. Elements must
 * be whole numbers of 32 bits, whatever their type. Volumes that are not on the
 * same grid are CS_E_FORMAT. `ret` is empty before, and after a failure. */
int im_overlap_of(const im_run *run, const im_volume *a, const im_volume *b,
                  im_overlaps *ret, cs_errinfo *info);

#endif
