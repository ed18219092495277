#include "tensor/kernels/activation.h"

#include <math.h>

#include "tensor/kernels/voxels.h"

#define SQRT_HALF 0.707106781186547524F
#define INV_SQRT_2PI 0.398942280401432678F

static float sigmoid(float x)
{
    /* exp() of a number that is not positive: no overflow on either side. */
    float e = expf(-fabsf(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

static float value(tk_activation f, float x)
{
    switch (f.kind) {
    case TK_RELU:
        return x <= 0 ? 0 : x; /* NaN stays NaN */
    case TK_LEAKY_RELU:
        return x > 0 ? x : f.slope * x;
    case TK_GELU:
        return 0.5F * x * erfcf(-x * SQRT_HALF);
    case TK_SILU:
        return x * sigmoid(x);
    case TK_SIGMOID:
        return sigmoid(x);
    case TK_TANH:
        return tanhf(x);
    default:
        return x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6;
    }
}

/* At the input x, or at the output where that suffices. */
static float derivative(tk_activation f, float x)
{
    switch (f.kind) {
    case TK_RELU:
        return x <= 0 ? 0 : 1;
    case TK_LEAKY_RELU:
        return x > 0 ? 1 : f.slope;
    case TK_GELU:
        return 0.5F * erfcf(-x * SQRT_HALF) +
               x * INV_SQRT_2PI * expf(-0.5F * x * x);
    case TK_SILU: {
        float s = sigmoid(x);
        return s * (1 + x * (1 - s));
    }
    case TK_SIGMOID:
        return x * (1 - x);
    case TK_TANH:
        return 1 - x * x;
    default:
        return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;
    }
}

bool tk_activation_needs_only_y(tk_activation_kind kind)
{
    return kind == TK_RELU || kind == TK_LEAKY_RELU || kind == TK_SIGMOID ||
           kind == TK_TANH;
}

typedef struct job {
    tk_activation f;
    const tk_image *x, *dy, *to;
} job;

static void forward(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->to->dims, i);
        const float *x = tk_chunk_data(j->x, &k);
        float *y = tk_chunk_data(j->to, &k);
        size_t n = (k.end - k.begin) * TK_LANES;
        size_t used = tk_lanes_used(&j->to->dims, k.block);
        if (j->f.kind == TK_RELU) /* worth a loop without a switch */
            for (size_t f = 0; f < n; f++)
                y[f] = x[f] <= 0 ? 0 : x[f];
        else
            for (size_t f = 0; f < n; f++)
                y[f] = f % TK_LANES < used ? value(j->f, x[f]) : 0;
    }
}

static void backward(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->to->dims, i);
        const float *x = tk_chunk_data(j->x, &k);
        const float *dy = tk_chunk_data(j->dy, &k);
        float *dx = tk_chunk_data(j->to, &k);
        size_t n = (k.end - k.begin) * TK_LANES;
        if (j->f.kind == TK_RELU)
            for (size_t f = 0; f < n; f++) {
                float g = dy[f];
                dx[f] = x[f] <= 0 ? 0 : g;
            }
        else
            for (size_t f = 0; f < n; f++)
                dx[f] = dy[f] * derivative(j->f, x[f]);
    }
}

void tk_activate(const tk_run *run, tk_activation f, const tk_image *x,
                 const tk_image *y)
{
    job j = {.f = f, .x = x, .to = y};
    cs_pool_for(run->pool, tk_chunks(&y->dims), 4, forward, &j);
}

void tk_activate_backward(const tk_run *run, tk_activation f, const tk_image *x,
                          const tk_image *dy, const tk_image *dx)
{
    job j = {.f = f, .x = x, .dy = dy, .to = dx};
    cs_pool_for(run->pool, tk_chunks(&dx->dims), 4, backward, &j);
}
