/* Intensities brought to a common scale: f32 volumes out of any element type.
 * All are a line, computed in single precision, most of them clamped. */
#ifndef CS_IMAGE_NORMALISE_H
#define CS_IMAGE_NORMALISE_H

#include "image/percentile.h"
#include "image/run.h"
#include "image/volume.h"

typedef struct im_statistics {
    double min, max;
    double mean, sd; /* of the population: divided by n, not by n - 1 */
    bool has_nan;    /* the others then mean nothing */
} im_statistics;

/* Sums are in double, in an order that does not depend on the pool. */
int im_statistics_of(const im_volume *v, const im_run *run, im_statistics *ret,
                     cs_errinfo *info);

/* (v - low) / (high - low), clamped to [0, 1]; 0 where high is not above low,
 * and for NaN. *ret must be empty. */
int im_scale(const im_volume *v, double low, double high, const im_run *run,
             im_volume *ret, cs_errinfo *info);

/* The following give CS_E_RANGE for a volume that holds NaN. Volumes of one
 * value become 0. */

/* im_scale() between the smallest and the largest value. */
int im_min_max(const im_volume *v, const im_run *run, im_volume *ret,
               cs_errinfo *info);

/* (v - mean) / sd, not clamped. */
int im_z_score(const im_volume *v, const im_run *run, im_volume *ret,
               cs_errinfo *info);

/* im_scale() between two percentiles, linearly interpolated (percentile.h,
 * which also names the element types). CS_E_RANGE unless 0 <= low < high <=
 * 100. */
int im_scale_percentiles(const im_volume *v, double low, double high,
                         const im_run *run, im_volume *ret, cs_errinfo *info);

#endif
