#include "image/percentile.h"

#include <math.h>

#include "image/rank.h"

/* Where a percentile is sought among the sorted elements: at an element, or
 * between two of them. */
typedef struct place {
    bool exact; /* element `low` alone */
    ptrdiff_t low, high;
    double gamma;
} place;

static double virtual_index(double n, double q, double alpha, double beta)
{
    return n * q + (alpha + q * (1 - alpha - beta)) - 1;
}

/* The element above `index`, or itself where the condition holds. */
static place discrete(double index, bool closest)
{
    double low = floor(index), gamma = index - low;
    bool stay = gamma == 0 && (!closest || fmod(low, 2) == 0);
    double at = stay ? low : low + 1;
    return (place){.exact = true, .low = at < 0 ? 0 : (ptrdiff_t)at};
}

static place exactly(double index)
{
    return (place){.exact = true, .low = (ptrdiff_t)index};
}

/* Ties to even, as numpy.around(). */
static double round_even(double v)
{
    double whole = floor(v), over = v - whole;
    return whole + (over > 0.5 || (over == 0.5 && fmod(whole, 2) != 0));
}

/* NumPy's _get_indexes(): beyond the ends both neighbours are the last one. */
static place around(double index, double n)
{
    place p = {.low = (ptrdiff_t)floor(index)};
    p.high = p.low + 1;
    p.gamma = index - (double)p.low;
    if (index >= n - 1) {
        p.low = p.high = (ptrdiff_t)n - 1;
        p.gamma = index + 1; /* from NumPy's index -1; the difference is 0 */
    } else if (index < 0) {
        p.low = p.high = 0;
        p.gamma = index;
    }
    return p;
}

static place midpoint(double n, double q)
{
    double index = 0.5 * (floor((n - 1) * q) + ceil((n - 1) * q));
    place p = around(index, n);
    p.gamma = fmod(index, 1) == 0 ? 0 : 0.5;
    return p;
}

static place averaged(double n, double q)
{
    place p = around(n * q - 1, n);
    p.gamma = p.gamma == 0 ? 0.5 : 1;
    return p;
}

static place find_place(im_quantile method, double n, double q)
{
    switch (method) {
    case IM_QUANTILE_LOWER:
        return exactly(floor((n - 1) * q));
    case IM_QUANTILE_HIGHER:
        return exactly(ceil((n - 1) * q));
    case IM_QUANTILE_NEAREST:
        return exactly(round_even((n - 1) * q));
    case IM_QUANTILE_MIDPOINT:
        return midpoint(n, q);
    case IM_QUANTILE_INVERTED_CDF:
        return discrete(n * q - 1, false);
    case IM_QUANTILE_AVERAGED_INVERTED_CDF:
        return averaged(n, q);
    case IM_QUANTILE_CLOSEST_OBSERVATION:
        return discrete(n * q - 1 - 0.5, true);
    case IM_QUANTILE_INTERPOLATED_INVERTED_CDF:
        return around(virtual_index(n, q, 0, 1), n);
    case IM_QUANTILE_HAZEN:
        return around(virtual_index(n, q, 0.5, 0.5), n);
    case IM_QUANTILE_WEIBULL:
        return around(virtual_index(n, q, 0, 0), n);
    case IM_QUANTILE_MEDIAN_UNBIASED:
        return around(virtual_index(n, q, 1 / 3.0, 1 / 3.0), n);
    case IM_QUANTILE_NORMAL_UNBIASED:
        return around(virtual_index(n, q, 3 / 8.0, 3 / 8.0), n);
    default:
        return around((n - 1) * q, n);
    }
}

/* NumPy's _lerp(); floats are subtracted as floats. */
static double between(tn_dtype d, double a, double b, double gamma)
{
    double diff = d == TN_F32 ? (double)((float)b - (float)a) : b - a;
    return gamma >= 0.5 ? b - diff * (1 - gamma) : a + diff * gamma;
}

static int one(im_ranks *ranks, const place *p, double *ret, cs_errinfo *info)
{
    double low, high;
    int r = im_ranks_at(ranks, (size_t)p->low, &low, info);
    if (r < 0)
        return r;
    if (p->exact) {
        *ret = low;
        return 0;
    }
    r = im_ranks_at(ranks, (size_t)p->high, &high, info);
    if (r == 0)
        *ret = between(ranks->dtype, low, high, p->gamma);
    return r;
}

static bool is_countable(tn_dtype d)
{
    return tn_dtype_size(d) == 1 || d == TN_I16 || d == TN_U16 || d == TN_I32 ||
           d == TN_F32;
}

static int check(const im_numbers *of, const double *q, size_t count,
                 cs_errinfo *info)
{
    if (!is_countable(of->dtype))
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "percentiles of elements of type %s are not supported",
                       tn_dtype_name(of->dtype));
    if (of->n == 0)
        return cs_fail(info, CS_E_RANGE, "no elements have no percentiles");
    for (size_t i = 0; i < count; i++)
        if (!(q[i] >= 0 && q[i] <= 100))
            return cs_fail(info, CS_E_RANGE,
                           "percentile %g is not between 0 and 100", q[i]);
    return 0;
}

int im_percentiles(const im_numbers *of, const double *q, size_t count,
                   im_quantile method, const im_run *run, double *ret,
                   cs_errinfo *info)
{
    CS_SCOPED(im_ranks) ranks = IM_RANKS_INIT;
    int r = check(of, q, count, info);
    if (r == 0)
        r = im_ranks_init(&ranks, of->dtype, of->x, of->n, run, info);
    for (size_t i = 0; i < count && r == 0; i++) {
        place p = find_place(method, (double)of->n, q[i] / 100);
        double value = (double)NAN;
        if (!ranks.has_nan)
            r = one(&ranks, &p, &value, info);
        if (r == 0)
            ret[i] = value;
    }
    return r;
}
