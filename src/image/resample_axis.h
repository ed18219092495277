/* One axis of a resampling whose axes do not mix: for each voxel of the new
 * axis the voxels of the old one that make it. */
#ifndef CS_IMAGE_RESAMPLE_AXIS_H
#define CS_IMAGE_RESAMPLE_AXIS_H

#include "image/kernels/table.h"
#include "image/resample.h"
#include "image/resample_map.h"

typedef struct im_axis {
    size_t size;           /* of the new axis */
    size_t begin, n;       /* its voxels inside the old grid: n from begin on */
    size_t source, length; /* the part of the old axis that is looked at; taps
                              count from `source` on */
    bool falls;            /* positions fall while the new axis rises */
    bool whole;            /* all positions are whole numbers: taps[i].at[0] */
    im_tap *tap;           /* n of them; NULL for none */
} im_axis;

#define IM_AXIS_INIT                                                           \
    {                                                                          \
        .tap = NULL                                                            \
    }

/* Old axis `old` against new axis `along` of a separable map. */
int im_axis_init(im_axis *a, const im_map *m, int old, int along,
                 im_interpolation by, cs_errinfo *info);
void im_axis_done(im_axis *a);

/* A cubic B-spline's weights between the second and third of four voxels, w
 * voxels behind the second. */
void im_spline_weights(double w, float ret[4]);

/* Voxel i of an axis of n, mirrored at its outermost centres. */
size_t im_mirror(ptrdiff_t i, size_t n);

#endif
