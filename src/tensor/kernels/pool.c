#include "tensor/kernels/pool.h"

#include <string.h>

int tk_pool_output(const tk_pool *pool, const tk_dims *x, tk_dims *ret,
                   cs_errinfo *info)
{
    const size_t in[3] = {x->d, x->h, x->w};
    size_t out[3];
    for (int a = 0; a < 3; a++) {
        size_t k = pool->kernel[a];
        if (k == 0 || pool->stride[a] == 0 || pool->pad[a] > k / 2)
            return cs_fail(info, CS_E_RANGE,
                           "a pooling window of %zu with stride %zu and "
                           "padding %zu makes no sense",
                           k, pool->stride[a], pool->pad[a]);
        if (in[a] + 2 * pool->pad[a] < k)
            return cs_fail(info, CS_E_RANGE,
                           "a pooling window of %zu does not fit in %zu voxels",
                           k, in[a] + 2 * pool->pad[a]);
        out[a] = (in[a] + 2 * pool->pad[a] - k) / pool->stride[a] + 1;
    }
    *ret = (tk_dims){x->n, x->c, out[0], out[1], out[2]};
    return 0;
}

tk_planes tk_pool_reads(const tk_pool *pool, tk_planes to, size_t depth)
{
    size_t first = to.begin * pool->stride[0];
    size_t last = (to.end - 1) * pool->stride[0] + pool->kernel[0];
    size_t pad = pool->pad[0];
    size_t end = CS_MIN(last - pad, depth);
    return (tk_planes){first > pad ? first - pad : 0, end};
}

tk_pool tk_pool_window(const tk_pool *pool, tk_planes to)
{
    tk_pool part = *pool;
    size_t first = to.begin * pool->stride[0];
    part.pad[0] = first < pool->pad[0] ? pool->pad[0] - first : 0;
    return part;
}

/* [begin, end) of the input; `whole` counts padding in. */
typedef struct window {
    size_t begin, end, whole;
} window;

static window window_at(const tk_pool *p, int a, size_t o, size_t in,
                        size_t out)
{
    if (p->adaptive) {
        window w = {o * in / out, ((o + 1) * in + out - 1) / out, 0};
        w.whole = w.end - w.begin;
        return w;
    }
    size_t first = o * p->stride[a];
    size_t last = first + p->kernel[a]; /* > pad, as pad <= kernel / 2 */
    size_t end = CS_MIN(last - p->pad[a], in);
    window w = {.begin = first > p->pad[a] ? first - p->pad[a] : 0, .end = end};
    w.whole = p->count_pad ? p->kernel[a] : w.end - w.begin;
    return w;
}

typedef struct box {
    window d, h, w;
    size_t sy, sz; /* floats from row to row and plane to plane */
} box;

typedef struct job {
    const tk_pool *pool;
    const tk_lanes_table *lanes;
    const tk_image *x, *y; /* backward: dx or x, and dy */
    const tk_image *dx;
    size_t middle[2]; /* along w, outputs whose windows are whole */
    bool apart;       /* windows have no voxel in common … */
    bool everywhere;  /* … and leave none out */
} job;

static bool is_whole(const job *j, size_t o)
{
    window w = window_at(j->pool, 2, o, j->x->dims.w, j->y->dims.w);
    return !j->pool->adaptive && w.end - w.begin == j->pool->kernel[2];
}

static void find_middle(job *j)
{
    size_t n = j->y->dims.w;
    size_t begin = 0;
    while (begin < n && !is_whole(j, begin))
        begin++;
    size_t end = n;
    while (end > begin && !is_whole(j, end - 1))
        end--;
    j->middle[0] = begin;
    j->middle[1] = end;
}

static box box_at(const job *j, size_t z, size_t y, size_t x)
{
    const tk_dims *in = &j->x->dims;
    const tk_dims *out = &j->y->dims;
    return (box){.d = window_at(j->pool, 0, z, in->d, out->d),
                 .h = window_at(j->pool, 1, y, in->h, out->h),
                 .w = window_at(j->pool, 2, x, in->w, out->w),
                 .sy = in->w * TK_LANES,
                 .sz = in->h * in->w * TK_LANES};
}

/* For the offset `p` of each voxel of a box in its block. */
#define FOR_BOX(b, p)                                                          \
    for (size_t z_ = (b)->d.begin; z_ < (b)->d.end; z_++)                      \
        for (size_t y_ = (b)->h.begin; y_ < (b)->h.end; y_++)                  \
            for (size_t row_ = z_ * (b)->sz + y_ * (b)->sy,                    \
                        p = row_ + (b)->w.begin * TK_LANES;                    \
                 p < row_ + (b)->w.end * TK_LANES; p += TK_LANES)

/* Windows [at, at + count) of a row of outputs, all of one size. */
typedef struct stretch {
    box first;
    tk_window w;
    size_t from; /* floats to the first voxel of the first window */
    size_t count;
} stretch;

static stretch stretch_at(const job *j, size_t z, size_t y, size_t at)
{
    box b = box_at(j, z, y, at);
    bool middle = at >= j->middle[0] && at < j->middle[1];
    return (stretch){.first = b,
                     .w = {.size = {b.d.end - b.d.begin, b.h.end - b.h.begin,
                                    b.w.end - b.w.begin},
                           .plane = b.sz,
                           .row = b.sy,
                           .step = j->pool->stride[2] * TK_LANES},
                     .from = b.d.begin * b.sz + b.h.begin * b.sy +
                             b.w.begin * TK_LANES,
                     .count = middle ? j->middle[1] - at : 1};
}

