/* Convolution as a matrix product of gathered voxels with packed weights.
 *
 * Work is cut into runs of lattice points; each is gathered, multiplied and
 * scattered by one thread. Where a pass has a single tap and reads voxels in
 * the order they lie in, the image itself is the matrix and nothing is
 * gathered: 1x1 convolutions, transposed ones of stride 2 and kernel 2. */
#include <string.h>

#include "tensor/kernels/conv_impl.h"

/* Floats that a step's matrices may take: they should stay in the second
 * cache, but few rows would read all weights for little. */
#define STEP_FLOATS ((size_t)48 << 10)
#define ROWS_MIN ((size_t)24)
#define ROWS_MAX ((size_t)96)

static size_t padded_to(const tk_conv_plan *p)
{
    return tk_round_up(tk_to_channels(p), TK_PANEL);
}

static size_t matrix_floats(const tk_conv_plan *p)
{
    return tk_lines(p->rows * tk_conv_depth(p, tk_conv_taps(&p->conv)));
}

static size_t result_floats(const tk_conv_plan *p)
{
    return tk_lines(p->rows * padded_to(p));
}

static size_t span_floats(const tk_conv_plan *p)
{
    return tk_lines(p->rows * sizeof(tk_span) / sizeof(float));
}

/* Packed floats of a pass for one group. */
static size_t pass_floats(const tk_conv_plan *p, const tk_pass *pass)
{
    return tk_conv_depth(p, pass->taps) * padded_to(p);
}

void tk_direct_plan(tk_conv_plan *p)
{
    size_t depth = tk_conv_depth(p, tk_conv_taps(&p->conv));
    size_t rows = STEP_FLOATS / (depth + padded_to(p));
    p->rows = CS_MAX(CS_MIN(rows, ROWS_MAX), ROWS_MIN) / TK_ROWS * TK_ROWS;
    size_t one_group = 0;
    for (size_t i = 0; i < tk_conv_passes(p); i++) {
        tk_pass pass;
        tk_conv_pass(p, i, &pass);
        one_group += pass_floats(p, &pass);
    }
    p->packed_floats = one_group * p->conv.groups;
    size_t floats = matrix_floats(p) + result_floats(p) + span_floats(p);
    p->shared_floats = p->op == TK_CONV_WEIGHTS ? floats : 0;
    p->slot_floats = p->op == TK_CONV_WEIGHTS ? 0 : floats;
}

/* --- packing --- */

/* Weight that joins channels `to` and `from` of a group at a tap. */
static size_t weight_index(const tk_conv_plan *p, size_t group, size_t to,
                           size_t from, size_t tap)
{
    bool data = p->op == TK_CONV_DATA;
    size_t out = data ? from : to;
    size_t in = data ? to : from;
    size_t outs = p->conv.out / p->conv.groups;
    size_t ins = p->conv.in / p->conv.groups;
    return ((group * outs + out) * ins + in) * tk_conv_taps(&p->conv) + tap;
}

/* Row of the gathered matrix's column for a tap of the pass and a channel. */
static size_t depth_row(const tk_conv_plan *p, size_t tap, size_t channel)
{
    size_t channels = tk_from_channels(p);
    if (!tk_conv_compact(p))
        channels = tk_round_up(channels, TK_LANES);
    return tap * channels + channel;
}

typedef struct packing {
    const tk_conv_plan *plan;
    const tk_pass *pass;
    const float *weights; /* read by packing */
    float *packed;
    const float *sum; /* read by unpacking */
    float *dw;
} packing;

/* Panels of all groups, one after the other. */
static void pack_panels(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const packing *k = ctx;
    const tk_conv_plan *p = k->plan;
    size_t depth = tk_conv_depth(p, k->pass->taps);
    size_t panels = padded_to(p) / TK_PANEL;
    for (size_t i = begin; i < end; i++) {
        float *packed = k->packed + i * depth * TK_PANEL;
        size_t first = i % panels * TK_PANEL;
        size_t tos = CS_MIN(tk_to_channels(p) - first, (size_t)TK_PANEL);
        memset(packed, 0, depth * TK_PANEL * sizeof(float));
        for (size_t from = 0; from < tk_from_channels(p); from++)
            for (size_t t = 0; t < k->pass->taps; t++) {
                size_t tap = tk_pass_tap(k->pass, &p->conv, t).index;
                float *row = packed + depth_row(p, t, from) * TK_PANEL;
                for (size_t l = 0; l < tos; l++)
                    row[l] = k->weights[weight_index(p, i / panels, first + l,
                                                     from, tap)];
            }
    }
}

