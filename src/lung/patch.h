/* The surroundings of one nodule on a small grid of its own: equal spacing
 * along the patient's axes, the seed in the middle voxel. What is measured on
 * it does not depend on how the scan's axes are stored. */
#ifndef CS_LUNG_PATCH_H
#define CS_LUNG_PATCH_H

#include "image/run.h"
#include "image/volume.h"

typedef struct lu_patch {
    double mm;        /* from voxel to voxel, along all axes */
    double slice_mm;  /* the scan's coarsest spacing */
    double diameter;  /* of the seed, kept within what can be measured */
    im_volume hu;     /* TN_F32: the scan, between its voxels by straight lines;
                         its geometry is that of all below */
    im_volume domain; /* TN_U8, 1: where a nodule may be */
    im_volume smooth; /* TN_F32: hu, smoothed; what is outside the domain counts
                         as parenchyma */
    double parenchyma; /* HU: median of the lung around the seed */
    double noise;      /* HU: standard deviation of `smooth` there */
} lu_patch;

/* `scan` TN_I16 and `lungs` as of lu_measure_nodule(). *ret must be zeroed; on
 * failure it stays so. */
int lu_patch_init(const im_run *run, const im_volume *scan,
                  const im_volume *lungs, const double centre[3],
                  double diameter, lu_patch *ret, cs_errinfo *info);
void lu_patch_done(lu_patch *p);

/* The voxels of the volume on `to`, a grid anywhere, by straight lines;
 * `outside` beyond the volume. Only what is near `to` is looked at. */
int lu_patch_take(const im_run *run, const im_volume *v, const im_geometry *to,
                  double outside, tn_dtype dtype, im_volume *ret,
                  cs_errinfo *info);

/* The same of labels: 1 (TN_U8) where the left or the right lung is. */
int lu_patch_take_lungs(const im_run *run, const im_volume *lungs,
                        const im_geometry *to, im_volume *ret,
                        cs_errinfo *info);

#endif
