/* From what is below the cut to what is lung: vessels, nodules and the smaller
 * bronchi in it taken in, its surface closed over the vessels of the hilum and
 * over nodules on the pleura. */
#ifndef CS_LUNG_ENVELOPE_H
#define CS_LUNG_ENVELOPE_H

#include "image/run.h"
#include "image/volume.h"

/* Grows the lungs of `label` (TN_U8: LU_LEFT, LU_RIGHT) on the coarse grid.
 * Voxels with `barred` (of as many) non-zero stay out. */
int lu_envelope_close(const im_run *run, im_volume *label,
                      const uint8_t *barred, cs_errinfo *info);

#endif
