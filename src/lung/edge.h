/* How sharp a nodule's border is. */
#ifndef CS_LUNG_EDGE_H
#define CS_LUNG_EDGE_H

#include "lung/outline.h"

/* HU per mm: the median, over the border that faces lung, of the fall from
 * inside to outside. 0 where no border does. */
int lu_edge_find(const lu_patch *patch, const lu_outline *outline,
                 double *ret_hu_mm, cs_errinfo *info);

#endif
