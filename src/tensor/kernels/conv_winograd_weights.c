/* Weights into the transformed domain, and their gradient out of it: eight
 * output channels of one input channel at a time. */
#include <string.h>

#include "tensor/kernels/conv_impl.h"

#define TAPS_MAX 27

typedef struct packing {
    const tk_conv_plan *plan;
    const tk_winograd *w;
    const float *weights; /* read by packing */
    float *packed;
    const float *sum; /* read by unpacking */
    float *dw;
    size_t from, to, taps;
    size_t rows, panels; /* of the packed matrix of one point */
} packing;

static packing packing_of(const tk_conv_plan *plan, const tk_table *table)
{
    size_t from = tk_from_channels(plan);
    size_t to = tk_to_channels(plan);
    return (packing){.plan = plan,
                     .w = &table->winograd[plan->kind],
                     .from = from,
                     .to = to,
                     .taps = tk_conv_taps(&plan->conv),
                     .rows = tk_round_up(from, TK_LANES),
                     .panels = tk_round_up(to, TK_PANEL) / TK_PANEL};
}

static size_t weight_index(const packing *p, size_t to, size_t from)
{
    size_t out = p->plan->op == TK_CONV_DATA ? from : to;
    size_t in = p->plan->op == TK_CONV_DATA ? to : from;
    return (out * p->plan->conv.in + in) * p->taps;
}

/* Of output channels 8 * block and on, at point 0. */
static size_t packed_index(const packing *p, size_t block, size_t from)
{
    size_t column = block * TK_LANES;
    return (column / TK_PANEL * p->rows + from) * TK_PANEL + column % TK_PANEL;
}

static size_t point_step(const packing *p)
{
    return p->panels * p->rows * TK_PANEL;
}

static void pack_row(const packing *p, size_t block, size_t from)
{
    _Alignas(32) float g[TAPS_MAX * TK_LANES] = {0};
    /* The data gradient walks the kernel backwards. */
    bool back = p->plan->op == TK_CONV_DATA;
    for (size_t l = 0; l < TK_LANES; l++) {
        size_t to = block * TK_LANES + l;
        if (to >= p->to || from >= p->from)
            continue;
        const float *w = p->weights + weight_index(p, to, from);
        for (size_t t = 0; t < p->taps; t++)
            g[t * TK_LANES + l] = w[back ? p->taps - 1 - t : t];
    }
    p->w->kernel(g, p->packed + packed_index(p, block, from), point_step(p));
}

static void pack_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const packing *p = ctx;
    for (size_t i = begin; i < end; i++)
        pack_row(p, i / p->rows, i % p->rows);
}

#define ROWS_GRAIN 64

void tk_winograd_pack(const tk_conv_plan *plan, const tk_run *run,
                      const float *weights, float *packed)
{
    packing p = packing_of(plan, run->table);
    p.weights = weights;
    p.packed = packed;
    cs_pool_for(run->pool, p.rows * p.panels * (TK_PANEL / TK_LANES),
                ROWS_GRAIN, pack_rows, &p);
}

static void unpack_row(const packing *p, size_t block, size_t from)
{
    _Alignas(32) float g[TAPS_MAX * TK_LANES];
    p->w->taps(p->sum + packed_index(p, block, from), point_step(p), g);
    for (size_t l = 0; l < TK_LANES; l++) {
        size_t to = block * TK_LANES + l;
        if (to >= p->to)
            break;
        float *w = p->dw + weight_index(p, to, from);
        for (size_t t = 0; t < p->taps; t++)
            w[t] = g[t * TK_LANES + l];
    }
}

static void unpack_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const packing *p = ctx;
    for (size_t i = begin; i < end; i++)
        unpack_row(p, i / p->from, i % p->from);
}

void tk_winograd_unpack(const tk_conv_plan *plan, const tk_run *run,
                        const float *sum, float *dw)
{
    packing p = packing_of(plan, run->table);
    p.sum = sum;
    p.dw = dw;
    cs_pool_for(run->pool, p.from * tk_blocks(p.to), ROWS_GRAIN, unpack_rows,
                &p);
}