void tk_direct_pack(const tk_conv_plan *p, const tk_run *run,
                    const float *weights, float *packed)
{
    for (size_t i = 0; i < tk_conv_passes(p); i++) {
        tk_pass pass;
        tk_conv_pass(p, i, &pass);
        packing k = {.plan = p, .pass = &pass, .weights = weights};
        k.packed = packed;
        size_t panels = padded_to(p) / TK_PANEL * p->conv.groups;
        cs_pool_for(run->pool, panels, 1, pack_panels, &k);
        packed += pass_floats(p, &pass) * p->conv.groups;
    }
}

/* --- forward and data --- */

typedef struct direct {
    const tk_conv_plan *plan;
    const tk_run *run;
    const tk_image *from, *to;
    const float *packed; /* of the first pass */
    const float *bias;
    float slope;
    size_t first, passes; /* that each step makes */
    size_t points, steps; /* of one sample and pass */
} direct;

/* What one step does of one pass. */
typedef struct part {
    const direct *d;
    const float *packed;
    tk_pass pass;
    size_t sample, begin, rows;
    tk_span *spans;
} part;

static const _Alignas(32) float no_bias[TK_LANES];

static float *voxel_of(const part *w, const tk_span *span, float *block)
{
    return block + tk_span_voxel(&w->pass, &w->d->to->dims, span) * TK_LANES;
}

/* One block of eight channels of a step's result to its voxels. */
static void store_block(const part *w, size_t n, const float *result,
                        const float *bias, float *block)
{
    size_t step = w->pass.step[2] * TK_LANES;
    for (size_t i = 0; i < n; i++) {
        const tk_span *s = &w->spans[i];
        const float *t = result + s->row * TK_LANES;
        w->d->run->table->lanes.finish(t, bias, w->d->slope, s->rows,
                                       voxel_of(w, s, block), step);
    }
}

/* Groups whose channels do not fill blocks: lane by lane. */
static void store_lane(const part *w, size_t n, const float *column, float bias,
                       float *lane)
{
    size_t step = w->pass.step[2] * TK_LANES;
    for (size_t i = 0; i < n; i++) {
        const tk_span *s = &w->spans[i];
        float *y = voxel_of(w, s, lane);
        for (size_t r = 0; r < s->rows; r++, y += step) {
            float v = column[(s->row + r) * TK_LANES] + bias;
            float low = v * w->d->slope;
            *y = low > v ? low : v;
        }
    }
}

/* The lanes of the last block that are beyond the channels. */
static void zero_lanes(const part *w, size_t n)
{
    const tk_image *to = w->d->to;
    size_t step = w->pass.step[2] * TK_LANES;
    for (size_t c = to->dims.c; c % TK_LANES; c++)
        for (size_t i = 0; i < n; i++) {
            float *y =
                voxel_of(w, &w->spans[i],
                         tk_block(to, w->sample, c / TK_LANES) + c % TK_LANES);
            for (size_t r = 0; r < w->spans[i].rows; r++, y += step)
                *y = 0;
        }
}

static void store_lanes(const part *w, size_t n, const float *result,
                        size_t group)
{
    const direct *d = w->d;
    size_t channels = tk_to_channels(d->plan);
    for (size_t c = 0; c < channels; c++) {
        size_t k = group * channels + c;
        store_lane(w, n,
                   result + c / TK_LANES * w->rows * TK_LANES + c % TK_LANES,
                   d->bias ? d->bias[k] : 0,
                   tk_block(d->to, w->sample, k / TK_LANES) + k % TK_LANES);
    }
    if (group + 1 == d->plan->conv.groups)
        zero_lanes(w, n);
}

static void store_result(const part *w, const float *result, size_t group)
{
    const direct *d = w->d;
    size_t channels = tk_to_channels(d->plan);
    size_t n = tk_conv_spans(&w->pass, w->begin, w->rows, w->spans);
    if (d->plan->conv.groups > 1 && channels % TK_LANES) {
        store_lanes(w, n, result, group);
        return;
    }
    size_t first = group * tk_blocks(channels);
    for (size_t b = 0; b < tk_blocks(channels); b++) {
        size_t block = first + b;
        store_block(w, n, result + b * w->rows * TK_LANES,
                    d->bias ? d->bias + block * TK_LANES : no_bias,
                    tk_block(d->to, w->sample, block));
    }
}

/* A single tap at offset 0 over the whole image in its own order: the image is
 * the matrix. */
