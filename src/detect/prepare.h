/* A scan made ready for networks: cubes of the recipe's spacing along the
 * patient's axes, cut to the lungs. Training keeps these in a cache, diagnosis
 * makes them once a scan. */
#ifndef CS_DETECT_PREPARE_H
#define CS_DETECT_PREPARE_H

#include "image/run.h"
#include "image/volume.h"
#include "model/recipe.h"

typedef struct dt_prepared {
    im_volume image; /* TN_I16, HU; -1024 outside the scan. Axes are the
                        patient's (identity direction), unless the recipe asks
                        for the scan's own voxels */
    im_volume lungs; /* TN_U8 on the same grid: 1 in a lung */
} dt_prepared;

#define DT_PREPARED_INIT                                                       \
    {                                                                          \
        .image = IM_VOLUME_INIT, .lungs = IM_VOLUME_INIT                       \
    }

/* mm kept around the lungs: what a window at their edge sees. */
#define DT_MARGIN_MM 16.0

/* `lungs` has the scan's grid, any non-zero label but LU_AIRWAYS (5) counting
 * as lung. `spacing` 0: the scan's own voxels and axes, cut the same way. A
 * mask without a lung is CS_E_FORMAT. */
int dt_prepare(const im_run *run, const im_volume *scan, const im_volume *lungs,
               double spacing, dt_prepared *ret, cs_errinfo *info);
void dt_prepared_done(dt_prepared *p);

/* A patch of `size` voxels (x, y, z) of volume `image` (TN_I16), from voxel
 * `begin` on, as the network is fed: 0 … 1 by the recipe's window. What lies
 * outside the volume is 0 (air). */
void dt_patch(const md_input *input, const im_volume *image,
              const ptrdiff_t begin[3], const size_t size[3], float *ret);

#endif
