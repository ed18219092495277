#include "tensor/kernels/attention.h"

#include <math.h>

#include "tensor/kernels/pack.h"
#include "tensor/kernels/softmax_tile.h"

/* Queries of one block. */
#define ROWS ((size_t)48)
_Static_assert(ROWS <= TK_TILE_ROWS, "a block is a tile");

/* Keys and values are packed for as many heads as fit here, in floats. */
#define PACKED ((size_t)1 << 20)

/* Floats of the parts: panels over keys with the depth of a head and the other
 * way round, a block of scores, a block of queries. */
static size_t over_keys(const tk_attention *p)
{
    return tk_lines(tk_up_16(p->keys) * tk_up_8(p->dim));
}

static size_t over_dim(const tk_attention *p)
{
    return tk_lines(tk_up_16(p->dim) * tk_up_8(p->keys));
}

static size_t score_floats(const tk_attention *p)
{
    return tk_lines(ROWS * tk_up_16(p->keys));
}

static size_t query_floats(const tk_attention *p)
{
    return tk_lines(ROWS * tk_up_16(p->dim));
}

static size_t row_blocks(const tk_attention *p)
{
    return (p->queries + ROWS - 1) / ROWS;
}

/* A plain matrix of one head, and the same lying on its side. */
static tk_plain upright(const float *x, const tk_attention *p, size_t rows,
                        size_t head)
{
    return (tk_plain){x + head * rows * p->dim, p->dim, 1};
}

static tk_plain sideways(const float *x, const tk_attention *p, size_t rows,
                         size_t head)
{
    return (tk_plain){x + head * rows * p->dim, 1, p->dim};
}

/* Queries [first, first + rows) of a head (counted over the whole batch). */
typedef struct block {
    size_t head, first, rows;
} block;

static block block_at(const tk_attention *p, size_t head, size_t i)
{
    size_t first = i * ROWS;
    size_t rows = CS_MIN(p->queries - first, ROWS);
    return (block){head, first, rows};
}

/* scale * x of the block's queries as [dim/8][rows][8], filled up with zeros
 * to a multiple of sixteen columns. */
static void pack_queries(const tk_attention *p, const block *b, const float *x,
                         float scale, float *to)
{
    tk_plain whole = upright(x, p, p->queries, b->head);
    tk_plain part = {tk_plain_at(&whole, b->first, 0), whole.row, 1};
    tk_pack_blocks(&part, b->rows, p->dim, scale, to);
    size_t packed = tk_up_8(p->dim) * b->rows;
    memset(to + packed, 0,
           (tk_up_16(p->dim) * b->rows - packed) * sizeof(float));
}

/* c[cols/8][rows][8] = a[depth/8][rows][8] * panels. */
static void multiply(const tk_run *run, const block *b, const float *a,
                     const float *panels, size_t depth, size_t cols, float *c)
{
    run->table->gemm(&(tk_gemm){.a = a,
                                .a_block = b->rows * 8,
                                .b = panels,
                                .c = c,
                                .c_block = b->rows * 8,
                                .rows = b->rows,
                                .depth = tk_up_8(depth),
                                .cols = tk_up_16(cols)});
}

static void write_queries(const tk_attention *p, const block *b,
                          const float *from, float scale, float *to)
{
    to += (b->head * p->queries + b->first) * p->dim;
    for (size_t r = 0; r < b->rows; r++)
        for (size_t c = 0; c < p->dim; c++)
            *to++ = scale * from[c / 8 * b->rows * 8 + r * 8 + c % 8];
}

/* --- scores --- */

/* For the place `at` of each key's score in a row of a block. */
#define FOR_KEYS(n, rows, j, at)                                               \
    for (size_t j = 0, at = 0; j < (n); j++, at = j / 8 * (rows)*8 + j % 8)

static void zero_beyond_keys(const tk_attention *p, size_t rows, float *s)
{
    for (size_t j = p->keys; j < tk_up_8(p->keys); j++)
        s[j / 8 * rows * 8 + j % 8] = 0;
}

static void add_mask(const tk_attention *p, const block *b, size_t row,
                     float *s)
{
    size_t sample = b->head / p->heads;
    size_t head = b->head % p->heads;
    if (p->mask) {
        const float *mask = p->mask + sample * p->mask_batch +
                            head * p->mask_head + (b->first + row) * p->keys;
        FOR_KEYS(p->keys, b->rows, j, at)
        s[at] += mask[j];
    }
    if (p->padding) {
        const uint8_t *hidden = p->padding + sample * p->keys;
        FOR_KEYS(p->keys, b->rows, j, at)
        s[at] = hidden[j] ? -INFINITY : s[at];
    }
    if (p->causal) {
        FOR_KEYS(p->keys, b->rows, j, at)
        s[at] = j > b->first + row ? -INFINITY : s[at];
    }
}