static bool reads_in_order(const tk_conv_plan *p, const tk_pass *pass)
{
    const tk_dims *s = tk_from_dims(p);
    if (pass->taps != 1 || p->conv.groups > 1 || tk_conv_compact(p))
        return false;
    tk_tap tap = tk_pass_tap(pass, &p->conv, 0);
    const size_t extents[3] = {s->d, s->h, s->w};
    for (int a = 0; a < 3; a++)
        if (tap.offset[a] || pass->from_step[a] != 1 ||
            pass->count[a] != extents[a])
            return false;
    return true;
}

static void multiply_group(const part *w, size_t group, float *scratch)
{
    const tk_conv_plan *p = w->d->plan;
    const tk_image *from = w->d->from;
    size_t depth = tk_conv_depth(p, w->pass.taps);
    float *result = scratch + matrix_floats(p);
    tk_gemm m = {.a = scratch,
                 .a_block = w->rows * TK_LANES,
                 .b = w->packed + group * depth * padded_to(p),
                 .c = result,
                 .c_block = w->rows * TK_LANES,
                 .rows = w->rows,
                 .depth = depth,
                 .cols = padded_to(p)};
    if (reads_in_order(p, &w->pass)) {
        m.a = tk_block(from, w->sample, 0) + w->begin * TK_LANES;
        m.a_block = from->block;
    } else {
        const tk_gather g = {.plan = p,
                             .pass = &w->pass,
                             .from = from,
                             .sample = w->sample,
                             .group = group,
                             .begin = w->begin,
                             .rows = w->rows};
        tk_conv_gather(&g, w->spans, scratch);
    }
    if (depth)
        w->d->run->table->gemm(&m);
    else
        memset(result, 0, result_floats(p) * sizeof(float));
    store_result(w, result, group);
}

static void direct_steps(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const direct *d = ctx;
    const tk_conv_plan *p = d->plan;
    float *scratch = d->run->scratch + p->slot_floats * slot;
    part w = {.d = d};
    w.spans =
        (tk_span *)(void *)(scratch + matrix_floats(p) + result_floats(p));
    for (size_t i = begin; i < end; i++) {
        w.sample = i / d->steps;
        w.begin = i % d->steps * p->rows;
        w.rows = CS_MIN(p->rows, d->points - w.begin);
        w.packed = d->packed;
        for (size_t k = d->first; k < d->first + d->passes; k++) {
            tk_conv_pass(p, k, &w.pass);
            for (size_t g = 0; g < p->conv.groups; g++)
                multiply_group(&w, g, scratch);
            w.packed += pass_floats(p, &w.pass) * p->conv.groups;
        }
    }
}

static size_t points_of(const tk_pass *pass)
{
    return pass->count[0] * pass->count[1] * pass->count[2];
}

/* As many passes from `first` on as have the same points: made one after the
 * other for the same voxels, they find what they read, and the lines that they
 * write between each other's, in the caches. */
static size_t passes_together(const tk_conv_plan *p, size_t first,
                              tk_pass *pass)
{
    tk_conv_pass(p, first, pass);
    const tk_pass one = *pass;
    size_t n = 1;
    for (; first + n < tk_conv_passes(p); n++) {
        tk_conv_pass(p, first + n, pass);
        if (memcmp(one.count, pass->count, sizeof(one.count)) != 0)
            break;
    }
    *pass = one;
    return n;
}

void tk_direct_run(const tk_conv_plan *p, const tk_run *run,
                   const float *packed, const tk_image *from, const float *bias,
                   float slope, const tk_image *to)
{
    direct d = {.plan = p,
                .run = run,
                .from = from,
                .to = to,
                .packed = packed,
                .bias = bias,
                .slope = slope};
    for (; d.first < tk_conv_passes(p); d.first += d.passes) {
        tk_pass pass;
        d.passes = passes_together(p, d.first, &pass);
        d.points = points_of(&pass);
        d.steps = (d.points + p->rows - 1) / p->rows;
        cs_pool_for(run->pool, to->dims.n * d.steps, 1, direct_steps, &d);
        for (size_t k = d.first; k < d.first + d.passes; k++) {
            tk_conv_pass(p, k, &pass);
            d.packed += pass_floats(p, &pass) * p->conv.groups;
        }
    }
}

/* --- gradient of the weights --- */

/* Each step gathers its voxels once, and then all threads share the columns of
 * the gathered matrix: each element of the sum has one writer and one order. */
typedef struct weights_step {
    const tk_conv_plan *plan;
    const tk_run *run;
    const float *matrix, *dy;
    float *sum;
    size_t rows, depth;
} weights_step;

