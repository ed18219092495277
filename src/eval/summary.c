#include "eval/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double mean_of(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return sum / (double)n;
}

static double sd_of(const double *v, size_t n, double mean)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (v[i] - mean) * (v[i] - mean);
    return n > 1 ? sqrt(sum / (double)(n - 1)) : 0;
}

int ev_summarise(const double *values, size_t n, ev_summary *ret,
                 cs_errinfo *info)
{
    if (n == 0) {
        *ret = (ev_summary){.n = 0};
        return 0;
    }
    CS_AUTO_MEM double *v = cs_calloc(n, sizeof(*v));
    if (!v)
        return cs_fail_nomem(info);
    memcpy(v, values, n * sizeof(*v));
    qsort(v, n, sizeof(*v), by_value);
    double mean = mean_of(v, n);
    *ret = (ev_summary){.n = n,
                        .mean = mean,
                        .median = (v[(n - 1) / 2] + v[n / 2]) / 2,
                        .min = v[0],
                        .max = v[n - 1],
                        .sd = sd_of(v, n, mean)};
    return 0;
}
