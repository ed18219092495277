#include "tensor/kernels/softmax.h"

#include <math.h>
#include <string.h>

/* Voxels that one call of the pool takes: their blocks are walked together. */
#define GRAIN 256

typedef struct job {
    tk_softmax kind;
    const tk_image *x; /* backward: y */
    const tk_image *dy, *to;
} job;

/* The channels of one voxel of an image. */
typedef struct column {
    float *at;
    size_t block; /* floats from eight channels to the next eight */
} column;

static float *channel(const column *k, size_t c)
{
    return k->at + c / TK_LANES * k->block + c % TK_LANES;
}

static float largest(const column *x, size_t n)
{
    float most = -INFINITY;
    for (size_t c = 0; c < n; c++)
        most = CS_MAX(most, *channel(x, c));
    return most;
}

static void zero_rest(const column *y, size_t n)
{
    for (size_t c = n; c % TK_LANES != 0; c++)
        *channel(y, c) = 0;
}

static void softmax_of(const column *x, size_t n, const column *y)
{
    float most = largest(x, n);
    double sum = 0;
    for (size_t c = 0; c < n; c++) {
        *channel(y, c) = expf(*channel(x, c) - most);
        sum += (double)*channel(y, c);
    }
    float share = (float)(1 / sum);
    for (size_t c = 0; c < n; c++)
        *channel(y, c) *= share;
}

static void log_softmax_of(const column *x, size_t n, const column *y)
{
    float most = largest(x, n);
    double sum = 0;
    for (size_t c = 0; c < n; c++)
        sum += (double)expf(*channel(x, c) - most);
    float rest = (float)log(sum);
    for (size_t c = 0; c < n; c++)
        *channel(y, c) = *channel(x, c) - most - rest;
}

static void softmax_back(const column *y, size_t n, const column *dy,
                         const column *dx)
{
    double sum = 0;
    for (size_t c = 0; c < n; c++)
        sum += (double)*channel(y, c) * (double)*channel(dy, c);
    for (size_t c = 0; c < n; c++)
        *channel(dx, c) =
            *channel(y, c) * (float)((double)*channel(dy, c) - sum);
}

static void log_softmax_back(const column *y, size_t n, const column *dy,
                             const column *dx)
{
    double sum = 0;
    for (size_t c = 0; c < n; c++)
        sum += (double)*channel(dy, c);
    for (size_t c = 0; c < n; c++)
        *channel(dx, c) = (float)((double)*channel(dy, c) -
                                  (double)expf(*channel(y, c)) * sum);
}

static column column_of(const tk_image *x, size_t sample, size_t voxel)
{
    return (column){tk_block(x, sample, 0) + voxel * TK_LANES, x->block};
}

static void one_voxel(const job *j, size_t i)
{
    const tk_dims *s = &j->to->dims;
    size_t n = i / tk_voxels(s);
    size_t v = i % tk_voxels(s);
    const column x = column_of(j->x, n, v);
    const column to = column_of(j->to, n, v);
    if (!j->dy) {
        (j->kind == TK_SOFTMAX ? softmax_of : log_softmax_of)(&x, s->c, &to);
    } else {
        const column dy = column_of(j->dy, n, v);
        (j->kind == TK_SOFTMAX ? softmax_back : log_softmax_back)(&x, s->c, &dy,
                                                                  &to);
    }
    zero_rest(&to, s->c);
}

static void voxels(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    for (size_t i = begin; i < end; i++)
        one_voxel(ctx, i);
}

void tk_softmax_forward(const tk_run *run, tk_softmax kind, const tk_image *x,
                        const tk_image *y)
{
    job j = {.kind = kind, .x = x, .to = y};
    cs_pool_for(run->pool, y->dims.n * tk_voxels(&y->dims), GRAIN, voxels, &j);
}

void tk_softmax_backward(const tk_run *run, tk_softmax kind, const tk_image *y,
                         const tk_image *dy, const tk_image *dx)
{
    job j = {.kind = kind, .x = y, .dy = dy, .to = dx};
    cs_pool_for(run->pool, dx->dims.n * tk_voxels(&dx->dims), GRAIN, voxels,
                &j);
}
