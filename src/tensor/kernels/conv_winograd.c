/* Convolutions of kernel 3 and stride 1 by Winograd's minimal algorithms: a
 * tile of the input is transformed, multiplied by transformed weights (for
 * each point of the transform one small matrix product over channels) and
 * transformed back. F(4,4,4) needs 3.4 products for each output voxel and pair
 * of channels where the definition has 27.
 *
 * The transforms are exact but for rounding; docs/kernels.md has the errors.
 * Tiles that reach beyond the image are copied into a small zeroed one. */
#include <string.h>

#include "tensor/kernels/conv_impl.h"

#define AXIS_POINTS_MAX 6
#define POINTS_MAX ((size_t)AXIS_POINTS_MAX * AXIS_POINTS_MAX * AXIS_POINTS_MAX)
#define TILE_OUT_MAX 64

static const tk_winograd *shape_of(tk_winograd_kind kind)
{
    return &tk_table_baseline.winograd[kind];
}

/* Input extent of a tile. */
static size_t reach(unsigned char m)
{
    return m == 1 ? 1 : (size_t)m + 2;
}

bool tk_winograd_fits(const tk_conv *c, tk_winograd_kind kind)
{
    const tk_winograd *w = shape_of(kind);
    for (int a = 0; a < 3; a++) {
        size_t want = w->m[a] == 1 ? 1 : 3;
        if (c->kernel[a] != want || c->stride[a] != 1 || c->dilation[a] != 1 ||
            c->pad[a] >= want)
            return false;
    }
    return c->groups == 1;
}

/* Tiles of one step: V and M should stay in the outer caches, and the weights
 * that are read for each step be worth it. Measured on Zen 3. */
static size_t tiles_of_step(const tk_conv_plan *p)
{
    size_t from = tk_from_channels(p);
    size_t to = tk_to_channels(p);
    size_t most = CS_MAX(from, to);
    size_t n = most <= 32 ? 6 : from <= 64 && to <= 32 ? 6 : 12;
    if (most > 64)
        n = 24;
    if (most > 128)
        n = 36;
    /* Kinds of fewer points have room for more tiles. */
    size_t points = shape_of(p->kind)->points;
    return points >= 144 ? n : points >= 36 ? 2 * n : 4 * n;
}

typedef struct sizes {
    size_t v_step, m_step; /* floats from one point to the next */
    size_t v, m;
} sizes;

/* The odd cache line keeps the points from falling on the same cache sets. */
static sizes sizes_of(const tk_conv_plan *p)
{
    sizes s;
    size_t points = shape_of(p->kind)->points;
    s.v_step = p->rows * tk_round_up(tk_from_channels(p), TK_LANES) + 16;
    s.m_step = p->rows * tk_round_up(tk_to_channels(p), TK_PANEL) + 16;
    s.v = tk_lines(points * s.v_step);
    s.m = tk_lines(points * s.m_step);
    return s;
}

#define PATCH_FLOATS (POINTS_MAX * TK_LANES)

void tk_winograd_plan(tk_conv_plan *p)
{
    const tk_winograd *w = shape_of(p->kind);
    size_t from = tk_round_up(tk_from_channels(p), TK_LANES);
    size_t to = tk_round_up(tk_to_channels(p), TK_PANEL);
    p->rows = tiles_of_step(p);
    p->packed_floats = w->points * from * to;
    if (p->op == TK_CONV_WEIGHTS) {
        p->rows = CS_MAX(p->rows, (size_t)48);
        sizes s = sizes_of(p);
        p->shared_floats = s.v + s.m;
        p->slot_floats = PATCH_FLOATS;
        return;
    }
    sizes s = sizes_of(p);
    p->slot_floats = s.v + s.m + PATCH_FLOATS;
}

/* --- tiles --- */

typedef struct tiling {
    const tk_winograd *w;
    size_t count[3]; /* along each axis of the output */
    size_t tiles;    /* of one sample */
    size_t pad[3];
} tiling;

