/* One layer alone, of any geometry: its name says everything, so that a peer
 * which is given the name can do the same (bench/peers/onednn_peer.c):
 *
 *     OPERATION-IN-OUT-kKERNEL-sSTRIDE-gGROUPS-NxDxHxW-tTHREADS
 *
 * N x D x H x W is what goes into the layer (of `data` and `weights`: into the
 * convolution whose gradient it is); D of 1 makes it a 2D layer. Kernels are
 * cubes or squares, padded by (KERNEL - 1) / 2. */
#ifndef CS_CLI_BENCH_LAYER_H
#define CS_CLI_BENCH_LAYER_H

#include "cli/bench_row.h"
#include "cli/cli.h"

typedef enum bench_op {
    BENCH_CONV,
    BENCH_DATA,    /* of a convolution, the gradient of its input … */
    BENCH_WEIGHTS, /* … and of its weights */
    BENCH_UP,      /* a transposed convolution */
    BENCH_MAXPOOL,
    BENCH_MAXPOOL_BACK,
    BENCH_BATCHNORM, /* statistics and what they are for */
    BENCH_BATCHNORM_BACK,
    BENCH_LINEAR, /* N rows */
    BENCH_GELU,
    BENCH_SOFTMAX, /* over channels */
    BENCH_OPS,
} bench_op;

typedef struct bench_layer {
    bench_op op;
    size_t in, out, kernel, stride, groups;
    size_t n, size[3];
    unsigned threads;
} bench_layer;

/* False where the name is not of that form, or the numbers make no sense. */
bool bench_layer_parse(const char *name, bench_layer *ret);

/* Fills seconds, amount, unit and the two numbers that tell results apart:
 * of the result y in PyTorch's order its norm, and the sum of y[i] * v[i],
 * where v is number BENCH_PROBE of the series that the inputs come from too. */
int bench_layer_run(const cli_context *ctx, const bench_layer *l,
                    bench_row *row, cs_errinfo *info);

#endif
