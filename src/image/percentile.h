/* Percentiles by NumPy's definitions, numpy.percentile() and its `method`:
 * virtual indexes, neighbours and interpolation are reckoned in the same steps,
 * so that the results have the same bits. Two things differ: neighbouring
 * 8- and 16-bit integers are subtracted without overflow, and NaN is told
 * before anything else (one NaN among floats makes every percentile NaN, as
 * in NumPy). */
#ifndef CS_IMAGE_PERCENTILE_H
#define CS_IMAGE_PERCENTILE_H

#include "image/run.h"
#include "tensor/dtype.h"

/* As NumPy names them; the first is its default. */
typedef enum im_quantile {
    IM_QUANTILE_LINEAR,
    IM_QUANTILE_LOWER,
    IM_QUANTILE_HIGHER,
    IM_QUANTILE_NEAREST,
    IM_QUANTILE_MIDPOINT,
    IM_QUANTILE_INVERTED_CDF,
    IM_QUANTILE_AVERAGED_INVERTED_CDF,
    IM_QUANTILE_CLOSEST_OBSERVATION,
    IM_QUANTILE_INTERPOLATED_INVERTED_CDF,
    IM_QUANTILE_HAZEN,
    IM_QUANTILE_WEIBULL,
    IM_QUANTILE_MEDIAN_UNBIASED,
    IM_QUANTILE_NORMAL_UNBIASED,
    IM_QUANTILES,
} im_quantile;

/* n elements, the caller's. */
typedef struct im_numbers {
    tn_dtype dtype;
    const void *x;
    size_t n;
} im_numbers;

/* The percentiles q[0..count), each 0 to 100, into ret[0..count). CS_E_RANGE
 * for no elements or another q; CS_E_UNSUPPORTED for element types other than
 * 8- and 16-bit integers, TN_I32, TN_F32. */
int im_percentiles(const im_numbers *of, const double *q, size_t count,
                   im_quantile method, const im_run *run, double *ret,
                   cs_errinfo *info);

#endif
