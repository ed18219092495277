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

/* The channels of one voxel: c floats in blocks `stride` apart. */
typedef struct column {
    size_t c, stride;
} column;

static size_t place(const column *k, size_t c)
{
    return c / TK_LANES * k->stride + c % TK_LANES;
}

#define FOR_CHANNELS(k, c_, at)                                                \
    for (size_t c_ = 0, at = 0; c_ < (k)->c; c_++, at = place(k, c_))

static float largest(const column *k, const float *x)
{
    float most = -INFINITY;
    FOR_CHANNELS(k, c, at)
    most = x[at] > most ? x[at] : most;
    return most;
}

static void zero_rest(const column *k, float *y)
{
    for (size_t c = k->c; c % TK_LANES != 0; c++)
        y[place(k, c)] = 0;
}

static void softmax_of(const column *k, const float *x, float *y)
{
    float most = largest(k, x);
    double sum = 0;
    FOR_CHANNELS(k, c, at)
    {
        y[at] = expf(x[at] - most);
        sum += (double)y[at];
    }
    float share = (float)(1 / sum);
    FOR_CHANNELS(k, c, at)
    y[at] *= share;
}

static void log_softmax_of(const column *k, const float *x, float *y)
{
    float most = largest(k, x);
    double sum = (double)expf(x[0] - most);
    for (size_t c = 1; c < k->c; c++)
        sum += (double)expf(x[place(k, c)] - most);
    float rest = (float)log(sum);
    FOR_CHANNELS(k, c, at)
    y[at] = x[at] - most - rest;
}

static void softmax_back(const column *k, const float *y, const float *dy,
                         float *dx)
{
    double sum = 0;
    FOR_CHANNELS(k, c, at)
    sum += (double)y[at] * (double)dy[at];
    FOR_CHANNELS(k, c, at)
    dx[at] = y[at] * (float)((double)dy[at] - sum);
}

static void log_softmax_back(const column *k, const float *y, const float *dy,
                             float *dx)
{
    double sum = 0;
    FOR_CHANNELS(k, c, at)
    sum += (double)dy[at];
    FOR_CHANNELS(k, c, at)
    dx[at] = (float)((double)dy[at] - (double)expf(y[at]) * sum);
}

static void one_voxel(const job *j, size_t i)
{
    const tk_dims *s = &j->to->dims;
    size_t n = i / tk_voxels(s);
    size_t v = i % tk_voxels(s) * TK_LANES;
    column k = {.c = s->c, .stride = tk_block_stride(s)};
    const float *x = tk_block(j->x, n, 0) + v;
    float *to = tk_block(j->to, n, 0) + v;
    if (!j->dy)
        (j->kind == TK_SOFTMAX ? softmax_of : log_softmax_of)(&k, x, to);
    else
        (j->kind == TK_SOFTMAX ? softmax_back : log_softmax_back)(
            &k, x, tk_block(j->dy, n, 0) + v, to);
    zero_rest(&k, to);
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
