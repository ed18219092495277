/* The two matrix kernels of a tier: see table.h for what they compute. */

/* Depth walked before going on to the next rows, so that a panel of B stays in
 * the first cache: 256 * 16 floats are 16 KiB. */
#define DEPTH_STEP 256

/* `rows` (a constant after inlining, at most TK_ROWS) times one panel. */
TK_INLINE void rows_times_panel(const tk_gemm *g, const float *a,
                                const float *b, size_t depth, float *c,
                                bool add, const size_t rows)
{
    v8 acc[TK_ROWS][2];
    TK_UNROLL
    for (size_t i = 0; i < rows; i++) {
        acc[i][0] = add ? v8_load(c + i * 8) : v8_set(0);
        acc[i][1] = add ? v8_load(c + g->c_block + i * 8) : v8_set(0);
    }
    for (size_t k = 0; k < depth;
         k += 8, a += g->a_block, b += 8 * (size_t)TK_PANEL) {
        TK_UNROLL
        for (size_t l = 0; l < 8; l++) {
            v8 b0 = v8_load(b + l * TK_PANEL);
            v8 b1 = v8_load(b + l * TK_PANEL + 8);
            TK_UNROLL
            for (size_t i = 0; i < rows; i++) {
                v8 x = v8_set(a[i * 8 + l]);
                acc[i][0] = v8_fma(x, b0, acc[i][0]);
                acc[i][1] = v8_fma(x, b1, acc[i][1]);
            }
        }
    }
    TK_UNROLL
    for (size_t i = 0; i < rows; i++) {
        v8_store(c + i * 8, acc[i][0]);
        v8_store(c + g->c_block + i * 8, acc[i][1]);
    }
}

/* The rows that are left after the last full six. */
static void TK_NAME(gemm_tail)(const tk_gemm *g, const float *a, const float *b,
                               size_t depth, float *c, bool add, size_t rows)
{
    switch (rows) {
    case 1:
        rows_times_panel(g, a, b, depth, c, add, 1);
        break;
    case 2:
        rows_times_panel(g, a, b, depth, c, add, 2);
        break;
    case 3:
        rows_times_panel(g, a, b, depth, c, add, 3);
        break;
    case 4:
        rows_times_panel(g, a, b, depth, c, add, 4);
        break;
    default:
        rows_times_panel(g, a, b, depth, c, add, 5);
        break;
    }
}

static void TK_NAME(gemm_depth)(const tk_gemm *g, size_t from, size_t depth)
{
    const float *a0 = g->a + from / 8 * g->a_block;
    bool add = g->add || from > 0;
    for (size_t n = 0; n < g->cols; n += TK_PANEL) {
        const float *b = g->b + n * g->depth + from * TK_PANEL;
        float *c = g->c + n / 8 * g->c_block;
        size_t i = 0;
        for (; i + TK_ROWS <= g->rows; i += TK_ROWS)
            rows_times_panel(g, a0 + i * 8, b, depth, c + i * 8, add, TK_ROWS);
        if (i < g->rows)
            TK_NAME(gemm_tail)
        (g, a0 + i * 8, b, depth, c + i * 8, add, g->rows - i);
    }
}

static void TK_NAME(gemm)(const tk_gemm *g)
{
    for (size_t k = 0; k < g->depth; k += DEPTH_STEP) {
        size_t left = g->depth - k;
        TK_NAME(gemm_depth)(g, k, left < DEPTH_STEP ? left : DEPTH_STEP);
    }
}

/* Four rows of W (columns of A) times one panel. */
static void TK_NAME(gemm_tn_4)(const float *a, const float *b, size_t b_block,
                               size_t rows, float *w, bool add)
{
    v8 acc[4][2];
    TK_UNROLL
    for (size_t i = 0; i < 4; i++)
        acc[i][0] = acc[i][1] = v8_set(0);
    for (size_t r = 0; r < rows; r++) {
        v8 b0 = v8_load(b + r * 8);
        v8 b1 = v8_load(b + b_block + r * 8);
        TK_UNROLL
        for (size_t i = 0; i < 4; i++) {
            v8 x = v8_set(a[r * 8 + i]);
            acc[i][0] = v8_fma(x, b0, acc[i][0]);
            acc[i][1] = v8_fma(x, b1, acc[i][1]);
        }
    }
    TK_UNROLL
    for (size_t i = 0; i < 4; i++) {
        float *p = w + i * TK_PANEL;
        if (add) {
            acc[i][0] += v8_load(p);
            acc[i][1] += v8_load(p + 8);
        }
        v8_store(p, acc[i][0]);
        v8_store(p + 8, acc[i][1]);
    }
}

static void TK_NAME(gemm_tn)(const tk_gemm_tn *g)
{
    for (size_t n = 0; n < g->cols; n += TK_PANEL) {
        const float *b = g->b + n / 8 * g->b_block;
        float *w = g->w + n / TK_PANEL * g->w_panel;
        for (size_t k = 0; k < g->depth; k += 4)
            TK_NAME(gemm_tn_4)
        (g->a + k / 8 * g->a_block + k % 8, b, g->b_block, g->rows,
         w + k * TK_PANEL, g->add);
    }
}
