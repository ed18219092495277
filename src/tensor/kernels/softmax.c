#include "tensor/kernels/softmax.h"

#include "tensor/kernels/softmax_tile.h"
#include "tensor/kernels/voxels.h"

typedef struct job {
    const tk_math_table *math;
    tk_softmax kind;
    const tk_image *x; /* backward: y */
    const tk_image *dy, *to;
} job;

static size_t tiles_of(const tk_dims *s)
{
    return (tk_voxels(s) + TK_TILE_ROWS - 1) / TK_TILE_ROWS;
}

/* Where a tile begins in each of the images. */
typedef struct place {
    tk_tile tile;
    size_t sample, offset; /* in floats, from the sample's first block */
    const float *x;
    float *to;
} place;

static place place_at(const job *j, size_t i)
{
    const tk_dims *s = &j->to->dims;
    size_t n = i / tiles_of(s);
    size_t first = i % tiles_of(s) * TK_TILE_ROWS;
    size_t rows = CS_MIN(tk_voxels(s) - first, TK_TILE_ROWS);
    place p = {.tile = {.rows = rows,
                        .c = s->c,
                        .from_stride = j->x->block,
                        .to_stride = j->to->block},
               .sample = n,
               .offset = first * TK_LANES};
    p.x = tk_block(j->x, n, 0) + p.offset;
    p.to = tk_block(j->to, n, 0) + p.offset;
    return p;
}

/* y * (dy - sum), or dy - exp(y) * sum: one block of channels. */
static void back_block(const job *j, const place *p, const float *dy,
                       size_t block, const double *sums)
{
    float *dx = p->to + block * j->to->block;
    const float *y = p->x + block * j->x->block;
    dy += block * j->dy->block;
    static const float zeros[TK_TILE_ROWS];
    _Alignas(32) float e[TK_TILE_ROWS * TK_LANES];
    bool log = j->kind == TK_LOG_SOFTMAX;
    if (log)
        j->math->exp_rows(y, zeros, p->tile.rows, e);
    size_t used = CS_MIN(p->tile.c - block * TK_LANES, (size_t)TK_LANES);
    for (size_t i = 0; i < p->tile.rows * TK_LANES; i++) {
        double sum = sums[i / TK_LANES];
        double g = (double)dy[i];
        float d =
            log ? (float)(g - (double)e[i] * sum) : y[i] * (float)(g - sum);
        dx[i] = i % TK_LANES < used ? d : 0;
    }
}

static void backward(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    double sums[TK_TILE_ROWS];
    for (size_t i = begin; i < end; i++) {
        place p = place_at(j, i);
        bool log = j->kind == TK_LOG_SOFTMAX;
        const tk_tile tile = {.rows = p.tile.rows,
                              .c = p.tile.c,
                              .from_stride = j->dy->block,
                              .to_stride = j->x->block};
        const float *dy = tk_block(j->dy, p.sample, 0) + p.offset;
        tk_tile_sums(&tile, dy, log ? NULL : p.x, sums);
        for (size_t b = 0; b < tk_blocks(p.tile.c); b++)
            back_block(j, &p, dy, b, sums);
    }
}

static void forward(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        place p = place_at(j, i);
        if (j->kind == TK_SOFTMAX)
            tk_tile_softmax(j->math, &p.tile, p.x, false, p.to);
        else
            tk_tile_log_softmax(j->math, &p.tile, p.x, p.to);
    }
}

void tk_softmax_forward(const tk_run *run, tk_softmax kind, const tk_image *x,
                        const tk_image *y)
{
    job j = {.math = &run->table->math, .kind = kind, .x = x, .to = y};
    cs_pool_for(run->pool, y->dims.n * tiles_of(&y->dims), 4, forward, &j);
}

void tk_softmax_backward(const tk_run *run, tk_softmax kind, const tk_image *y,
                         const tk_image *dy, const tk_image *dx)
{
    job j = {.math = &run->table->math, .kind = kind, .x = y, .dy = dy};
    j.to = dx;
    cs_pool_for(run->pool, dx->dims.n * tiles_of(&dx->dims), 4, backward, &j);
}
