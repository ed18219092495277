/* Repeats an operation and tells how long it takes. */
#ifndef CS_CLI_BENCH_TIME_H
#define CS_CLI_BENCH_TIME_H

#include "base/error.h"

typedef int bench_step(void *ctx, cs_errinfo *info);

/* Median seconds of a few rounds, after one that warms caches and touches
 * memory; the first step that fails ends it. */
int bench_time(bench_step *step, void *ctx, double *ret, cs_errinfo *info);

#endif