static tiling tiling_of(const tk_conv_plan *p, const tk_table *table)
{
    const tk_dims *to = tk_to_dims(p);
    const size_t extents[3] = {to->d, to->h, to->w};
    tiling t = {.w = &table->winograd[p->kind], .tiles = 1};
    for (int a = 0; a < 3; a++) {
        t.count[a] = (extents[a] + t.w->m[a] - 1) / t.w->m[a];
        t.tiles *= t.count[a];
        /* The data gradient is the same sum from the other side. */
        size_t k = p->conv.kernel[a];
        t.pad[a] =
            p->op == TK_CONV_DATA ? k - 1 - p->conv.pad[a] : p->conv.pad[a];
    }
    return t;
}

/* First output voxel of tile i of a sample. */
static void tile_origin(const tiling *t, size_t i, size_t at[3])
{
    at[2] = i % t->count[2] * t->w->m[2];
    i /= t->count[2];
    at[1] = i % t->count[1] * t->w->m[1];
    at[0] = i / t->count[1] * t->w->m[0];
}

/* A box of an image: its corner may lie outside, as may its end. */
typedef struct box {
    ptrdiff_t at[3];
    size_t size[3];
} box;

static bool box_inside(const box *b, const tk_dims *s)
{
    const size_t extents[3] = {s->d, s->h, s->w};
    for (int a = 0; a < 3; a++)
        if (b->at[a] < 0 || (size_t)b->at[a] + b->size[a] > extents[a])
            return false;
    return true;
}

static size_t voxel_of(const ptrdiff_t at[3], const tk_dims *s)
{
    return ((size_t)at[0] * s->h + (size_t)at[1]) * s->w + (size_t)at[2];
}

/* Part of [at, at + size) that lies in [0, extent), relative to `at`. */
static void clip(ptrdiff_t at, size_t size, size_t extent, size_t range[2])
{
    ptrdiff_t end = (ptrdiff_t)extent - at;
    range[0] = at < 0 ? CS_MIN((size_t)-at, size) : 0;
    range[1] = end < 0 ? 0 : CS_MIN((size_t)end, size);
    range[0] = CS_MIN(range[0], range[1]);
}

/* Copies rows between a box of a block and a dense patch of it. */
static void copy_box(const box *b, const tk_dims *s, float *block, float *patch,
                     bool into_patch)
{
    size_t r[3][2];
    clip(b->at[0], b->size[0], s->d, r[0]);
    clip(b->at[1], b->size[1], s->h, r[1]);
    clip(b->at[2], b->size[2], s->w, r[2]);
    size_t bytes = (r[2][1] - r[2][0]) * TK_LANES * sizeof(float);
    if (bytes == 0)
        return;
    for (size_t z = r[0][0]; z < r[0][1]; z++)
        for (size_t y = r[1][0]; y < r[1][1]; y++) {
            const ptrdiff_t at[3] = {b->at[0] + (ptrdiff_t)z,
                                     b->at[1] + (ptrdiff_t)y,
                                     b->at[2] + (ptrdiff_t)r[2][0]};
            float *in_image = block + voxel_of(at, s) * TK_LANES;
            float *in_patch =
                patch +
                ((z * b->size[1] + y) * b->size[2] + r[2][0]) * TK_LANES;
            if (into_patch)
                memcpy(in_patch, in_image, bytes);
            else
                memcpy(in_image, in_patch, bytes);
        }
}

static size_t box_floats(const box *b)
{
    return b->size[0] * b->size[1] * b->size[2] * TK_LANES;
}

typedef void transform_fn(const float *x, size_t sd, size_t sh, float *v,
                          size_t step);

/* Runs a transform on a box, through a zeroed patch where it sticks out. */
static void transform_box(transform_fn *transform, const box *b,
                          const tk_dims *s, float *block, float *patch,
                          float *v, size_t step)
{
    if (box_inside(b, s)) {
        transform(block + voxel_of(b->at, s) * TK_LANES, s->h * s->w * TK_LANES,
                  s->w * TK_LANES, v, step);
        return;
    }
    memset(patch, 0, box_floats(b) * sizeof(float));
    copy_box(b, s, block, patch, true);
    transform(patch, b->size[1] * b->size[2] * TK_LANES, b->size[2] * TK_LANES,
              v, step);
}

