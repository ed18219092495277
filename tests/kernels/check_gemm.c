/* The matrix kernels. Of a sum of n products each product and each addition
 * rounds once: |error| <= (n + 2) u sum |a b| to first order, with two to
 * spare for what was there before and for the higher orders. */
#include <math.h>
#include <string.h>

#include "kc.h"

typedef struct shape {
    size_t rows, depth, cols;
    size_t spare; /* floats between blocks */
    bool add;
} shape;

static void fill_columns(kc *k, float *p, size_t blocks, size_t stride,
                         size_t floats, kc_fill fill)
{
    for (size_t b = 0; b < blocks; b++)
        kc_fill_floats(k, p + b * stride, floats, fill);
}

/* Blocks of `floats`, `stride` apart: nothing between them was written. */
static void expect_gaps(kc *k, const float *p, size_t blocks, size_t stride,
                        size_t floats)
{
    for (size_t b = 0; b + 1 < blocks; b++)
        if (!kc_untouched(p + b * stride + floats, stride - floats)) {
            kc_fail(k, "wrote behind block %zu of the result", b);
            return;
        }
}

static float blocked(const float *p, size_t stride, size_t row, size_t column)
{
    return p[column / TK_LANES * stride + row * TK_LANES + column % TK_LANES];
}

typedef struct pairs {
    double value, magnitude;
} pairs;

static void add_pair(pairs *s, float a, float b)
{
    s->value += (double)a * (double)b;
    s->magnitude += fabs((double)a * (double)b);
}

static pairs gemm_sum(const tk_gemm *g, size_t row, size_t column)
{
    pairs s = {0, 0};
    const float *panel = g->b + column / TK_PANEL * g->depth * TK_PANEL;
    for (size_t i = 0; i < g->depth; i++)
        add_pair(&s, blocked(g->a, g->a_block, row, i),
                 panel[i * TK_PANEL + column % TK_PANEL]);
    return s;
}

static void compare_gemm(kc *k, const tk_gemm *g, const double *before)
{
    kc_worst w = {0};
    for (size_t r = 0; r < g->rows; r++)
        for (size_t c = 0; c < g->cols; c++) {
            pairs s = gemm_sum(g, r, c);
            double old = g->add ? before[r * g->cols + c] : 0;
            double bound =
                ((double)g->depth + 2) * KC_U * (s.magnitude + fabs(old)) +
                KC_TINY;
            kc_compare(&w, r * g->cols + c,
                       (double)blocked(g->c, g->c_block, r, c), s.value + old,
                       bound);
        }
    kc_report(k, "c", &w);
}

static void one_gemm(kc *k, const shape *s, kc_fill fill)
{
    if (!kc_begin(k, "gemm %zux%zux%zu add %d spare %zu fill %d", s->rows,
                  s->depth, s->cols, s->add, s->spare, fill))
        return;
    size_t used = s->rows * TK_LANES;
    size_t stride = used + s->spare;
    float *a = kc_floats(k, s->depth / TK_LANES * stride);
    float *b = kc_floats(k, s->depth * s->cols);
    float *c = kc_floats(k, s->cols / TK_LANES * stride);
    fill_columns(k, a, s->depth / TK_LANES, stride, used, fill);
    kc_fill_floats(k, b, s->depth * s->cols, fill);
    if (s->add)
        fill_columns(k, c, s->cols / TK_LANES, stride, used, fill);
    double *before = kc_doubles(k, s->rows * s->cols);
    for (size_t i = 0; i < s->rows * s->cols; i++)
        before[i] = (double)blocked(c, stride, i / s->cols, i % s->cols);
    const tk_gemm g = {.a = a,
                       .a_block = stride,
                       .b = b,
                       .c = c,
                       .c_block = stride,
                       .rows = s->rows,
                       .depth = s->depth,
                       .cols = s->cols,
                       .add = s->add};
    k->table->gemm(&g);
    compare_gemm(k, &g, before);
    expect_gaps(k, c, s->cols / TK_LANES, stride, used);
}

/* Element (i, column) of transposed(A) B. */
static pairs tn_sum(const tk_gemm_tn *g, size_t i, size_t column)
{
    pairs s = {0, 0};
    for (size_t r = 0; r < g->rows; r++)
        add_pair(&s, blocked(g->a, g->a_block, r, i),
                 blocked(g->b, g->b_block, r, column));
    return s;
}

static size_t tn_index(const tk_gemm_tn *g, size_t i, size_t column)
{
    return column / TK_PANEL * g->w_panel + i * TK_PANEL + column % TK_PANEL;
}

static void compare_tn(kc *k, const tk_gemm_tn *g, const float *before)
{
    kc_worst w = {0};
    for (size_t i = 0; i < g->depth; i++)
        for (size_t c = 0; c < g->cols; c++) {
            pairs s = tn_sum(g, i, c);
            size_t at = tn_index(g, i, c);
            double old = g->add ? (double)before[at] : 0;
            double bound =
                ((double)g->rows + 2) * KC_U * (s.magnitude + fabs(old)) +
                KC_TINY;
            kc_compare(&w, at, (double)g->w[at], s.value + old, bound);
        }
    kc_report(k, "w", &w);
}

