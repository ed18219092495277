#include "tensor/kernels/embedding.h"

#include <math.h>

#include "tensor/kernels/voxels.h"

typedef struct job {
    size_t rows;
    const float *table;
    float *dtable;
    const tk_image *ids;
    const tk_image *y; /* or dy */
} job;

/* False for what is no row: also for NaN and fractions. */
static bool row_of(float id, size_t rows, size_t *ret)
{
    if (!(id >= 0 && id < (float)rows) || id != floorf(id))
        return false;
    *ret = (size_t)id;
    return true;
}

static void look_up(const job *j, const tk_chunk *k)
{
    size_t size = j->y->dims.c;
    size_t used = tk_lanes_used(&j->y->dims, k->block);
    const float *id = tk_block(j->ids, k->sample, 0) + k->begin * TK_LANES;
    float *y = tk_chunk_data(j->y, k);
    for (size_t v = k->begin; v < k->end; v++, id += TK_LANES, y += TK_LANES) {
        size_t row = 0;
        bool found = row_of(*id, j->rows, &row);
        const float *from = j->table + row * size + k->block * TK_LANES;
        for (size_t l = 0; l < TK_LANES; l++)
            y[l] = l >= used ? 0 : found ? from[l] : NAN;
    }
}

static void look_up_chunks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->y->dims, i);
        look_up(j, &k);
    }
}

void tk_embedding_forward(const tk_run *run, size_t rows, const float *table,
                          const tk_image *ids, const tk_image *y)
{
    job j = {.rows = rows, .table = table, .ids = ids, .y = y};
    cs_pool_for(run->pool, tk_chunks(&y->dims), 1, look_up_chunks, &j);
}

/* A row may come more than once: threads share out the channels. */
static void add_block(const job *j, size_t sample, size_t block)
{
    size_t size = j->y->dims.c;
    size_t used = tk_lanes_used(&j->y->dims, block);
    const float *id = tk_block(j->ids, sample, 0);
    const float *dy = tk_block(j->y, sample, block);
    for (size_t v = 0; v < tk_voxels(&j->y->dims); v++) {
        size_t row;
        if (!row_of(id[v * TK_LANES], j->rows, &row))
            continue;
        float *to = j->dtable + row * size + block * TK_LANES;
        for (size_t l = 0; l < used; l++)
            to[l] += dy[v * TK_LANES + l];
    }
}

static void add_blocks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t block = begin; block < end; block++)
        for (size_t n = 0; n < j->y->dims.n; n++)
            add_block(j, n, block);
}

void tk_embedding_backward(const tk_run *run, size_t rows, const tk_image *ids,
                           const tk_image *dy, float *dtable)
{
    job j = {.rows = rows, .ids = ids, .y = dy};
    j.dtable = dtable;
    cs_pool_for(run->pool, tk_blocks(dy->dims.c), 1, add_blocks, &j);
}
