/* Inside the resampling: its two ways through a volume. Both write every
 * voxel of *out, which has the size of the map's new grid. */
#ifndef CS_IMAGE_RESAMPLE_IMPL_H
#define CS_IMAGE_RESAMPLE_IMPL_H

#include "image/resample.h"
#include "image/resample_axis.h"
#include "image/resample_map.h"

/* Axis by axis. `axis` are those of the old grid, and the new one must have
 * the same order; `filler` is one element of the result. */
typedef struct im_resample_job {
    const im_volume *from;
    im_volume *to;
    const im_axis *axis; /* separable: of x, y and z */
    const im_map *map;   /* any grid */
    im_interpolation by;
    const void *filler;
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
