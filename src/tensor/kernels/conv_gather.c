/* The gathered matrix of a direct convolution ("im2col", a few rows at a
 * time): one row for each output voxel, one column for each tap and channel. */
#include <string.h>

#include "tensor/kernels/conv_impl.h"

bool tk_conv_compact(const tk_conv_plan *plan)
{
    size_t channels = tk_from_channels(plan);
    return channels <= TK_LANES / 2 ||
           (plan->conv.groups > 1 && channels % TK_LANES != 0);
}

size_t tk_conv_depth(const tk_conv_plan *plan, size_t taps)
{
    size_t channels = tk_from_channels(plan);
    if (tk_conv_compact(plan))
        return tk_round_up(taps * channels, TK_LANES);
    return taps * tk_round_up(channels, TK_LANES);
}

size_t tk_conv_spans(const tk_pass *pass, size_t begin, size_t rows,
                     tk_span *spans)
{
    size_t n = 0;
    for (size_t row = 0; row < rows; n++) {
        size_t j = begin + row;
        tk_span *s = &spans[n];
        s->row = row;
        s->x = j % pass->count[2];
        j /= pass->count[2];
        s->y = j % pass->count[1];
        s->z = j / pass->count[1];
        s->rows = CS_MIN(pass->count[2] - s->x, rows - row);
        row += s->rows;
    }
    return n;
}

static bool inside(ptrdiff_t v, size_t extent)
{
    return v >= 0 && (size_t)v < extent;
}

/* Smallest r in [0, rows] with at + r * step >= bound. */
static size_t first_from(ptrdiff_t at, size_t step, ptrdiff_t bound,
                         size_t rows)
{
    if (at >= bound)
        return 0;
    return CS_MIN(((size_t)(bound - at) + step - 1) / step, rows);
}

/* Where the rows of a span read for one tap. */
static void aim_span(const tk_gather *g, const tk_tap *tap, tk_span *s)
{
    const tk_pass *p = g->pass;
    const tk_dims *d = &g->from->dims;
    ptrdiff_t z = (ptrdiff_t)(s->z * p->from_step[0]) + tap->offset[0];
    ptrdiff_t y = (ptrdiff_t)(s->y * p->from_step[1]) + tap->offset[1];
    ptrdiff_t x = (ptrdiff_t)(s->x * p->from_step[2]) + tap->offset[2];
    s->low = s->high = 0;
    if (!inside(z, d->d) || !inside(y, d->h))
        return;
    s->low = first_from(x, p->from_step[2], 0, s->rows);
    s->high = first_from(x, p->from_step[2], (ptrdiff_t)d->w, s->rows);
    s->source = ((z * (ptrdiff_t)d->h + y) * (ptrdiff_t)d->w + x) * TK_LANES;
}

static void zero_rows(float *to, size_t rows)
{
    memset(to, 0, rows * TK_LANES * sizeof(float));
}

static void copy_rows(const float *from, size_t step, size_t rows, float *to)
{
    if (step == TK_LANES) {
        memcpy(to, from, rows * TK_LANES * sizeof(float));
        return;
    }
    for (size_t r = 0; r < rows; r++)
        memcpy(to + r * TK_LANES, from + r * step, TK_LANES * sizeof(float));
}

static void copy_block(const float *block, size_t step, const tk_span *spans,
                       size_t n, float *to)
{
    for (size_t i = 0; i < n; i++) {
        const tk_span *s = &spans[i];
        float *rows = to + s->row * TK_LANES;
        zero_rows(rows, s->low);
        if (s->high > s->low)
            copy_rows(block + s->source + (ptrdiff_t)(s->low * step), step,
                      s->high - s->low, rows + s->low * TK_LANES);
        zero_rows(rows + s->high * TK_LANES, s->rows - s->high);
    }
}

/* As copy_block(), of one lane of the block into one lane of the matrix. */
static void copy_lane(const float *lane, size_t step, const tk_span *spans,
                      size_t n, float *to)
{
    for (size_t i = 0; i < n; i++) {
        const tk_span *s = &spans[i];
        float *rows = to + s->row * TK_LANES;
        for (size_t r = 0; r < s->low; r++)
            rows[r * TK_LANES] = 0;
        for (size_t r = s->low; r < s->high; r++)
            rows[r * TK_LANES] = lane[s->source + (ptrdiff_t)(r * step)];
        for (size_t r = CS_MAX(s->low, s->high); r < s->rows; r++)
            rows[r * TK_LANES] = 0;
    }
}

static void aim_spans(const tk_gather *g, size_t t, tk_span *spans, size_t n)
{
    tk_tap tap = tk_pass_tap(g->pass, &g->plan->conv, t);
    for (size_t i = 0; i < n; i++)
        aim_span(g, &tap, &spans[i]);
}

static void gather_compact(const tk_gather *g, tk_span *spans, size_t n,
                           float *to)
{
    size_t channels = tk_from_channels(g->plan);
    size_t used = g->pass->taps * channels;
    size_t depth = tk_conv_depth(g->plan, g->pass->taps);
    /* The last block may have columns that nothing fills. */
    if (used % TK_LANES)
        zero_rows(to + (depth - TK_LANES) * g->rows, g->rows);
    for (size_t t = 0; t < g->pass->taps; t++) {
        aim_spans(g, t, spans, n);
        for (size_t c = 0; c < channels; c++) {
            size_t k = g->group * channels + c;
            size_t column = t * channels + c;
            copy_lane(tk_block(g->from, g->sample, k / TK_LANES) + k % TK_LANES,
                      g->pass->from_step[2] * TK_LANES, spans, n,
                      to + column / TK_LANES * g->rows * TK_LANES +
                          column % TK_LANES);
        }
    }
}

void tk_conv_gather(const tk_gather *g, tk_span *spans, float *to)
{
    size_t n = tk_conv_spans(g->pass, g->begin, g->rows, spans);
    if (tk_conv_compact(g->plan)) {
        gather_compact(g, spans, n, to);
        return;
    }
    size_t blocks = tk_blocks(tk_from_channels(g->plan));
    size_t first = g->group * blocks;
    for (size_t t = 0; t < g->pass->taps; t++) {
        aim_spans(g, t, spans, n);
        for (size_t b = 0; b < blocks; b++, to += g->rows * TK_LANES)
            copy_block(tk_block(g->from, g->sample, first + b),
                       g->pass->from_step[2] * TK_LANES, spans, n, to);
    }
}