static box input_box(const tiling *t, size_t tile)
{
    box b;
    size_t at[3];
    tile_origin(t, tile, at);
    for (int a = 0; a < 3; a++) {
        b.at[a] = (ptrdiff_t)at[a] - (ptrdiff_t)t->pad[a];
        b.size[a] = reach(t->w->m[a]);
    }
    return b;
}

static box output_box(const tiling *t, size_t tile)
{
    box b;
    size_t at[3];
    tile_origin(t, tile, at);
    for (int a = 0; a < 3; a++) {
        b.at[a] = (ptrdiff_t)at[a];
        b.size[a] = t->w->m[a];
    }
    return b;
}

/* --- forward and data --- */

typedef struct winograd {
    const tk_conv_plan *plan;
    const tk_run *run;
    tiling t;
    sizes s;
    const float *packed, *bias;
    float slope;
    const tk_image *from, *to;
    size_t tiles; /* of all samples */
} winograd;

static void transform_input(const winograd *q, size_t first, size_t n, float *v,
                            float *patch)
{
    size_t rows = q->plan->rows;
    for (size_t b = 0; b < tk_blocks(q->from->dims.c); b++)
        for (size_t i = 0; i < n; i++) {
            size_t tile = first + i;
            const box in = input_box(&q->t, tile % q->t.tiles);
            transform_box(q->t.w->input, &in, &q->from->dims,
                          tk_block(q->from, tile / q->t.tiles, b), patch,
                          v + (b * rows + i) * TK_LANES, q->s.v_step);
        }
}

static void multiply_points(const winograd *q, size_t n, const float *v,
                            float *m)
{
    size_t from = tk_round_up(tk_from_channels(q->plan), TK_LANES);
    size_t to = tk_round_up(tk_to_channels(q->plan), TK_PANEL);
    for (size_t point = 0; point < q->t.w->points; point++) {
        tk_gemm g = {.a = v + point * q->s.v_step,
                     .a_block = q->plan->rows * TK_LANES,
                     .b = q->packed + point * from * to,
                     .c_block = q->plan->rows * TK_LANES,
                     .rows = n,
                     .depth = from,
                     .cols = to};
        g.c = m + point * q->s.m_step;
        q->run->table->gemm(&g);
    }
}

static _Alignas(32) const float no_bias[TK_LANES]; /* read as a vector */

static void transform_output(const winograd *q, const box *out, float *block,
                             const float *bias, const float *m, float *patch)
{
    const tk_dims *s = &q->to->dims;
    if (box_inside(out, s)) {
        q->t.w->output(m, q->s.m_step, block + voxel_of(out->at, s) * TK_LANES,
                       s->h * s->w * TK_LANES, s->w * TK_LANES, bias, q->slope);
        return;
    }
    q->t.w->output(m, q->s.m_step, patch,
                   out->size[1] * out->size[2] * TK_LANES,
                   out->size[2] * TK_LANES, bias, q->slope);
    copy_box(out, s, block, patch, false);
}

static void transform_outputs(const winograd *q, size_t first, size_t n,
                              const float *m, float *patch)
{
    for (size_t b = 0; b < tk_blocks(q->to->dims.c); b++)
        for (size_t i = 0; i < n; i++) {
            size_t tile = first + i;
            const box out = output_box(&q->t, tile % q->t.tiles);
            transform_output(q, &out, tk_block(q->to, tile / q->t.tiles, b),
                             q->bias ? q->bias + b * TK_LANES : no_bias,
                             m + (b * q->plan->rows + i) * TK_LANES, patch);
        }
}

static void winograd_steps(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const winograd *q = ctx;
    float *v = q->run->scratch + q->plan->slot_floats * slot;
    float *m = v + q->s.v;
    float *patch = m + q->s.m;
    for (size_t i = begin; i < end; i++) {
        size_t first = i * q->plan->rows;
        size_t n = CS_MIN(q->plan->rows, q->tiles - first);
        transform_input(q, first, n, v, patch);
        multiply_points(q, n, v, m);
        transform_outputs(q, first, n, m, patch);
    }
}

