/* One line of a benchmark's answer. */
#ifndef CS_CLI_BENCH_ROW_H
#define CS_CLI_BENCH_ROW_H

#include "base/error.h"

typedef struct bench_row {
    const char *name;
    double seconds;     /* of one operation; median of the rounds */
    double amount;      /* of `unit`s in an operation, for a rate; 0: none */
    const char *unit;   /* "MB/s" */
    double rss_mib;     /* peak of the process so far; 0: not told */
    double norm, probe; /* of the result (bench_layer.h); norm 0: not told */
} bench_row;

#endif
