/* Where in the lungs a nodule lies. */
#ifndef CS_LUNG_PLACE_H
#define CS_LUNG_PLACE_H

#include "lung/finding.h"
#include "lung/patch.h"

/* Sets left, zone, upper_lobe_likely, pleura_mm and perifissural_unknown.
 * `mask` (TN_U8, along the patient's axes): the nodule's. `m` has its
 * centroid. */
int lu_place_find(const im_run *run, const im_volume *lungs,
                  const im_volume *mask, lu_measure *m, cs_errinfo *info);

#endif
