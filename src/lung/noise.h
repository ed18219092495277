/* How noisy a scan is: the deviation that is commonest among small patches of
 * soft tissue. Edges and vessels make some patches uneven, but never alike, so
 * the commonest value is that of even tissue (after Christianson et al., AJR
 * 2015;205:W93-9). */
#ifndef CS_LUNG_NOISE_H
#define CS_LUNG_NOISE_H

#include "image/run.h"
#include "image/volume.h"

/* HU, in planes across scan axis `axis`, of patches 6 mm wide. `scan` is
 * TN_I16. 0 where there is too little soft tissue to tell. */
int lu_noise_find(const im_run *run, const im_volume *scan, unsigned axis,
                  double *ret, cs_errinfo *info);

#endif
