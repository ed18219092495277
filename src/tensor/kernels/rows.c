#include "tensor/kernels/rows.h"

#include <math.h>
#include <string.h>

/* Floats that one chunk of a loop over rows has at least. */
#define CHUNK ((size_t)8192)
/* Columns that one chunk of a loop over columns takes. */
#define COLUMNS ((size_t)64)

static size_t rows_grain(tk_rows s)
{
    return s.cols < CHUNK ? CHUNK / CS_MAX(s.cols, (size_t)1) : 1;
}

/* --- layer normalisation --- */

typedef struct moments {
    double mean, inverse; /* 1 / sqrt(variance + eps) */
} moments;

static moments moments_of(const float *x, size_t cols, double eps)
{
    double sum = 0;
    for (size_t c = 0; c < cols; c++)
        sum += (double)x[c];
    double mean = sum / (double)cols;
    double squares = 0;
    for (size_t c = 0; c < cols; c++) {
        double d = (double)x[c] - mean;
        squares += d * d;
    }
    return (moments){mean, 1 / sqrt(squares / (double)cols + eps)};
}

typedef struct norm_job {
    const tk_layer_norm *norm;
    tk_rows shape;
    const float *x, *dy;
    float *to; /* y or dx */
    moments *of_row;
    const tk_layer_norm_gradients *gradients;
} norm_job;

static double gain_at(const tk_layer_norm *norm, size_t c)
{
    return norm->gain ? (double)norm->gain[c] : 1;
}

static void norm_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const norm_job *j = ctx;
    size_t cols = j->shape.cols;
    for (size_t r = begin; r < end; r++) {
        const float *x = j->x + r * cols;
        float *y = j->to + r * cols;
        moments m = moments_of(x, cols, j->norm->eps);
        for (size_t c = 0; c < cols; c++) {
            double t = ((double)x[c] - m.mean) * m.inverse;
            double shift = j->norm->shift ? (double)j->norm->shift[c] : 0;
            y[c] = (float)(t * gain_at(j->norm, c) + shift);
        }
    }
}

void tk_layer_norm_forward(const tk_run *run, const tk_layer_norm *norm,
                           tk_rows shape, const float *x, float *y)
{
    norm_job j = {.norm = norm, .shape = shape, .x = x};
    j.to = y;
    cs_pool_for(run->pool, shape.rows, rows_grain(shape), norm_rows, &j);
}

size_t tk_layer_norm_scratch(tk_rows shape)
{
    return tk_lines(shape.rows * sizeof(moments) / sizeof(float));
}

static void find_moments(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const norm_job *j = ctx;
    for (size_t r = begin; r < end; r++)
        j->of_row[r] =
            moments_of(j->x + r * j->shape.cols, j->shape.cols, j->norm->eps);
}

/* Sums over all rows for a few columns. */
static void norm_columns(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const norm_job *j = ctx;
    double gain[COLUMNS] = {0};
    double shift[COLUMNS] = {0};
    size_t n = end - begin;
    for (size_t r = 0; r < j->shape.rows; r++) {
        const float *x = j->x + r * j->shape.cols + begin;
        const float *dy = j->dy + r * j->shape.cols + begin;
        const moments *m = &j->of_row[r];
        for (size_t c = 0; c < n; c++) {
            gain[c] += (double)dy[c] * (((double)x[c] - m->mean) * m->inverse);
            shift[c] += (double)dy[c];
        }
    }
    for (size_t c = 0; c < n && j->gradients->dgain; c++)
        j->gradients->dgain[begin + c] = (float)gain[c];
    for (size_t c = 0; c < n && j->gradients->dshift; c++)
        j->gradients->dshift[begin + c] = (float)shift[c];
}

/* With t = (x - mean) r and g = gain dy: dx = r (g - mean(g) - t mean(g t)). */
static void norm_back_row(const norm_job *j, size_t row)
{
    size_t cols = j->shape.cols;
    const float *x = j->x + row * cols;
    const float *dy = j->dy + row * cols;
    float *dx = j->to + row * cols;
    const moments *m = &j->of_row[row];
    double sum = 0;
    double products = 0;
    for (size_t c = 0; c < cols; c++) {
        double g = gain_at(j->norm, c) * (double)dy[c];
        sum += g;
        products += g * (((double)x[c] - m->mean) * m->inverse);
    }
    sum /= (double)cols;
    products /= (double)cols;
    for (size_t c = 0; c < cols; c++) {
        double g = gain_at(j->norm, c) * (double)dy[c];
        double t = ((double)x[c] - m->mean) * m->inverse;
        dx[c] = (float)(m->inverse * (g - sum - t * products));
    }
}

static void norm_back(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    for (size_t r = begin; r < end; r++)
        norm_back_row(ctx, r);
}

void tk_layer_norm_backward(const tk_run *run, const tk_layer_norm *norm,
                            tk_rows shape, const float *x, const float *dy,
                            const tk_layer_norm_gradients *to)
{
    norm_job j = {.norm = norm, .shape = shape, .x = x, .dy = dy, .to = to->dx};
    j.of_row = (moments *)(void *)run->scratch;
    j.gradients = to;
    size_t grain = rows_grain(shape);
    cs_pool_for(run->pool, shape.rows, grain, find_moments, &j);
    /* First, as dx may take the place of dy. */
    if (to->dgain || to->dshift)
        cs_pool_for(run->pool, shape.cols, COLUMNS, norm_columns, &j);
    cs_pool_for(run->pool, shape.rows, grain, norm_back, &j);
}

