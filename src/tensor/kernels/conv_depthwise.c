/* One kernel for each channel: eight channels are a vector, and every tap is
 * one multiply-add of it. */
#include <string.h>

#include "tensor/kernels/conv_impl.h"

/* [block][tap][8] */
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

typedef struct depthwise {
    const tk_conv_plan *plan;
    const tk_image *from, *to;
    tk_pass pass;
    const float *packed, *bias;
    float slope;
    size_t rows; /* of lattice points, in one block */
} depthwise;

static void add_tap(const float *w, const float *x, float sum[TK_LANES])
{
    for (size_t l = 0; l < TK_LANES; l++)
        sum[l] += w[l] * x[l];
}

static void sum_taps(const depthwise *d, const float *w, const float *block,
                     const size_t at[3], float sum[TK_LANES])
{
    const tk_dims *s = &d->from->dims;
    const tk_pass *p = &d->pass;
    for (size_t t = 0; t < p->taps; t++) {
        tk_tap tap = tk_pass_tap(p, &d->plan->conv, t);
        size_t v[3];
        for (int a = 0; a < 3; a++) /* below zero wraps to far outside */
            v[a] = at[a] * p->from_step[a] + (size_t)tap.offset[a];
        if (v[0] < s->d && v[1] < s->h && v[2] < s->w)
            add_tap(w + tap.index * TK_LANES,
                    block + ((v[0] * s->h + v[1]) * s->w + v[2]) * TK_LANES,
                    sum);
    }
}

static void one_row(const depthwise *d, const float *w, const float *from,
                    const float *bias, size_t row, float *to)
{
    const tk_pass *p = &d->pass;
    size_t at[3] = {row / p->count[1], row % p->count[1], 0};
    for (; at[2] < p->count[2]; at[2]++) {
        float sum[TK_LANES] = {0};
        sum_taps(d, w, from, at, sum);
        const tk_span here = {.z = at[0], .y = at[1], .x = at[2]};
        float *y = to + tk_span_voxel(p, &d->to->dims, &here) * TK_LANES;
        for (size_t l = 0; l < TK_LANES; l++) {
            float t = sum[l] + (bias ? bias[l] : 0);
            y[l] = t * d->slope > t ? t * d->slope : t;
        }
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
                d->bias ? d->bias + block * TK_LANES : NULL, i % d->rows,
                tk_block(d->to, sample, block));
    }
}

void tk_depthwise_run(const tk_conv_plan *plan, const tk_run *run,
                      const float *packed, const tk_image *from,
                      const float *bias, float slope, const tk_image *to)
{
    depthwise d = {.plan = plan,
                   .from = from,
                   .to = to,
                   .packed = packed,
                   .bias = bias,
                   .slope = slope};
    for (size_t i = 0; i < tk_conv_passes(plan); i++) {
        tk_conv_pass(plan, i, &d.pass);
        d.rows = d.pass.count[0] * d.pass.count[1];
        cs_pool_for(run->pool, to->dims.n * tk_blocks(to->dims.c) * d.rows, 8,
                    depthwise_rows, &d);
    }
}
