/* Measures what is done with whole scans on this machine. */
#ifndef CS_CLI_BENCH_IMAGE_H
#define CS_CLI_BENCH_IMAGE_H

#include "cli/bench_row.h"
#include "cli/cli.h"

#define BENCH_IMAGE_ROWS 16

/* Names of the cases, NULL beyond the last. */
const char *bench_image_name(size_t i);

typedef struct bench_image_options {
    const char *only;   /* one case; NULL: all */
    const char *data;   /* folder of the scan and its masks (bench/image) */
    const char *output; /* where the result of `only` goes; NULL: nowhere */
    unsigned threads;   /* 0: all */
} bench_image_options;

/* Runs every case, or the one named `only` (CS_E_USAGE where there is none). */
int bench_image(const cli_context *ctx, const bench_image_options *o,
                bench_row rows[BENCH_IMAGE_ROWS], size_t *ret_n,
                cs_errinfo *info);

#endif
