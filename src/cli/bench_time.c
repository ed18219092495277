#include "cli/bench_time.h"

#include <stdlib.h>

#include "base/clock.h"

#define ROUNDS 5
#define GIGA 1e9

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

int bench_time(bench_step *step, void *ctx, double *ret, cs_errinfo *info)
{
    double seconds[ROUNDS];
    int r = step(ctx, info);
    for (int i = 0; i < ROUNDS && r == 0; i++) {
        int64_t from = cs_mono_ns(cs_clock_system());
        r = step(ctx, info);
        seconds[i] = (double)(cs_mono_ns(cs_clock_system()) - from) / GIGA;
    }
    if (r < 0)
        return r;
    qsort(seconds, ROUNDS, sizeof(*seconds), by_value);
    *ret = seconds[ROUNDS / 2];
    return 0;
}
