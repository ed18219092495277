/* The middle of the nodule that a seed points at: detectors are a few mm off,
 * which for a small nodule is beside it. */
#ifndef CS_LUNG_BLOB_H
#define CS_LUNG_BLOB_H

#include "lung/patch.h"

/* The voxel of the patch, near its middle, that is most like the middle of a
 * blob of the seed's size. */
int lu_blob_find(const im_run *run, const lu_patch *patch, size_t ret[3],
                 cs_errinfo *info);

#endif