/* The weights of a block's queries on all keys, [keys/8][rows][8]. */
static void weigh(const tk_run *run, const tk_attention *p, const block *b,
                  const float *q, const float *k_panels, float *s)
{
    multiply(run, b, q, k_panels, p->dim, p->keys, s);
    for (size_t r = 0; r < b->rows; r++)
        add_mask(p, b, r, s + r * 8);
    const tk_tile t = {.rows = b->rows,
                       .c = p->keys,
                       .from_stride = b->rows * 8,
                       .to_stride = b->rows * 8};
    tk_tile_softmax(&run->table->math, &t, s, true, s);
}

/* --- forward --- */

typedef struct forward_job {
    const tk_run *run;
    const tk_attention *p;
    const tk_attention_inputs *in;
    float *y;
    size_t first; /* head of this group */
    size_t shared;
} forward_job;

static size_t packed_head(const tk_attention *p)
{
    return over_keys(p) + over_dim(p);
}

/* Heads that are worked on together. */
static size_t group_of(const tk_attention *p)
{
    size_t fit = PACKED / CS_MAX(packed_head(p), (size_t)1);
    return CS_MAX(CS_MIN(fit, p->batch * p->heads), (size_t)1);
}

static size_t forward_slot(const tk_attention *p)
{
    return 2 * query_floats(p) + score_floats(p);
}

size_t tk_attention_scratch(const tk_attention *p, unsigned threads)
{
    return group_of(p) * packed_head(p) + threads * forward_slot(p);
}

static void pack_heads(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const forward_job *j = ctx;
    const tk_attention *p = j->p;
    for (size_t i = begin; i < end; i++) {
        float *to = j->run->scratch + i * packed_head(p);
        tk_plain k = sideways(j->in->k, p, p->keys, j->first + i);
        tk_plain v = upright(j->in->v, p, p->keys, j->first + i);
        tk_pack_panels(&k, p->dim, p->keys, tk_up_8(p->dim), to);
        tk_pack_panels(&v, p->keys, p->dim, tk_up_8(p->keys),
                       to + over_keys(p));
    }
}

static void forward_blocks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const forward_job *j = ctx;
    const tk_attention *p = j->p;
    float *q = j->run->scratch + j->shared + slot * forward_slot(p);
    float *y = q + query_floats(p);
    float *s = y + query_floats(p);
    for (size_t i = begin; i < end; i++) {
        size_t head = i / row_blocks(p);
        const float *k = j->run->scratch + head * packed_head(p);
        block b = block_at(p, j->first + head, i % row_blocks(p));
        pack_queries(p, &b, j->in->q, p->scale, q);
        weigh(j->run, p, &b, q, k, s);
        multiply(j->run, &b, s, k + over_keys(p), p->keys, p->dim, y);
        write_queries(p, &b, y, 1, j->y);
    }
}

void tk_attention_forward(const tk_run *run, const tk_attention *p,
                          const tk_attention_inputs *in, float *y)
{
    size_t heads = p->batch * p->heads;
    if (p->keys == 0) {
        memset(y, 0, heads * p->queries * p->dim * sizeof(float));
        return;
    }
    forward_job j = {.run = run, .p = p, .in = in};
    j.y = y;
    j.shared = group_of(p) * packed_head(p);
    for (; j.first < heads; j.first += group_of(p)) {
        size_t group = CS_MIN(heads - j.first, group_of(p));
        cs_pool_for(run->pool, group, 1, pack_heads, &j);
        cs_pool_for(run->pool, group * row_blocks(p), 1, forward_blocks, &j);
    }
}

/* --- backward --- */

typedef struct backward_job {
    const tk_run *run;
    const tk_attention *p;
    const tk_attention_inputs *in;
    const float *dy;
    const tk_attention_gradients *to;
} backward_job;

/* What a thread keeps for one head. */
typedef struct parts {
    float *k_keys, *v_keys;   /* panels over keys: for scores */
    float *k_dim;             /* panels over dim: for dq */
    float *dk, *dv;           /* sums, panels over dim */
    float *q, *dy, *dq;       /* of a block of queries */
    float *weights, *dscores; /* of a block of queries */
} parts;

static size_t backward_slot(const tk_attention *p)
{
    return 2 * over_keys(p) + 3 * over_dim(p) + 3 * query_floats(p) +
           2 * score_floats(p);
}

size_t tk_attention_backward_scratch(const tk_attention *p, unsigned threads)
{
    return threads * backward_slot(p);
}

