/* Measures the engine on this machine: whole networks and single layers. */
#ifndef CS_CLI_BENCH_ENGINE_H
#define CS_CLI_BENCH_ENGINE_H

#include "cli/bench_row.h"
#include "cli/cli.h"

#define BENCH_ENGINE_ROWS 128

/* Names of the cases, NULL beyond the last. */
const char *bench_engine_name(size_t i);

typedef struct bench_engine_options {
    const char *only; /* one case; NULL: all */
    uint64_t memory;  /* limit of a network's plan; 0: what is free */
} bench_engine_options;

/* Runs every case, or the one named `only` (CS_E_USAGE where there is none),
 * which may be a layer of any geometry. A case that wants more threads than
 * this machine has is run only by name. */
int bench_engine(const cli_context *ctx, const bench_engine_options *o,
                 bench_row rows[BENCH_ENGINE_ROWS], size_t *ret_n,
                 cs_errinfo *info);

#endif