#define COLUMNS_STEP ((size_t)32)

static void sum_columns(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const weights_step *s = ctx;
    for (size_t i = begin; i < end; i++) {
        size_t first = i * COLUMNS_STEP;
        size_t depth = CS_MIN(COLUMNS_STEP, s->depth - first);
        const tk_gemm_tn m = {.a = s->matrix + first * s->rows,
                              .a_block = s->rows * TK_LANES,
                              .b = s->dy,
                              .b_block = s->rows * TK_LANES,
                              .w = s->sum + first * TK_PANEL,
                              .w_panel = s->depth * TK_PANEL,
                              .rows = s->rows,
                              .depth = depth,
                              .cols = padded_to(s->plan),
                              .add = true};
        s->run->table->gemm_tn(&m);
    }
}

/* Channels of one group of dy for the rows of a step, [cols/8][rows][8]. */
static void copy_dy(const tk_conv_plan *p, const tk_image *dy, size_t sample,
                    size_t group, size_t begin, size_t rows, float *to)
{
    size_t channels = tk_to_channels(p);
    memset(to, 0, padded_to(p) * rows * sizeof(float));
    for (size_t c = 0; c < channels; c++) {
        size_t k = group * channels + c;
        const float *lane = tk_block(dy, sample, k / TK_LANES) +
                            begin * TK_LANES + k % TK_LANES;
        float *column = to + c / TK_LANES * rows * TK_LANES + c % TK_LANES;
        for (size_t r = 0; r < rows; r++)
            column[r * TK_LANES] = lane[r * TK_LANES];
    }
}

static void gradient_step(const tk_gather *g, const tk_run *run,
                          const tk_image *dy, float *sum)
{
    const tk_conv_plan *p = g->plan;
    float *matrix = run->scratch;
    float *result = matrix + matrix_floats(p);
    tk_span *spans = (tk_span *)(void *)(result + result_floats(p));
    tk_conv_gather(g, spans, matrix);
    copy_dy(p, dy, g->sample, g->group, g->begin, g->rows, result);
    weights_step s = {.plan = p,
                      .run = run,
                      .matrix = matrix,
                      .dy = result,
                      .rows = g->rows,
                      .depth = tk_conv_depth(p, g->pass->taps)};
    s.sum = sum;
    size_t columns = (s.depth + COLUMNS_STEP - 1) / COLUMNS_STEP;
    cs_pool_for(run->pool, columns, 1, sum_columns, &s);
}

static void unpack_panels(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const packing *k = ctx;
    const tk_conv_plan *p = k->plan;
    size_t depth = tk_conv_depth(p, k->pass->taps);
    size_t panels = padded_to(p) / TK_PANEL;
    for (size_t i = begin; i < end; i++) {
        const float *sum = k->sum + i * depth * TK_PANEL;
        size_t first = i % panels * TK_PANEL;
        size_t tos = CS_MIN(tk_to_channels(p) - first, (size_t)TK_PANEL);
        for (size_t from = 0; from < tk_from_channels(p); from++)
            for (size_t t = 0; t < k->pass->taps; t++) {
                const float *row = sum + depth_row(p, t, from) * TK_PANEL;
                for (size_t l = 0; l < tos; l++)
                    k->dw[weight_index(p, i / panels, first + l, from, t)] =
                        row[l];
            }
    }
}

void tk_direct_gradient(const tk_conv_plan *p, const tk_run *run,
                        const tk_image *x, const tk_image *dy, float *sum,
                        float *dw)
{
    tk_pass pass;
    tk_conv_pass(p, 0, &pass);
    size_t points = tk_voxels(&dy->dims);
    size_t panels = padded_to(p) / TK_PANEL * p->conv.groups;
    memset(sum, 0, p->packed_floats * sizeof(float));
    packing k = {.plan = p, .pass = &pass, .sum = sum};
    k.dw = dw;
    for (size_t g = 0; g < p->conv.groups; g++, sum += pass_floats(p, &pass))
        for (size_t n = 0; n < dy->dims.n; n++)
            for (size_t i = 0; i < points; i += p->rows) {
                size_t rows = CS_MIN(p->rows, points - i);
                const tk_gather some = {.plan = p,
                                        .pass = &pass,
                                        .from = x,
                                        .sample = n,
                                        .group = g,
                                        .begin = i,
                                        .rows = rows};
                gradient_step(&some, run, dy, sum);
            }
    cs_pool_for(run->pool, panels, 1, unpack_panels, &k);
}
