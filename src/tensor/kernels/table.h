/* The primitives that are written once per instruction tier, and the table
 * through which everything else calls them. The drivers above (convolutions,
 * linear layers, attention) are plain C, written once.
 *
 * Blocked matrices. A matrix of R rows and K columns is kept like an image of
 * R voxels and K channels: [K/8][R][8]. A right-hand side of K rows and N
 * columns is packed in panels of sixteen: [N/16][K][16]. */
#ifndef CS_TENSOR_KERNELS_TABLE_H
#define CS_TENSOR_KERNELS_TABLE_H

#include "base/cpu.h"
#include "base/defs.h"

#define TK_PANEL 16
/* Rows that the inner kernel takes at once. */
#define TK_ROWS 6

/* C = A·B, or C += A·B with `add`. Depth is a multiple of 8, cols of 16;
 * products of one element are summed in rising order of depth. */
typedef struct tk_gemm {
    const float *a;
    size_t a_block; /* floats from one eight columns of A to the next */
    const float *b;
    float *c;
    size_t c_block; /* the same of C */
    size_t rows, depth, cols;
    bool add;
} tk_gemm;

/* W[cols/16][depth][16] = transposed(A)·B, or += with `add`, where A is
 * [depth/8][rows][8] and B is [cols/8][rows][8]. The rows of one call are
 * summed from zero, in rising order, and the sum is added to W. */
typedef struct tk_gemm_tn {
    const float *a;
    size_t a_block;
    const float *b;
    size_t b_block;
    float *w;
    size_t w_panel; /* floats from one panel of W to the next */
    size_t rows, depth, cols;
    bool add;
} tk_gemm_tn;

/* Winograd transforms of one tile of eight channels. Strides are in floats,
 * sd from one plane to the next, sh from one row to the next. In the
 * transformed domain a tile is `points` vectors, `step` floats apart. */
typedef struct tk_winograd {
    /* Output voxels of a tile along d, h, w: 1 (no kernel along that axis),
     * 2 or 4; a tile reads m + 2 input voxels where m > 1. */
    unsigned char m[3];
    unsigned points;
    void (*input)(const float *x, size_t sd, size_t sh, float *v, size_t step);
    /* y = max(t, slope * t), t = transformed + bias; slope 1: no activation. */
    void (*output)(const float *v, size_t step, float *y, size_t sd, size_t sh,
                   const float *bias, float slope);
    /* The adjoint of `output` without bias: for the gradient of weights. */
    void (*gradient)(const float *dy, size_t sd, size_t sh, float *v,
                     size_t step);
    /* Kernels of eight output channels, [d][h][w][8], to points; and sums over
     * points to the gradient of such kernels. */
    void (*kernel)(const float *g, float *u, size_t step);
    void (*taps)(const float *u, size_t step, float *g);
} tk_winograd;

typedef enum tk_winograd_kind {
    TK_F444,
    TK_F244,
    TK_F222,
    TK_F144, /* for 2D */
    TK_F122,
    TK_WINOGRADS,
} tk_winograd_kind;

/* Some taps of a depth-wise kernel: a box of count[0] x count[1] x count[2],
 * the next one along an axis x_step floats further in the image and w_step
 * floats further in the weights. */
typedef struct tk_taps {
    size_t count[3];
    ptrdiff_t x_step[3], w_step[3];
    size_t x_row, y_row; /* floats from one result's voxels to the next's */
} tk_taps;

/* Windows of size[0] x size[1] x size[2] voxels; in floats, from plane to
 * plane, row to row, and from one window to the next. */
typedef struct tk_window {
    size_t size[3];
    size_t plane, row, step;
} tk_window;

/* Rows of eight floats, one below the other unless a step is given; arrays
 * named bias, centre, a, b, c, sum … hold eight. */
typedef struct tk_lanes_table {
    /* y = max(v, slope * v), v = t + bias; rows of y are `step` apart. */
    void (*finish)(const float *t, const float *bias, float slope, size_t rows,
                   float *y, size_t step);
    /* The same of v = a x + b; y may be x. */
    void (*affine)(const float *x, const float *a, const float *b, float slope,
                   size_t rows, float *y);
    /* dx = a dy + b x + c; dx may be dy. */
    void (*affine_back)(const float *dy, const float *x, const float *a,
                        const float *b, const float *c, size_t rows, float *dx);
    /* Sums, in rising order from zero, of x - centre and its square; and of dy
     * and dy * (x - centre). */
    void (*sums)(const float *x, const float *centre, size_t rows, float *sum,
                 float *squares);
    void (*products)(const float *x, const float *dy, const float *centre,
                     size_t rows, float *sum, float *products);
    /* For `rows` windows of voxels, of one size and not empty, `step` floats
     * apart: the largest, NaN if any is. */
    void (*window_max)(const tk_window *w, const float *x, size_t rows,
                       float *y);
    /* dx = the gradient dy where that is, and 0 in the rest of the window, or
     * dx += with `add`. Of equal ones the first has it, of NaN the last. */
    void (*window_max_back)(const tk_window *w, const float *x, const float *dy,
                            size_t rows, bool add, float *dx);
    /* For each of `rows` voxels: the sum over the taps of w * x, in their
     * order, finished as above. */
    void (*taps)(const tk_taps *t, const float *x, const float *w,
                 const float *bias, float slope, size_t rows, float *y);
    /* sums[t] += the sum over r of dy[r] * x[r * x_row + t * x_tap], for each
     * t < taps, sums[t] eight floats. */
    void (*tap_sums)(const float *x, size_t x_row, ptrdiff_t x_tap,
                     const float *dy, size_t rows, size_t taps, float *sums);
} tk_lanes_table;

typedef enum tk_activation_kind {
    TK_RELU,
    TK_LEAKY_RELU, /* `slope` below zero */
    TK_GELU,       /* with the error function, PyTorch's default */
    TK_SILU,
    TK_SIGMOID,
    TK_TANH,
    TK_HARD_SWISH, /* x * clamp(x + 3, 0, 6) / 6 */
    TK_ACTIVATIONS,
} tk_activation_kind;

/* Functions of each element, the same bits in every tier. Arrays need no
 * alignment but in exp_rows, and the output may be an input. */
typedef struct tk_math_table {
    /* exp(x - minus) */
    void (*exp)(const float *x, float minus, size_t n, float *y);
    /* The same of rows of eight lanes, minus[r] for each row. */
    void (*exp_rows)(const float *x, const float *minus, size_t rows, float *y);
    void (*activate)(tk_activation_kind kind, float slope, const float *x,
                     size_t n, float *y);
    /* dy * f'(x), `x` being the output of kinds where that suffices. */
    void (*activate_back)(tk_activation_kind kind, float slope, const float *x,
                          const float *dy, size_t n, float *dx);
} tk_math_table;

typedef struct tk_table {
    void (*gemm)(const tk_gemm *g);
    void (*gemm_tn)(const tk_gemm_tn *g);
    tk_winograd winograd[TK_WINOGRADS];
    tk_lanes_table lanes;
    tk_math_table math;
} tk_table;

/* The primitives of a tier, or of the next lower one that has been written. */
const tk_table *tk_table_of(cs_cpu_tier tier);

/* One per tier file. */
extern const tk_table tk_table_baseline;
extern const tk_table tk_table_avx2;

#endif