static float share_of(const box *b)
{
    return 1.0F / (float)(b->d.whole * b->h.whole * b->w.whole);
}

static void mean_of(const box *b, const float *x, float *y)
{
    /* A whole volume may be one window: too many terms for a float. */
    double sum[TK_LANES] = {0};
    FOR_BOX(b, p)
    for (size_t l = 0; l < TK_LANES; l++)
        sum[l] += (double)x[p + l];
    float share = share_of(b);
    for (size_t l = 0; l < TK_LANES; l++)
        y[l] = (float)sum[l] * share;
}

static void max_row(const job *j, size_t z, size_t row, const float *x,
                    float *y)
{
    for (size_t v = 0; v < j->y->dims.w;) {
        stretch s = stretch_at(j, z, row, v);
        j->lanes->window_max(&s.w, x + s.from, s.count, y + v * TK_LANES);
        v += s.count;
    }
}

static void mean_row(const job *j, size_t z, size_t row, const float *x,
                     float *y)
{
    for (size_t v = 0; v < j->y->dims.w; v++) {
        box b = box_at(j, z, row, v);
        mean_of(&b, x, y + v * TK_LANES);
    }
}

/* One plane of the output of one block. */
static void forward_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const tk_dims *out = &j->y->dims;
    size_t blocks = tk_blocks(out->c);
    for (size_t i = begin; i < end; i++) {
        size_t z = i % out->d;
        size_t block = i / out->d % blocks;
        size_t n = i / out->d / blocks;
        const float *x = tk_block(j->x, n, block);
        float *y = tk_block(j->y, n, block) + z * out->h * out->w * TK_LANES;
        for (size_t row = 0; row < out->h; row++, y += out->w * TK_LANES)
            (j->pool->kind == TK_POOL_MAX ? max_row : mean_row)(j, z, row, x,
                                                                y);
    }
}

void tk_pool_forward(const tk_run *run, const tk_pool *pool, const tk_image *x,
                     const tk_image *y)
{
    job j = {.pool = pool, .lanes = &run->table->lanes, .x = x, .y = y};
    find_middle(&j);
    size_t planes = y->dims.n * tk_blocks(y->dims.c) * y->dims.d;
    cs_pool_for(run->pool, planes, 1, forward_planes, &j);
}

/* --- backward --- */

static void max_back_row(const job *j, size_t z, size_t row, const float *x,
                         const float *dy, float *dx)
{
    for (size_t v = 0; v < j->y->dims.w;) {
        stretch s = stretch_at(j, z, row, v);
        j->lanes->window_max_back(&s.w, x + s.from, dy + v * TK_LANES, s.count,
                                  !j->apart, dx + s.from);
        v += s.count;
    }
}

static void to_all(const box *b, const float *dy, float *dx)
{
    float share = share_of(b);
    FOR_BOX(b, p)
    for (size_t l = 0; l < TK_LANES; l++)
        dx[p + l] += dy[l] * share;
}

static void mean_back_row(const job *j, size_t z, size_t row, const float *dy,
                          float *dx)
{
    for (size_t v = 0; v < j->y->dims.w; v++) {
        box b = box_at(j, z, row, v);
        to_all(&b, dy + v * TK_LANES, dx);
    }
}

/* Windows may overlap, so one thread does a whole block. */
static void backward_blocks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const tk_dims *out = &j->y->dims;
    size_t blocks = tk_blocks(out->c);
    for (size_t i = begin; i < end; i++) {
        size_t n = i / blocks;
        float *dx = tk_block(j->dx, n, i % blocks);
        const float *x = tk_block(j->x, n, i % blocks);
        const float *dy = tk_block(j->y, n, i % blocks);
        bool max = j->pool->kind == TK_POOL_MAX;
        if (!max || !j->everywhere)
            memset(dx, 0, tk_block_floats(&j->dx->dims) * sizeof(float));
        for (size_t r = 0; r < out->d * out->h; r++, dy += out->w * TK_LANES)
            if (max)
                max_back_row(j, r / out->h, r % out->h, x, dy, dx);
            else
                mean_back_row(j, r / out->h, r % out->h, dy, dx);
    }
}

/* What the usual pooling, by its stride, makes simpler. */
static void find_overlap(job *j)
{
    const tk_pool *p = j->pool;
    const tk_dims *x = &j->x->dims;
    const tk_dims *y = &j->y->dims;
    const size_t in[3] = {x->d, x->h, x->w};
    const size_t out[3] = {y->d, y->h, y->w};
    j->apart = j->everywhere = !p->adaptive;
    for (int a = 0; a < 3; a++) {
        j->apart = j->apart && p->stride[a] >= p->kernel[a];
        j->everywhere = j->everywhere && p->stride[a] == p->kernel[a] &&
                        out[a] * p->stride[a] >= in[a] + p->pad[a];
    }
}

void tk_pool_backward(const tk_run *run, const tk_pool *pool, const tk_image *x,
                      const tk_image *dy, const tk_image *dx)
{
    job j = {.pool = pool,
             .lanes = &run->table->lanes,
             .x = x ? x : dx,
             .y = dy,
             .dx = dx};
    find_middle(&j);
    find_overlap(&j);
    cs_pool_for(run->pool, dx->dims.n * tk_blocks(dx->dims.c), 1,
                backward_blocks, &j);
}