void tk_winograd_run(const tk_conv_plan *plan, const tk_run *run,
                     const float *packed, const tk_image *from,
                     const float *bias, float slope, const tk_image *to)
{
    winograd q = {.plan = plan,
                  .run = run,
                  .t = tiling_of(plan, run->table),
                  .s = sizes_of(plan),
                  .packed = packed,
                  .bias = bias,
                  .slope = slope,
                  .from = from,
                  .to = to};
    q.tiles = q.t.tiles * to->dims.n;
    size_t steps = (q.tiles + plan->rows - 1) / plan->rows;
    cs_pool_for(run->pool, steps, 1, winograd_steps, &q);
}

/* --- gradient of the weights --- */

typedef struct gradient {
    winograd q; /* `from` is x, `to` is dy */
    float *v, *z;
    float *sum;
    size_t first, n; /* tiles of this step */
} gradient;

/* Index i: a tile, of which all channels of both sides are transformed. */
static void transform_both(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const gradient *g = ctx;
    const winograd *q = &g->q;
    const tk_conv_plan *p = q->plan;
    float *patch = q->run->scratch + p->shared_floats + p->slot_floats * slot;
    for (size_t i = begin; i < end; i++) {
        size_t tile = g->first + i;
        size_t n = tile / q->t.tiles;
        const box in = input_box(&q->t, tile % q->t.tiles);
        const box out = output_box(&q->t, tile % q->t.tiles);
        for (size_t b = 0; b < tk_blocks(q->from->dims.c); b++)
            transform_box(q->t.w->input, &in, &q->from->dims,
                          tk_block(q->from, n, b), patch,
                          g->v + (b * p->rows + i) * TK_LANES, q->s.v_step);
        for (size_t b = 0; b < tk_blocks(q->to->dims.c); b++)
            transform_box(q->t.w->gradient, &out, &q->to->dims,
                          tk_block(q->to, n, b), patch,
                          g->z + (b * p->rows + i) * TK_LANES, q->s.m_step);
    }
}

static void sum_points(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const gradient *g = ctx;
    const winograd *q = &g->q;
    size_t from = tk_round_up(tk_from_channels(q->plan), TK_LANES);
    size_t to = tk_round_up(tk_to_channels(q->plan), TK_PANEL);
    for (size_t point = begin; point < end; point++) {
        const tk_gemm_tn m = {.a = g->v + point * q->s.v_step,
                              .a_block = q->plan->rows * TK_LANES,
                              .b = g->z + point * q->s.m_step,
                              .b_block = q->plan->rows * TK_LANES,
                              .w = g->sum + point * from * to,
                              .w_panel = from * TK_PANEL,
                              .rows = g->n,
                              .depth = from,
                              .cols = to,
                              .add = g->first > 0};
        q->run->table->gemm_tn(&m);
    }
}

void tk_winograd_gradient(const tk_conv_plan *plan, const tk_run *run,
                          const tk_image *x, const tk_image *dy, float *sum,
                          float *dw)
{
    sizes s = sizes_of(plan);
    gradient g = {.q = {.plan = plan,
                        .run = run,
                        .t = tiling_of(plan, run->table),
                        .s = s,
                        .from = x,
                        .to = dy},
                  .v = run->scratch,
                  .z = run->scratch + s.v,
                  .sum = sum};
    /* Blocks of dy that only fill a panel are zero for all steps. */
    memset(g.z, 0, s.m * sizeof(float));
    size_t tiles = g.q.t.tiles * dy->dims.n;
    for (g.first = 0; g.first < tiles; g.first += plan->rows) {
        g.n = CS_MIN(plan->rows, tiles - g.first);
        cs_pool_for(run->pool, g.n, 1, transform_both, &g);
        cs_pool_for(run->pool, g.q.t.w->points, 1, sum_points, &g);
    }
    tk_winograd_unpack(plan, run, sum, dw);
}
