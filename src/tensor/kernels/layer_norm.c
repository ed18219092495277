#include "tensor/kernels/layer_norm.h"

#include <math.h>
#include <string.h>

#include "tensor/kernels/voxels.h"

/* Voxels that are worked on together: the blocks of a voxel lie far apart, so
 * that each visit to a block should take more than one. */
#define TILE ((size_t)16)

typedef double lanes[TILE][TK_LANES];

typedef struct moments {
    double mean, inverse; /* 1 / sqrt(variance + eps) */
} moments;

typedef struct job {
    const tk_layer_norm *norm;
    const tk_image *x, *dy;
    const tk_image *to; /* y or dx */
    moments *of_voxel;  /* backward */
    double (*sums)[2][TK_LANES];
    const tk_layer_norm_gradients *gradients;
} job;

/* Voxels [first, first + count) of a sample. */
typedef struct tile {
    size_t sample, first, count;
} tile;

static size_t tiles_of_sample(const tk_dims *s)
{
    return (tk_voxels(s) + TILE - 1) / TILE;
}

static tile tile_at(const tk_dims *s, size_t i)
{
    size_t per_sample = tiles_of_sample(s);
    size_t first = i % per_sample * TILE;
    size_t count = CS_MIN(tk_voxels(s) - first, TILE);
    return (tile){i / per_sample, first, count};
}

static float *tile_data(const tk_image *x, const tile *t, size_t block)
{
    return tk_block(x, t->sample, block) + t->first * TK_LANES;
}

static double lane_sum(const double *of)
{
    double sum = 0;
    for (size_t l = 0; l < TK_LANES; l++)
        sum += of[l];
    return sum;
}

/* --- statistics --- */

static void add_squares(const float *x, const tile *t, size_t used,
                        const moments *m, lanes sums)
{
    for (size_t v = 0; v < t->count; v++, x += TK_LANES)
        for (size_t l = 0; l < used; l++) {
            double d = (double)x[l] - m[v].mean;
            sums[v][l] += d * d;
        }
}

static void find_moments(const tk_image *x, double eps, const tile *t,
                         moments *m)
{
    const tk_dims *s = &x->dims;
    lanes sums = {0};
    for (size_t b = 0; b < tk_blocks(s->c); b++) {
        const float *p = tile_data(x, t, b);
        for (size_t v = 0; v < t->count; v++, p += TK_LANES)
            for (size_t l = 0; l < TK_LANES; l++)
                sums[v][l] += (double)p[l];
    }
    for (size_t v = 0; v < t->count; v++)
        m[v].mean = lane_sum(sums[v]) / (double)s->c;
    memset(sums, 0, sizeof(sums));
    for (size_t b = 0; b < tk_blocks(s->c); b++)
        add_squares(tile_data(x, t, b), t, tk_lanes_used(s, b), m, sums);
    for (size_t v = 0; v < t->count; v++)
        m[v].inverse = 1 / sqrt(lane_sum(sums[v]) / (double)s->c + eps);
}

/* Gain or shift of a block's channels. */
static void load_lanes(const float *from, double otherwise, size_t block,
                       size_t used, double to[TK_LANES])
{
    for (size_t l = 0; l < TK_LANES; l++)
        to[l] =
            from && l < used ? (double)from[block * TK_LANES + l] : otherwise;
}

static void zero_beyond(float *y, const tile *t, size_t used)
{
    for (size_t v = 0; used < TK_LANES && v < t->count; v++)
        memset(y + v * TK_LANES + used, 0, (TK_LANES - used) * sizeof(float));
}

/* --- forward --- */

static void normalise(const job *j, const tile *t, size_t block,
                      const moments *m)
{
    double gain[TK_LANES];
    double shift[TK_LANES];
    size_t used = tk_lanes_used(&j->x->dims, block);
    load_lanes(j->norm->gain, 1, block, used, gain);
    load_lanes(j->norm->shift, 0, block, used, shift);
    const float *x = tile_data(j->x, t, block);
    float *y = tile_data(j->to, t, block);
    for (size_t v = 0; v < t->count; v++)
        for (size_t l = 0; l < TK_LANES; l++) {
            double d = ((double)x[v * TK_LANES + l] - m[v].mean) * m[v].inverse;
            y[v * TK_LANES + l] = (float)(d * gain[l] + shift[l]);
        }
    zero_beyond(y, t, used);
}

static void forward_tiles(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        moments m[TILE];
        tile t = tile_at(&j->x->dims, i);
        find_moments(j->x, j->norm->eps, &t, m);
        for (size_t b = 0; b < tk_blocks(j->x->dims.c); b++)
            normalise(j, &t, b, m);
    }
}

void tk_layer_norm_forward(const tk_run *run, const tk_layer_norm *norm,
                           const tk_image *x, const tk_image *y)
{
    job j = {.norm = norm, .x = x, .to = y};
    size_t tiles = x->dims.n * tiles_of_sample(&x->dims);
    cs_pool_for(run->pool, tiles, 4, forward_tiles, &j);
}

/* --- backward: the input --- */

/* What all channels of a voxel share, with t = (x - mean) r, g = gain dy. */
typedef struct means {
    double g, gt; /* of g, of g t */
} means;

