/* A scan made small and set upright: block means of about 2 mm, axes in the
 * patient's order (x to the left, y to the back, z to the head) whatever the
 * order and sense of the scan's own axes. All anatomy is found here; only the
 * lung's surface is then drawn at full resolution (fine.h).
 *
 * Of an oblique scan each axis is taken for the world axis that it follows
 * most; directions are then wrong by the angle of the gantry, distances are
 * not. */
#ifndef CS_LUNG_COARSE_H
#define CS_LUNG_COARSE_H

#include "image/run.h"
#include "image/volume.h"

/* The value of blocks that hold no scanned voxel. Scanners write -2000, -3024
 * and the like outside their round field of view; that is neither air nor
 * lung. */
#define LU_PADDING INT16_MIN
#define LU_HU_MIN (-1200) /* means are of values clamped to this range */
#define LU_HU_MAX 1500

typedef struct lu_coarse {
    im_volume hu;      /* TN_I16, LU_HU_MIN … LU_HU_MAX or LU_PADDING */
    size_t blocks[3];  /* along each axis of the scan */
    size_t factor[3];  /* voxels of a block along each axis of the scan */
    unsigned world[3]; /* the coarse axis that scan axis a follows */
    bool flip[3];      /* and whether against its sense */
} lu_coarse;

/* `scan` is TN_I16; *ret must be zeroed. */
int lu_coarse_init(const im_run *run, const im_volume *scan, lu_coarse *ret,
                   cs_errinfo *info);
void lu_coarse_done(lu_coarse *c);

/* Labels (TN_U8) of the scan's grid on the coarse one: of each block that of
 * the voxel in its middle. *ret must be empty. */
int lu_coarse_labels(const lu_coarse *c, const im_volume *labels,
                     im_volume *ret, cs_errinfo *info);

/* The index of block (b0, b1, b2), counted along the scan's axes, is
 * base + b0 * step[0] + b1 * step[1] + b2 * step[2]. */
typedef struct lu_steps {
    ptrdiff_t base, step[3];
} lu_steps;

lu_steps lu_coarse_steps(const lu_coarse *c);

/* Millilitres of a coarse voxel. */
double lu_voxel_ml(const im_geometry *g);

#endif