static parts parts_of(const tk_attention *p, float *at)
{
    parts s = {0};
    s.k_keys = at;
    s.v_keys = s.k_keys + over_keys(p);
    s.k_dim = s.v_keys + over_keys(p);
    s.dk = s.k_dim + over_dim(p);
    s.dv = s.dk + over_dim(p);
    s.q = s.dv + over_dim(p);
    s.dy = s.q + query_floats(p);
    s.dq = s.dy + query_floats(p);
    s.weights = s.dq + query_floats(p);
    s.dscores = s.weights + score_floats(p);
    return s;
}

static void pack_head(const backward_job *j, size_t head, const parts *s)
{
    const tk_attention *p = j->p;
    tk_plain k = upright(j->in->k, p, p->keys, head);
    tk_plain k_side = sideways(j->in->k, p, p->keys, head);
    tk_plain v_side = sideways(j->in->v, p, p->keys, head);
    tk_pack_panels(&k_side, p->dim, p->keys, tk_up_8(p->dim), s->k_keys);
    tk_pack_panels(&v_side, p->dim, p->keys, tk_up_8(p->dim), s->v_keys);
    tk_pack_panels(&k, p->keys, p->dim, tk_up_8(p->keys), s->k_dim);
    memset(s->dk, 0, over_dim(p) * sizeof(float));
    memset(s->dv, 0, over_dim(p) * sizeof(float));
}

/* ds = w * (dw - sum of w * dw), in place of dw. */
static void soften_back(const tk_attention *p, size_t rows, const float *w,
                        float *ds)
{
    double sum = 0;
    FOR_KEYS(p->keys, rows, j, at)
    sum += (double)w[at] * (double)ds[at];
    FOR_KEYS(p->keys, rows, j, at)
    ds[at] = w[at] * (float)((double)ds[at] - sum);
}

/* sums[dim/16][keys][16] += transposed(scores) * queries */
static void add_products(const backward_job *j, const block *b,
                         const float *scores, const float *queries, float *sums)
{
    size_t depth = tk_up_8(j->p->keys);
    j->run->table->gemm_tn(&(tk_gemm_tn){.a = scores,
                                         .a_block = b->rows * 8,
                                         .b = queries,
                                         .b_block = b->rows * 8,
                                         .w = sums,
                                         .w_panel = depth * TK_PANEL,
                                         .rows = b->rows,
                                         .depth = depth,
                                         .cols = tk_up_16(j->p->dim),
                                         .add = true});
}

static void backward_block(const backward_job *j, const block *b,
                           const parts *s)
{
    const tk_attention *p = j->p;
    pack_queries(p, b, j->in->q, p->scale, s->q);
    pack_queries(p, b, j->dy, 1, s->dy);
    weigh(j->run, p, b, s->q, s->k_keys, s->weights);
    multiply(j->run, b, s->dy, s->v_keys, p->dim, p->keys, s->dscores);
    for (size_t r = 0; r < b->rows; r++) {
        soften_back(p, b->rows, s->weights + r * 8, s->dscores + r * 8);
        zero_beyond_keys(p, b->rows, s->dscores + r * 8);
    }
    add_products(j, b, s->weights, s->dy, s->dv);
    add_products(j, b, s->dscores, s->q, s->dk);
    multiply(j->run, b, s->dscores, s->k_dim, p->keys, p->dim, s->dq);
    write_queries(p, b, s->dq, p->scale, j->to->dq);
}

static void write_keys(const tk_attention *p, size_t head, const float *sums,
                       float *to)
{
    to += head * p->keys * p->dim;
    size_t panel = tk_up_8(p->keys) * TK_PANEL;
    for (size_t r = 0; r < p->keys; r++)
        for (size_t c = 0; c < p->dim; c++)
            *to++ = sums[c / TK_PANEL * panel + r * TK_PANEL + c % TK_PANEL];
}

static void backward_heads(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const backward_job *j = ctx;
    const tk_attention *p = j->p;
    parts s = parts_of(p, j->run->scratch + slot * backward_slot(p));
    for (size_t head = begin; head < end; head++) {
        pack_head(j, head, &s);
        for (size_t i = 0; i < row_blocks(p); i++) {
            block b = block_at(p, head, i);
            backward_block(j, &b, &s);
        }
        write_keys(p, head, s.dk, j->to->dk);
        write_keys(p, head, s.dv, j->to->dv);
    }
}

void tk_attention_backward(const tk_run *run, const tk_attention *p,
                           const tk_attention_inputs *in, const float *dy,
                           const tk_attention_gradients *to)
{
    if (p->keys == 0) {
        memset(to->dq, 0,
               p->batch * p->heads * p->queries * p->dim * sizeof(float));
        return;
    }
    backward_job j = {.run = run, .p = p, .in = in, .dy = dy, .to = to};
    cs_pool_for(run->pool, p->batch * p->heads, 1, backward_heads, &j);
}
