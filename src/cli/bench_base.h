/* Measures the base library on this machine. */
#ifndef CS_CLI_BENCH_BASE_H
#define CS_CLI_BENCH_BASE_H

#include "cli/bench_row.h"

#define BENCH_BASE_ROWS 9

/* Names of the cases, NULL beyond the last. */
const char *bench_base_name(size_t i);

/* Runs every case, or the one named `only` (CS_E_USAGE where there is none),
 * and fills rows[0..*ret_n). */
int bench_base(const char *only, bench_row rows[BENCH_BASE_ROWS], size_t *ret_n,
               cs_errinfo *info);

#endif
