/* Products of plain row-major matrices, C[m][n] = A[m][k] * B[k][n], for
 * linear layers and their gradients, and for batches of small matrices.
 *
 * Rows may lie apart (a_row floats from one to the next, and so on), and the
 * matrices of a batch a_batch, b_batch, c_batch floats; a step of 0 uses one A
 * or B for all. Nothing need be aligned. A linear layer is
 *     y  = x * transposed(w) + bias    .b_transposed
 *     dx = dy * w
 *     dw = transposed(dy) * x          .a_transposed
 *
 * Sums are in f32, in rising order of k, taken up again after every 256. The
 * bits of an element depend on k and the tier, not on threads, on m or on n. */
#ifndef CS_TENSOR_KERNELS_MATMUL_H
#define CS_TENSOR_KERNELS_MATMUL_H

#include "tensor/kernels/run.h"

typedef struct tk_matmul {
    size_t batch, m, n, k;
    bool a_transposed; /* A is stored [k][m] */
    bool b_transposed; /* B is stored [n][k] */
    size_t a_row, b_row, c_row;
    size_t a_batch, b_batch, c_batch;
    bool add; /* C += */
} tk_matmul;

/* Of `batch` matrices with nothing between rows or matrices. */
tk_matmul tk_matmul_dense(size_t batch, size_t m, size_t n, size_t k,
                          bool a_transposed, bool b_transposed);

/* Floats of scratch for a pool of so many threads. */
size_t tk_matmul_scratch(const tk_matmul *p, unsigned threads);

/* bias: one float per column, added to each row; or NULL. C overlaps neither
 * A nor B. */
void tk_matmul_run(const tk_run *run, const tk_matmul *p, const float *a,
                   const float *b, const float *bias, float *c);

#endif