static void one_tn(kc *k, const shape *s, kc_fill fill)
{
    if (!kc_begin(k, "gemm_tn %zux%zux%zu add %d spare %zu fill %d", s->rows,
                  s->depth, s->cols, s->add, s->spare, fill))
        return;
    size_t used = s->rows * TK_LANES;
    size_t panel = s->depth * TK_PANEL;
    size_t panels = s->cols / TK_PANEL;
    tk_gemm_tn g = {.a_block = used + s->spare,
                    .b_block = used + 2 * s->spare,
                    .w_panel = panel + s->spare,
                    .rows = s->rows,
                    .depth = s->depth,
                    .cols = s->cols,
                    .add = s->add};
    float *a = kc_floats(k, s->depth / TK_LANES * g.a_block);
    float *b = kc_floats(k, s->cols / TK_LANES * g.b_block);
    float *before = kc_floats(k, panels * g.w_panel);
    fill_columns(k, a, s->depth / TK_LANES, g.a_block, used, fill);
    fill_columns(k, b, s->cols / TK_LANES, g.b_block, used, fill);
    g.a = a;
    g.b = b;
    g.w = kc_floats(k, panels * g.w_panel);
    if (s->add)
        fill_columns(k, g.w, panels, g.w_panel, panel, fill);
    memcpy(before, g.w, panels * g.w_panel * sizeof(float));
    k->table->gemm_tn(&g);
    compare_tn(k, &g, before);
    expect_gaps(k, g.w, panels, g.w_panel, panel);
}

static const size_t depths[] = {8, 264, 16, 24, 64, 248, 256, 512, 520};
static const size_t tn_rows[] = {1, 2, 3, 5, 12, 13, 48, 96};

static void sizes(kc *k, shape s)
{
    size_t n = k->quick ? 2 : CS_COUNTOF(depths);
    for (s.rows = 1; s.rows <= 13; s.rows++)
        for (size_t d = 0; d < n; d++) {
            s.depth = depths[d];
            one_gemm(k, &s, KC_NORMAL);
            one_gemm(k, &s, KC_EXTREME);
        }
    for (size_t r = 0; r < CS_COUNTOF(tn_rows); r++)
        for (s.depth = 8; s.depth <= (k->quick ? 16 : 40); s.depth += 8) {
            s.rows = tn_rows[r];
            one_tn(k, &s, KC_NORMAL);
            one_tn(k, &s, KC_EXTREME);
        }
}

void check_gemm(kc *k)
{
    for (size_t cols = 16; cols <= 48; cols += 16)
        for (int add = 0; add < 2; add++)
            for (size_t spare = 0; spare <= 24; spare += 24) {
                const shape s = {.cols = cols, .spare = spare, .add = add};
                sizes(k, s);
            }
}

/* --- timing --- */

typedef struct bench {
    const tk_table *table;
    tk_gemm g;
    tk_gemm_tn tn;
} bench;

static void run_gemm(void *ctx)
{
    const bench *b = ctx;
    b->table->gemm(&b->g);
}

static void run_tn(void *ctx)
{
    const bench *b = ctx;
    b->table->gemm_tn(&b->tn);
}

static void bench_size(kc *k, size_t rows, size_t depth, size_t cols)
{
    double flops = 2 * (double)rows * (double)depth * (double)cols;
    if (kc_begin(k, "gemm %zux%zux%zu", rows, depth, cols)) {
        float *a = kc_floats(k, rows * depth);
        float *b = kc_floats(k, depth * cols);
        kc_fill_floats(k, a, rows * depth, KC_NORMAL);
        kc_fill_floats(k, b, depth * cols, KC_NORMAL);
        bench g = {.table = k->table,
                   .g = {.a = a,
                         .a_block = rows * TK_LANES,
                         .b = b,
                         .c = kc_floats(k, rows * cols),
                         .c_block = rows * TK_LANES,
                         .rows = rows,
                         .depth = depth,
                         .cols = cols}};
        kc_bench(k, flops, "GF/s", run_gemm, &g);
    }
    if (kc_begin(k, "gemm_tn %zux%zux%zu", rows, depth, cols)) {
        float *a = kc_floats(k, rows * depth);
        float *b = kc_floats(k, rows * cols);
        kc_fill_floats(k, a, rows * depth, KC_NORMAL);
        kc_fill_floats(k, b, rows * cols, KC_NORMAL);
        bench g = {.table = k->table,
                   .tn = {.a = a,
                          .a_block = rows * TK_LANES,
                          .b = b,
                          .b_block = rows * TK_LANES,
                          .w = kc_floats(k, depth * cols),
                          .w_panel = depth * TK_PANEL,
                          .rows = rows,
                          .depth = depth,
                          .cols = cols}};
        kc_bench(k, flops, "GF/s", run_tn, &g);
    }
}

void bench_gemm(kc *k)
{
    bench_size(k, 24, 32, 32);
    bench_size(k, 48, 256, 64);
    bench_size(k, 96, 864, 32);
    bench_size(k, 96, 512, 256);
}