static void find_means(const job *j, const tile *t, const moments *m,
                       means of[TILE])
{
    const tk_dims *s = &j->x->dims;
    lanes g = {0};
    lanes gt = {0};
    for (size_t b = 0; b < tk_blocks(s->c); b++) {
        double gain[TK_LANES];
        load_lanes(j->norm->gain, 1, b, tk_lanes_used(s, b), gain);
        const float *x = tile_data(j->x, t, b);
        const float *dy = tile_data(j->dy, t, b); /* zeros beyond */
        for (size_t v = 0; v < t->count; v++)
            for (size_t l = 0; l < TK_LANES; l++) {
                double d = gain[l] * (double)dy[v * TK_LANES + l];
                g[v][l] += d;
                gt[v][l] += d * ((double)x[v * TK_LANES + l] - m[v].mean);
            }
    }
    for (size_t v = 0; v < t->count; v++)
        of[v] = (means){lane_sum(g[v]) / (double)s->c,
                        lane_sum(gt[v]) * m[v].inverse / (double)s->c};
}

/* dx = r (g - mean(g) - t mean(g t)) */
static void back_block(const job *j, const tile *t, size_t block,
                       const moments *m, const means *of)
{
    double gain[TK_LANES];
    size_t used = tk_lanes_used(&j->x->dims, block);
    load_lanes(j->norm->gain, 1, block, used, gain);
    const float *x = tile_data(j->x, t, block);
    const float *dy = tile_data(j->dy, t, block);
    float *dx = tile_data(j->to, t, block);
    for (size_t v = 0; v < t->count; v++)
        for (size_t l = 0; l < TK_LANES; l++) {
            size_t at = v * TK_LANES + l;
            double d = ((double)x[at] - m[v].mean) * m[v].inverse;
            double g = gain[l] * (double)dy[at];
            dx[at] = (float)(m[v].inverse * (g - of[v].g - d * of[v].gt));
        }
    zero_beyond(dx, t, used);
}

static void back_tiles(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const tk_dims *s = &j->x->dims;
    for (size_t i = begin; i < end; i++) {
        means of[TILE];
        tile t = tile_at(s, i);
        moments *m = j->of_voxel + t.sample * tk_voxels(s) + t.first;
        find_moments(j->x, j->norm->eps, &t, m);
        if (!j->to)
            continue;
        find_means(j, &t, m, of);
        for (size_t b = 0; b < tk_blocks(s->c); b++)
            back_block(j, &t, b, m, of);
    }
}

/* --- backward: gain and shift --- */

static void sum_chunk(const job *j, const tk_chunk *k, double sums[2][TK_LANES])
{
    const tk_dims *s = &j->x->dims;
    const moments *m = j->of_voxel + k->sample * tk_voxels(s) + k->begin;
    const float *x = tk_chunk_data(j->x, k);
    const float *dy = tk_chunk_data(j->dy, k);
    memset(sums, 0, 2 * sizeof(*sums));
    for (size_t v = 0; v < k->end - k->begin; v++)
        for (size_t l = 0; l < TK_LANES; l++) {
            double d = (double)dy[v * TK_LANES + l];
            double t = ((double)x[v * TK_LANES + l] - m[v].mean) * m[v].inverse;
            sums[0][l] += d * t;
            sums[1][l] += d;
        }
}

static void sum_chunks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->x->dims, i);
        sum_chunk(j, &k, j->sums[i]);
    }
}

/* Chunks are counted by sample, block, place. */
static double total(const job *j, unsigned which, size_t c)
{
    const tk_dims *s = &j->x->dims;
    size_t per_block = tk_chunks_of_block(s);
    size_t per_sample = per_block * tk_blocks(s->c);
    double sum = 0;
    for (size_t n = 0; n < s->n; n++)
        for (size_t i = 0; i < per_block; i++)
            sum += j->sums[n * per_sample + c / TK_LANES * per_block + i][which]
                          [c % TK_LANES];
    return sum;
}

static void sum_parameters(const tk_run *run, job *j)
{
    const tk_layer_norm_gradients *to = j->gradients;
    const tk_dims *s = &j->x->dims;
    if (!to->dgain && !to->dshift)
        return;
    cs_pool_for(run->pool, tk_chunks(s), 4, sum_chunks, j);
    for (size_t c = 0; c < s->c && to->dgain; c++)
        to->dgain[c] = (float)total(j, 0, c);
    for (size_t c = 0; c < s->c && to->dshift; c++)
        to->dshift[c] = (float)total(j, 1, c);
}

static size_t moment_floats(const tk_dims *s)
{
    return tk_lines(s->n * tk_voxels(s) * sizeof(moments) / sizeof(float));
}

size_t tk_layer_norm_scratch(const tk_dims *x)
{
    return moment_floats(x) + tk_lines(tk_chunks(x) * 2 * TK_LANES *
                                       sizeof(double) / sizeof(float));
}

void tk_layer_norm_backward(const tk_run *run, const tk_layer_norm *norm,
                            const tk_image *x, const tk_image *dy,
                            const tk_layer_norm_gradients *to)
{
    job j = {.norm = norm, .x = x, .dy = dy, .to = to->dx, .gradients = to};
    float *sums = run->scratch + moment_floats(&x->dims);
    j.of_voxel = (moments *)(void *)run->scratch;
    j.sums = (double(*)[2][TK_LANES])(void *)sums;
    size_t tiles = x->dims.n * tiles_of_sample(&x->dims);
    cs_pool_for(run->pool, tiles, 4, back_tiles, &j);
    sum_parameters(run, &j);
}
