#include "tensor/kernels/resize.h"

#include <math.h>
#include <string.h>

/* Where one output coordinate reads along an axis, and with what weights. */
typedef struct taps {
    size_t at[2];
    float weight[2];
    int count;
} taps;

/* In float, and the index cut at the last voxel, as PyTorch does. */
static taps nearest_at(size_t o, size_t in, size_t out)
{
    float scale = (float)in / (float)out;
    size_t at = CS_MIN((size_t)floorf((float)o * scale), in - 1);
    return (taps){{at}, {1}, 1};
}

static float linear_place(tk_resize how, size_t o, size_t in, size_t out)
{
    if (how == TK_RESIZE_LINEAR_CORNERS) {
        float scale = out > 1 ? (float)(in - 1) / (float)(out - 1) : 0;
        return scale * (float)o;
    }
    float scale = (float)in / (float)out;
    float place = scale * ((float)o + 0.5F) - 0.5F;
    return place < 0 ? 0 : place;
}

static taps taps_at(tk_resize how, size_t o, size_t in, size_t out)
{
    if (in == out)
        return (taps){{o}, {1}, 1};
    if (how == TK_RESIZE_NEAREST)
        return nearest_at(o, in, out);
    float place = linear_place(how, o, in, out);
    size_t low = CS_MIN((size_t)place, in - 1);
    if (low + 1 >= in)
        return (taps){{low}, {1}, 1};
    float far = CS_MIN(CS_MAX(place - (float)low, 0.0F), 1.0F);
    return (taps){{low, low + 1}, {1 - far, far}, 2};
}

typedef struct job {
    tk_resize how;
    const tk_image *small; /* x or dx */
    const tk_image *big;   /* y or dy: the one that is walked */
} job;

/* Row `y` of plane `z` of the output reads these rows of the input. */
typedef struct rows {
    size_t offset[4]; /* in floats of a block */
    float weight[4];
    int count;
} rows;

static rows rows_at(const job *j, size_t z, size_t y)
{
    const tk_dims *in = &j->small->dims;
    const tk_dims *out = &j->big->dims;
    taps d = taps_at(j->how, z, in->d, out->d);
    taps h = taps_at(j->how, y, in->h, out->h);
    rows r = {.count = 0};
    for (int a = 0; a < d.count; a++)
        for (int b = 0; b < h.count; b++, r.count++) {
            r.offset[r.count] = (d.at[a] * in->h + h.at[b]) * in->w * TK_LANES;
            r.weight[r.count] = d.weight[a] * h.weight[b];
        }
    return r;
}

static void gather_row(const job *j, const rows *r, const float *x, float *y)
{
    size_t in = j->small->dims.w;
    size_t out = j->big->dims.w;
    for (size_t i = 0; i < out; i++, y += TK_LANES) {
        taps w = taps_at(j->how, i, in, out);
        float sum[TK_LANES] = {0};
        for (int a = 0; a < r->count; a++)
            for (int b = 0; b < w.count; b++) {
                const float *p = x + r->offset[a] + w.at[b] * TK_LANES;
                float share = r->weight[a] * w.weight[b];
                for (size_t l = 0; l < TK_LANES; l++)
                    sum[l] += share * p[l];
            }
        memcpy(y, sum, sizeof(sum));
    }
}

static void copy_row(const job *j, const rows *r, const float *x, float *y)
{
    size_t in = j->small->dims.w;
    size_t out = j->big->dims.w;
    for (size_t i = 0; i < out; i++) {
        size_t at = taps_at(j->how, i, in, out).at[0];
        memcpy(y + i * TK_LANES, x + r->offset[0] + at * TK_LANES,
               TK_LANES * sizeof(float));
    }
}

/* One row of the output of one block. */
static void forward(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const tk_dims *out = &j->big->dims;
    size_t blocks = tk_blocks(out->c);
    for (size_t i = begin; i < end; i++) {
        size_t y = i % out->h;
        size_t z = i / out->h % out->d;
        size_t block = i / out->h / out->d % blocks;
        size_t n = i / out->h / out->d / blocks;
        rows r = rows_at(j, z, y);
        const float *from = tk_block(j->small, n, block);
        float *to =
            tk_block(j->big, n, block) + (z * out->h + y) * out->w * TK_LANES;
        if (j->how == TK_RESIZE_NEAREST)
            copy_row(j, &r, from, to);
        else
            gather_row(j, &r, from, to);
    }
}

void tk_resize_forward(const tk_run *run, tk_resize how, const tk_image *x,
                       const tk_image *y)
{
    job j = {.how = how, .small = x, .big = y};
    const tk_dims *out = &y->dims;
    cs_pool_for(run->pool, out->n * tk_blocks(out->c) * out->d * out->h, 8,
                forward, &j);
}

/* --- backward --- */

static void scatter_row(const job *j, const rows *r, const float *dy, float *dx)
{
    size_t in = j->small->dims.w;
    size_t out = j->big->dims.w;
    for (size_t i = 0; i < out; i++, dy += TK_LANES) {
        taps w = taps_at(j->how, i, in, out);
        for (int a = 0; a < r->count; a++)
            for (int b = 0; b < w.count; b++) {
                float *p = dx + r->offset[a] + w.at[b] * TK_LANES;
                float share = r->weight[a] * w.weight[b];
                for (size_t l = 0; l < TK_LANES; l++)
                    p[l] += share * dy[l];
            }
    }
}

/* Output voxels share input voxels, so one thread does a whole block. */
static void backward(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const tk_dims *out = &j->big->dims;
    size_t blocks = tk_blocks(out->c);
    for (size_t i = begin; i < end; i++) {
        float *dx = tk_block(j->small, i / blocks, i % blocks);
        const float *dy = tk_block(j->big, i / blocks, i % blocks);
        memset(dx, 0, tk_block_floats(&j->small->dims) * sizeof(float));
        for (size_t row = 0; row < out->d * out->h; row++) {
            rows r = rows_at(j, row / out->h, row % out->h);
            scatter_row(j, &r, dy + row * out->w * TK_LANES, dx);
        }
    }
}

void tk_resize_backward(const tk_run *run, tk_resize how, const tk_image *dy,
                        const tk_image *dx)
{
    job j = {.how = how, .small = dx, .big = dy};
    cs_pool_for(run->pool, dx->dims.n * tk_blocks(dx->dims.c), 1, backward, &j);
}
