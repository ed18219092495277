/* Inside the resampling: its ways through a volume. Each writes every voxel of
 * the result. */
#ifndef CS_IMAGE_RESAMPLE_IMPL_H
#define CS_IMAGE_RESAMPLE_IMPL_H

#include "image/resample.h"
#include "image/resample_axis.h"
#include "image/resample_map.h"

typedef struct im_resample_job {
    const im_volume *from;
    im_volume *to;
    const im_axis *axis; /* of the old grid's x, y and z, in whose order the
                            result's are; not for im_resample_any() */
    const im_map *map;
    im_interpolation by;
    const void *filler; /* one element of the result */
    const im_run *run;
    const im_table *table;
} im_resample_job;

/* No arithmetic: copies. Both volumes have the same element type. */
int im_resample_take(const im_resample_job *job, cs_errinfo *info);
/* Linear and cubic. */
int im_resample_axes(const im_resample_job *job, cs_errinfo *info);
/* Any grid, voxel by voxel. */
int im_resample_any(const im_resample_job *job, cs_errinfo *info);

#endif
