/* Plain row-major matrices [rows][cols], f32, as transformers use them: a row
 * is a token. They need no alignment. */
#ifndef CS_TENSOR_KERNELS_ROWS_H
#define CS_TENSOR_KERNELS_ROWS_H

#include "base/error.h"
#include "tensor/kernels/run.h"

typedef struct tk_rows {
    size_t rows, cols;
} tk_rows;

/* --- layer normalisation: each row by its own mean and variance --- */

typedef struct tk_layer_norm {
    const float *gain, *shift; /* one per column; NULL for 1 and 0 */
    double eps;
} tk_layer_norm;

/* y may be x. Statistics in double, in the order of columns. */
void tk_layer_norm_forward(const tk_run *run, const tk_layer_norm *norm,
                           tk_rows shape, const float *x, float *y);

/* Floats of scratch that the backward pass needs. */
size_t tk_layer_norm_scratch(tk_rows shape);

typedef struct tk_layer_norm_gradients {
    float *dx;             /* may be dy */
    float *dgain, *dshift; /* each may be NULL */
} tk_layer_norm_gradients;

void tk_layer_norm_backward(const tk_run *run, const tk_layer_norm *norm,
                            tk_rows shape, const float *x, const float *dy,
                            const tk_layer_norm_gradients *to);

/* --- softmax of each row --- */

/* y may be x. As over channels, see softmax.h. */
void tk_rows_softmax(const tk_run *run, tk_rows shape, const float *x,
                     float *y);
/* From the output y; dx may be dy. */
void tk_rows_softmax_backward(const tk_run *run, tk_rows shape, const float *y,
                              const float *dy, float *dx);

/* --- sums --- */

/* sums[c] = the sum of column c: the gradient of a bias. In double, in the
 * order of rows. */
void tk_rows_sum(const tk_run *run, tk_rows shape, const float *x, float *sums);

/* --- embedding: rows of a table by number --- */

/* One of the two arrays is given. */
typedef struct tk_indices {
    const int32_t *i32;
    const int64_t *i64;
    size_t count;
} tk_indices;

/* y[i] = table[index[i]]. An index outside the table is CS_E_RANGE, and then
 * y is untouched. */
int tk_embedding_forward(const tk_run *run, tk_rows table_shape,
                         const float *table, const tk_indices *index, float *y,
                         cs_errinfo *info);

/* dtable[index[i]] += dy[i], in the order of i; the caller zeroes dtable. */
int tk_embedding_backward(const tk_run *run, tk_rows table_shape,
                          const tk_indices *index, const float *dy,
                          float *dtable, cs_errinfo *info);

#endif
