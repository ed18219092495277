/* The 3x3x3 case of median.h. */
#ifndef CS_IMAGE_MEDIAN_CUBE_H
#define CS_IMAGE_MEDIAN_CUBE_H

#include "image/run.h"
#include "image/volume.h"

/* `to` has the size and element type of `from`, TN_I16 or TN_U8. */
int im_median_cube(const im_run *run, const im_volume *from, im_volume *to,
                   cs_errinfo *info);

#endif
