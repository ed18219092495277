#include "tensor/kernels/activation.h"

#include "tensor/kernels/voxels.h"

bool tk_activation_needs_only_y(tk_activation_kind kind)
{
    return kind == TK_RELU || kind == TK_LEAKY_RELU || kind == TK_SIGMOID ||
           kind == TK_TANH;
}

typedef struct job {
    const tk_math_table *math;
    tk_activation f;
    const tk_image *x, *dy, *to;
} job;

/* A sigmoid of the zeros in them is none. */
static void zero_lanes(float *y, size_t used, size_t n)
{
    for (size_t i = 0; used < TK_LANES && i < n; i += TK_LANES)
        for (size_t l = used; l < TK_LANES; l++)
            y[i + l] = 0;
}

static void forward(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->to->dims, i);
        float *y = tk_chunk_data(j->to, &k);
        size_t n = (k.end - k.begin) * TK_LANES;
        j->math->activate(j->f.kind, j->f.slope, tk_chunk_data(j->x, &k), n, y);
        zero_lanes(y, tk_lanes_used(&j->to->dims, k.block), n);
    }
}

static void backward(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->to->dims, i);
        j->math->activate_back(j->f.kind, j->f.slope, tk_chunk_data(j->x, &k),
                               tk_chunk_data(j->dy, &k),
                               (k.end - k.begin) * TK_LANES,
                               tk_chunk_data(j->to, &k));
    }
}

void tk_activate(const tk_run *run, tk_activation f, const tk_image *x,
                 const tk_image *y)
{
    job j = {.math = &run->table->math, .f = f, .x = x, .to = y};
    cs_pool_for(run->pool, tk_chunks(&y->dims), 4, forward, &j);
}

void tk_activate_backward(const tk_run *run, tk_activation f, const tk_image *x,
                          const tk_image *dy, const tk_image *dx)
{
    job j = {.math = &run->table->math, .f = f, .x = x, .dy = dy, .to = dx};
    cs_pool_for(run->pool, tk_chunks(&dx->dims), 4, backward, &j);
}
