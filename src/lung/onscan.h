/* A nodule's mask on the scan's own grid. */
#ifndef CS_LUNG_ONSCAN_H
#define CS_LUNG_ONSCAN_H

#include "image/run.h"
#include "image/volume.h"

/* `mask`, TN_U8 on any grid, as TN_U8 on the part of `scan` that holds it: 1
 * where a voxel's centre lies inside, and in the voxel nearest to `middle`
 * (world mm) where none does. CS_E_RANGE where it lies outside the scan. */
int lu_mask_on_scan(const im_run *run, const im_volume *mask,
                    const im_geometry *scan, const double middle[3],
                    im_volume *ret, cs_errinfo *info);

#endif
