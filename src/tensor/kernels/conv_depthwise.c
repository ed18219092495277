/* One kernel for each channel: eight channels are a vector, and every tap is
 * one multiply-add of it.
 *
 * Work goes by rows of voxels. In the middle of a row every tap along it meets
 * a voxel, and the row is one call of the tier; at its ends the taps outside
 * are left out, voxel by voxel. */
#include <string.h>

#include "tensor/kernels/conv_impl.h"

/* Sums of the gradient are cut into parts so that there are at least so many
 * pieces of work. */
#define PIECES ((size_t)32)

/* [block][tap][8] */
static size_t packed_floats(const tk_conv_plan *p)
{
    return tk_round_up(p->conv.in, TK_LANES) * tk_conv_taps(&p->conv);
}

/* Rows of dy, of all samples; and the parts that they are summed in. */
static size_t gradient_rows(const tk_conv_plan *p)
{
    return p->y.n * p->y.d * p->y.h;
}

static size_t gradient_parts(const tk_conv_plan *p)
{
    size_t blocks = tk_blocks(p->conv.in);
    size_t parts = (PIECES + blocks - 1) / blocks;
    return CS_MAX(CS_MIN(parts, gradient_rows(p)), (size_t)1);
}

void tk_depthwise_plan(tk_conv_plan *p)
{
    p->packed_floats = packed_floats(p);
    if (p->op == TK_CONV_WEIGHTS)
        p->packed_floats *= gradient_parts(p);
}

void tk_depthwise_pack(const tk_conv_plan *plan, const float *weights,
                       float *packed)
{
    size_t taps = tk_conv_taps(&plan->conv);
    memset(packed, 0, plan->packed_floats * sizeof(float));
    for (size_t c = 0; c < plan->conv.in; c++)
        for (size_t t = 0; t < taps; t++)
            packed[(c / TK_LANES * taps + t) * TK_LANES + c % TK_LANES] =
                weights[c * taps + t];
}

/* --- taps along an axis --- */

/* Tap k of a pass meets voxel `at * from_step + offset + k * step`, and is
 * number `index + k * index_step` of the kernel. */
typedef struct axis {
    size_t taps, extent, from_step;
    ptrdiff_t offset, step;
    ptrdiff_t index, index_step;
} axis;

static axis axis_of(const tk_pass *p, int a, size_t extent)
{
    axis x = {.taps = p->axis_taps[a],
              .extent = extent,
              .from_step = p->from_step[a]};
    if (x.taps > 0) {
        x.offset = p->offset[a][0];
        x.index = p->index[a][0];
    }
    if (x.taps > 1) {
        x.step = p->offset[a][1] - p->offset[a][0];
        x.index_step = (ptrdiff_t)p->index[a][1] - (ptrdiff_t)p->index[a][0];
    }
    return x;
}

static bool inside(const axis *x, size_t at, size_t tap)
{
    ptrdiff_t v =
        (ptrdiff_t)(at * x->from_step) + x->offset + (ptrdiff_t)tap * x->step;
    return v >= 0 && (size_t)v < x->extent;
}

/* The taps that meet the image: one stretch, as their voxels follow each other
 * in a line. */
typedef struct stretch {
    size_t first, count;
    ptrdiff_t voxel; /* of the first; 0 where there is none */
} stretch;

static stretch taps_inside(const axis *x, size_t at)
{
    stretch s = {.first = 0};
    while (s.first < x->taps && !inside(x, at, s.first))
        s.first++;
    while (s.first + s.count < x->taps && inside(x, at, s.first + s.count))
        s.count++;
    if (s.count == 0)
        return (stretch){.first = 0};
    s.voxel = (ptrdiff_t)(at * x->from_step) + x->offset +
              (ptrdiff_t)s.first * x->step;
    return s;
}

/* Voxels [begin, end) of a row of `count` that have all of their taps. */
static void middle_of(const axis *x, size_t count, size_t *begin, size_t *end)
{
    *begin = 0;
    while (*begin < count && taps_inside(x, *begin).count < x->taps)
        ++*begin;
    *end = count;
    while (*end > *begin && taps_inside(x, *end - 1).count < x->taps)
        --*end;
}

