/* Volumes on other grids. Values, borders and ties are those of ITK's
 * ResampleImageFilter, but for one thing: where the result's elements are
 * integers, ITK cuts off the fraction and we round to nearest (ties to even).
 *
 * - A voxel of the new grid is inside if it lies within the old grid's voxels,
 *   edges and not centres: -0.5 <= grid position < size - 0.5 along each axis.
 *   Elsewhere it gets the value for outside.
 * - Nearest: position + 0.5 rounded down. Equal to ITK's.
 * - Linear: between the outermost centres and the edge, the outermost value.
 * - Cubic: a cubic B-spline through all voxels, mirrored at the outermost
 *   centres. It overshoots at edges (a window of -1024..3071 may be left);
 *   values that do not fit the element type are clamped.
 *
 * Linear and cubic compute in single precision: off by less than 0.003 for CT;
 * integers beyond 2^24 and doubles lose their last digits. Where every voxel
 * of the new grid falls on one of the old (the same grid, or a part of it), all
 * three copy it, to the bit. */
#ifndef CS_IMAGE_RESAMPLE_H
#define CS_IMAGE_RESAMPLE_H

#include "image/run.h"
#include "image/volume.h"

typedef enum im_interpolation {
    IM_NEAREST,
    IM_LINEAR,
    IM_CUBIC,
    IM_INTERPOLATIONS,
} im_interpolation;

/* "nearest", "linear", "cubic". */
const char *im_interpolation_name(im_interpolation by);
bool im_interpolation_parse(const char *name, im_interpolation *ret);

typedef struct im_resampling {
    im_interpolation by;
    double outside; /* rounded and clamped to the element type */
    tn_dtype dtype; /* of the result */
} im_resampling;

/* *v on `grid`, a checked geometry, into *ret, which must be empty. */
int im_resample(const im_volume *v, const im_geometry *grid,
                const im_resampling *how, const im_run *run, im_volume *ret,
                cs_errinfo *info);

/* The same on the grid of im_geometry_respaced(), which covers the old grid's
 * box: voxels that reach beyond it get the value for outside only if their
 * centre does. */
int im_resample_to_spacing(const im_volume *v, const double spacing[3],
                           const im_resampling *how, const im_run *run,
                           im_volume *ret, cs_errinfo *info);

#endif
