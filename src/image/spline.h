/* The coefficients of the cubic B-spline that passes through all voxels of a
 * volume, mirrored at its outermost centres; single precision. */
#ifndef CS_IMAGE_SPLINE_H
#define CS_IMAGE_SPLINE_H

#include "image/run.h"
#include "image/volume.h"

typedef struct im_spline {
    tn_buffer *memory;
    float *c;      /* [z][y][stride] */
    size_t stride; /* floats of a row: the size along x, rounded up */
} im_spline;

#define IM_SPLINE_INIT                                                         \
    {                                                                          \
        .memory = NULL                                                         \
    }

/* Four bytes a voxel. */
int im_spline_init(im_spline *s, const im_volume *v, const im_run *run,
                   cs_errinfo *info);
void im_spline_done(im_spline *s);

#endif
