#include "tensor/kernels/dropout.h"

#include "tensor/kernels/voxels.h"

typedef struct job {
    const tk_dropout *drop;
    const tk_image *x, *y;
    float scale;
} job;

/* Numbers drawn at once. */
#define DRAWS 512

static void drop_elements(const job *j, uint64_t index, const float *x,
                          size_t n, float *y)
{
    float draw[DRAWS];
    for (size_t i = 0; i < n; i += DRAWS) {
        size_t count = CS_MIN(n - i, (size_t)DRAWS);
        cs_rng_fill_uniform_f32(&j->drop->stream, index + i, draw, count);
        for (size_t k = 0; k < count; k++)
            y[i + k] = draw[k] >= j->drop->p ? x[i + k] * j->scale : 0;
    }
}

static void drop_channels(const job *j, const tk_chunk *k, const float *x,
                          float *y)
{
    const tk_dims *s = &j->y->dims;
    float draw[TK_LANES] = {0};
    size_t used = tk_lanes_used(s, k->block);
    cs_rng_fill_uniform_f32(&j->drop->stream,
                            k->sample * s->c + k->block * TK_LANES, draw, used);
    for (size_t v = 0; v < k->end - k->begin; v++)
        for (size_t l = 0; l < TK_LANES; l++, x++, y++)
            *y = l < used && draw[l] >= j->drop->p ? *x * j->scale : 0;
}

static void chunks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const tk_dims *s = &j->y->dims;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(s, i);
        const float *x = tk_chunk_data(j->x, &k);
        float *y = tk_chunk_data(j->y, &k);
        uint64_t block = k.sample * tk_blocks(s->c) + k.block;
        if (j->drop->channels)
            drop_channels(j, &k, x, y);
        else
            drop_elements(j, (block * tk_voxels(s) + k.begin) * TK_LANES, x,
                          (k.end - k.begin) * TK_LANES, y);
    }
}

/* At p = 1 nothing is kept, so the infinite scale meets no element. */
static float scale_of(const tk_dropout *drop)
{
    return 1 / (1 - drop->p);
}

void tk_dropout_run(const tk_run *run, const tk_dropout *drop,
                    const tk_image *x, const tk_image *y)
{
    job j = {.drop = drop, .x = x, .y = y, .scale = scale_of(drop)};
    cs_pool_for(run->pool, tk_chunks(&y->dims), 1, chunks, &j);
}
