/* How near a place is to a lung. */
#ifndef CS_DETECT_NEARBY_H
#define CS_DETECT_NEARBY_H

#include "image/volume.h"

/* Whether grid position `at` lies in a voxel of `lungs` (TN_U8) that is not 0,
 * or has the centre of one within `mm`. Any position will do, also one that is
 * no number. */
bool dt_is_near(const im_volume *lungs, const double at[3], double mm);

#endif