/* --- softmax --- */

typedef struct rows_job {
    tk_rows shape;
    const float *x, *dy;
    float *to;
} rows_job;

static void softmax_row(const float *x, size_t cols, float *y)
{
    float most = -INFINITY;
    for (size_t c = 0; c < cols; c++)
        most = x[c] > most ? x[c] : most;
    double sum = 0;
    for (size_t c = 0; c < cols; c++) {
        y[c] = expf(x[c] - most);
        sum += (double)y[c];
    }
    float share = (float)(1 / sum);
    for (size_t c = 0; c < cols; c++)
        y[c] *= share;
}

static void softmax_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const rows_job *j = ctx;
    size_t cols = j->shape.cols;
    for (size_t r = begin; r < end; r++)
        softmax_row(j->x + r * cols, cols, j->to + r * cols);
}

static void softmax_back(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const rows_job *j = ctx;
    size_t cols = j->shape.cols;
    for (size_t r = begin; r < end; r++) {
        const float *y = j->x + r * cols;
        const float *dy = j->dy + r * cols;
        float *dx = j->to + r * cols;
        double sum = 0;
        for (size_t c = 0; c < cols; c++)
            sum += (double)y[c] * (double)dy[c];
        for (size_t c = 0; c < cols; c++)
            dx[c] = y[c] * (float)((double)dy[c] - sum);
    }
}

void tk_rows_softmax(const tk_run *run, tk_rows shape, const float *x, float *y)
{
    rows_job j = {.shape = shape, .x = x};
    j.to = y;
    cs_pool_for(run->pool, shape.rows, rows_grain(shape), softmax_rows, &j);
}

void tk_rows_softmax_backward(const tk_run *run, tk_rows shape, const float *y,
                              const float *dy, float *dx)
{
    rows_job j = {.shape = shape, .x = y, .dy = dy};
    j.to = dx;
    cs_pool_for(run->pool, shape.rows, rows_grain(shape), softmax_back, &j);
}

/* --- sums --- */

static void sum_columns(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const rows_job *j = ctx;
    double sum[COLUMNS] = {0};
    for (size_t r = 0; r < j->shape.rows; r++)
        for (size_t c = begin; c < end; c++)
            sum[c - begin] += (double)j->x[r * j->shape.cols + c];
    for (size_t c = begin; c < end; c++)
        j->to[c] = (float)sum[c - begin];
}

void tk_rows_sum(const tk_run *run, tk_rows shape, const float *x, float *sums)
{
    rows_job j = {.shape = shape, .x = x};
    j.to = sums;
    cs_pool_for(run->pool, shape.cols, COLUMNS, sum_columns, &j);
}

/* --- embedding --- */

typedef struct embedding_job {
    size_t cols;
    const tk_indices *index;
    const float *from;
    float *to;
} embedding_job;

static int64_t index_at(const tk_indices *index, size_t i)
{
    return index->i32 ? index->i32[i] : index->i64[i];
}

static int check_indices(const tk_indices *index, size_t rows, cs_errinfo *info)
{
    for (size_t i = 0; i < index->count; i++) {
        int64_t at = index_at(index, i);
        if (at < 0 || (uint64_t)at >= rows)
            return cs_fail(info, CS_E_RANGE,
                           "index %lld at place %zu is outside a table of %zu "
                           "rows",
                           (long long)at, i, rows);
    }
    return 0;
}

static void look_up(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const embedding_job *j = ctx;
    for (size_t i = begin; i < end; i++)
        memcpy(j->to + i * j->cols,
               j->from + (size_t)index_at(j->index, i) * j->cols,
               j->cols * sizeof(float));
}

int tk_embedding_forward(const tk_run *run, tk_rows table_shape,
                         const float *table, const tk_indices *index, float *y,
                         cs_errinfo *info)
{
    int r = check_indices(index, table_shape.rows, info);
    if (r < 0)
        return r;
    embedding_job j = {.cols = table_shape.cols, .index = index, .from = table};
    j.to = y;
    tk_rows shape = {index->count, table_shape.cols};
    cs_pool_for(run->pool, shape.rows, rows_grain(shape), look_up, &j);
    return 0;
}

/* An index may come more than once: threads share out the columns. */
static void add_columns(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const embedding_job *j = ctx;
    for (size_t i = 0; i < j->index->count; i++) {
        float *to = j->to + (size_t)index_at(j->index, i) * j->cols;
        const float *from = j->from + i * j->cols;
        for (size_t c = begin; c < end; c++)
            to[c] += from[c];
    }
}

int tk_embedding_backward(const tk_run *run, tk_rows table_shape,
                          const tk_indices *index, const float *dy,
                          float *dtable, cs_errinfo *info)
{
    int r = check_indices(index, table_shape.rows, info);
    if (r < 0)
        return r;
    embedding_job j = {.cols = table_shape.cols, .index = index, .from = dy};
    j.to = dtable;
    cs_pool_for(run->pool, table_shape.cols, COLUMNS, add_columns, &j);
    return 0;
}
