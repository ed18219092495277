/* Where the backbone stands. It names the side of a lung that comes alone, and
 * says near which line a windpipe is to be looked for. Ribs move from slice to
 * slice, the backbone stays: in the mean of all slices it is the brightest
 * spot of the back. */
#ifndef CS_LUNG_SPINE_H
#define CS_LUNG_SPINE_H

#include "image/volume.h"

typedef struct lu_spine {
    bool found;
    double x, y; /* grid position in the coarse scan */
} lu_spine;

/* `kinds` as by regions.h; slices without lung are not looked at. */
int lu_spine_find(const im_volume *hu, const im_volume *kinds, lu_spine *ret,
                  cs_errinfo *info);

#endif