/* --- rows of voxels --- */

typedef struct depthwise {
    const tk_conv_plan *plan;
    const tk_run *run;
    const tk_image *from, *to; /* the gradient: x and dy */
    tk_pass pass;
    axis axes[3];
    ptrdiff_t voxel[3]; /* floats between neighbours in `from` */
    ptrdiff_t weight[3];
    size_t middle[2];
    const float *packed, *bias;
    float slope;
    size_t rows; /* of lattice points, in one block */
    float *sum;  /* of the gradient */
    size_t parts;
} depthwise;

static void set_pass(depthwise *d, size_t i)
{
    const tk_dims *s = &d->from->dims;
    const size_t extents[3] = {s->d, s->h, s->w};
    const size_t *kernel = d->plan->conv.kernel;
    tk_conv_pass(d->plan, i, &d->pass);
    d->voxel[2] = d->weight[2] = TK_LANES;
    d->voxel[1] = d->voxel[2] * (ptrdiff_t)s->w;
    d->voxel[0] = d->voxel[1] * (ptrdiff_t)s->h;
    d->weight[1] = d->weight[2] * (ptrdiff_t)kernel[2];
    d->weight[0] = d->weight[1] * (ptrdiff_t)kernel[1];
    for (int a = 0; a < 3; a++)
        d->axes[a] = axis_of(&d->pass, a, extents[a]);
    middle_of(&d->axes[2], d->pass.count[2], &d->middle[0], &d->middle[1]);
    d->rows = d->pass.count[0] * d->pass.count[1];
}

/* Taps of one voxel, or of several beside each other that have the same. */
typedef struct place {
    tk_taps taps;
    ptrdiff_t x, w; /* floats to the first tap's voxel and weight */
} place;

static void place_axis(const depthwise *d, int a, size_t at, place *p)
{
    const axis *x = &d->axes[a];
    stretch s = taps_inside(x, at);
    p->taps.count[a] = s.count;
    p->taps.x_step[a] = x->step * d->voxel[a];
    p->taps.w_step[a] = x->index_step * d->weight[a];
    p->x += s.voxel * d->voxel[a];
    if (s.count > 0)
        p->w += (x->index + (ptrdiff_t)s.first * x->index_step) * d->weight[a];
}

static const _Alignas(32) float no_bias[TK_LANES];

static void one_row(const depthwise *d, const float *w, const float *from,
                    const float *bias, size_t row, float *to)
{
    const tk_pass *p = &d->pass;
    size_t z = row / p->count[1];
    size_t y = row % p->count[1];
    size_t y_row = p->step[2] * TK_LANES;
    const tk_span first = {.z = z, .y = y};
    to += tk_span_voxel(p, &d->to->dims, &first) * TK_LANES;
    place outer = {
        .taps = {.x_row = p->from_step[2] * TK_LANES, .y_row = y_row}};
    place_axis(d, 0, z, &outer);
    place_axis(d, 1, y, &outer);
    for (size_t at = 0; at < p->count[2];) {
        bool middle = at >= d->middle[0] && at < d->middle[1];
        size_t voxels = middle ? d->middle[1] - at : 1;
        place here = outer;
        place_axis(d, 2, at, &here);
        d->run->table->lanes.taps(&here.taps, from + here.x, w + here.w, bias,
                                  d->slope, voxels, to + at * y_row);
        at += voxels;
    }
}

static void depthwise_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const depthwise *d = ctx;
    size_t blocks = tk_blocks(d->to->dims.c);
    size_t taps = tk_conv_taps(&d->plan->conv);
    for (size_t i = begin; i < end; i++) {
        size_t block = i / d->rows % blocks;
        size_t sample = i / d->rows / blocks;
        one_row(d, d->packed + block * taps * TK_LANES,
                tk_block(d->from, sample, block),
                d->bias ? d->bias + block * TK_LANES : no_bias, i % d->rows,
                tk_block(d->to, sample, block));
    }
}

void tk_depthwise_run(const tk_conv_plan *plan, const tk_run *run,
                      const float *packed, const tk_image *from,
                      const float *bias, float slope, const tk_image *to)
{
    depthwise d = {.plan = plan,
                   .run = run,
                   .from = from,
                   .to = to,
                   .packed = packed,
                   .bias = bias,
                   .slope = slope};
    for (size_t i = 0; i < tk_conv_passes(plan); i++) {
        set_pass(&d, i);
        cs_pool_for(run->pool, to->dims.n * tk_blocks(to->dims.c) * d.rows, 8,
                    depthwise_rows, &d);
    }
}

/* --- gradient of the weights --- */

/* A stretch of a row of dy with what is left of the taps along it, for each of
 * the taps that the row has along d and h. */
static void sum_stretch(const depthwise *d, const place *p, const float *x,
                        const float *dy, size_t voxels, float *sum)
{
    const tk_taps *t = &p->taps;
    for (size_t a = 0; a < t->count[0]; a++)
        for (size_t b = 0; b < t->count[1]; b++) {
            ptrdiff_t at = p->x + (ptrdiff_t)a * t->x_step[0] +
                           (ptrdiff_t)b * t->x_step[1];
            ptrdiff_t to = p->w + (ptrdiff_t)a * t->w_step[0] +
                           (ptrdiff_t)b * t->w_step[1];
            d->run->table->lanes.tap_sums(
                x + at, d->pass.from_step[2] * TK_LANES, t->x_step[2], dy,
                voxels, t->count[2], sum + to);
        }
}

static void sum_row(const depthwise *d, size_t block, size_t row, float *sum)
{
    size_t sample = row / d->rows;
    row %= d->rows;
    const float *x = tk_block(d->from, sample, block);
    const float *dy =
        tk_block(d->to, sample, block) + row * d->pass.count[2] * TK_LANES;
    place outer = {.x = 0};
    place_axis(d, 0, row / d->pass.count[1], &outer);
    place_axis(d, 1, row % d->pass.count[1], &outer);
    for (size_t at = 0; at < d->pass.count[2];) {
        bool middle = at >= d->middle[0] && at < d->middle[1];
        size_t voxels = middle ? d->middle[1] - at : 1;
        place here = outer;
        place_axis(d, 2, at, &here);
        sum_stretch(d, &here, x, dy + at * TK_LANES, voxels, sum);
        at += voxels;
    }
}

/* One part of the rows for one block. */
static void sum_parts(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const depthwise *d = ctx;
    size_t floats = tk_conv_taps(&d->plan->conv) * TK_LANES;
    size_t rows = gradient_rows(d->plan);
    for (size_t i = begin; i < end; i++) {
        size_t part = i % d->parts;
        float *sum = d->sum + i * floats;
        memset(sum, 0, floats * sizeof(float));
        for (size_t r = rows * part / d->parts;
             r < rows * (part + 1) / d->parts; r++)
            sum_row(d, i / d->parts, r, sum);
    }
}

static void join_parts(const depthwise *d, float *dw)
{
    size_t taps = tk_conv_taps(&d->plan->conv);
    for (size_t c = 0; c < d->plan->conv.in; c++)
        for (size_t t = 0; t < taps; t++) {
            const float *sum =
                d->sum + (c / TK_LANES * d->parts * taps + t) * TK_LANES;
            float all = 0;
            for (size_t part = 0; part < d->parts; part++)
                all += sum[part * taps * TK_LANES + c % TK_LANES];
            dw[c * taps + t] = all;
        }
}

void tk_depthwise_gradient(const tk_conv_plan *plan, const tk_run *run,
                           const tk_image *x, const tk_image *dy, float *sum,
                           float *dw)
{
    depthwise d = {.plan = plan, .run = run, .from = x, .to = dy};
    d.sum = sum;
    d.parts = gradient_parts(plan);
    set_pass(&d, 0);
    cs_pool_for(run->pool, tk_blocks(plan->conv.in) * d.parts, 1, sum_parts,
                &d);
    join_parts(&d, dw);
}
