#include "tensor/kernels/matmul.h"

#include "tensor/kernels/pack.h"

/* Rows and columns of C that one chunk works on, and the depth that it packs
 * of A at once: 192 KiB of A and 72 KiB of C stay in the second cache. */
#define ROWS ((size_t)96)
#define COLS ((size_t)192)
#define DEPTH ((size_t)512)

/* B is packed for as many matrices of the batch as fit here, in floats. */
#define PACKED ((size_t)1 << 20)

tk_matmul tk_matmul_dense(size_t batch, size_t m, size_t n, size_t k,
                          bool a_transposed, bool b_transposed)
{
    return (tk_matmul){
        .batch = batch,
        .m = m,
        .n = n,
        .k = k,
        .a_transposed = a_transposed,
        .b_transposed = b_transposed,
        .a_row = a_transposed ? m : k,
        .b_row = b_transposed ? k : n,
        .c_row = n,
        .a_batch = m * k,
        .b_batch = k * n,
        .c_batch = m * n,
    };
}

/* Packed B: for each DEPTH rows, panels of as many. */
static size_t packed_floats(const tk_matmul *p)
{
    return tk_up_8(p->k) * tk_up_16(p->n);
}

/* One B for all is packed once. */
static bool shares_b(const tk_matmul *p)
{
    return p->b_batch == 0;
}

/* Matrices of the batch that are worked on together. */
static size_t group_of(const tk_matmul *p)
{
    if (shares_b(p))
        return p->batch;
    size_t fit = PACKED / CS_MAX(packed_floats(p), (size_t)1);
    return CS_MAX(CS_MIN(fit, p->batch), (size_t)1);
}

static size_t shared_floats(const tk_matmul *p)
{
    return tk_lines((shares_b(p) ? 1 : group_of(p)) * packed_floats(p));
}

/* A block of A and one of C. */
static size_t slot_floats(void)
{
    return tk_lines(ROWS * DEPTH) + tk_lines(ROWS * COLS);
}

size_t tk_matmul_scratch(const tk_matmul *p, unsigned threads)
{
    return shared_floats(p) + threads * slot_floats();
}

typedef struct job {
    const tk_run *run;
    const tk_matmul *p;
    const float *a, *b, *bias; /* of the group's first matrix */
    float *c;
    float *packed; /* B of the group */
    size_t row_parts, col_parts;
} job;

static tk_plain a_of(const job *j, size_t i)
{
    const tk_matmul *p = j->p;
    const float *a = j->a + i * p->a_batch;
    return p->a_transposed ? (tk_plain){a, 1, p->a_row}
                           : (tk_plain){a, p->a_row, 1};
}

static tk_plain b_of(const job *j, size_t i)
{
    const tk_matmul *p = j->p;
    const float *b = j->b + i * p->b_batch;
    return p->b_transposed ? (tk_plain){b, 1, p->b_row}
                           : (tk_plain){b, p->b_row, 1};
}

static float *packed_of(const job *j, size_t i)
{
    return j->packed + (shares_b(j->p) ? 0 : i * packed_floats(j->p));
}

/* One panel of one B, for all of its depth. */
static void pack_b(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const tk_matmul *p = j->p;
    size_t cols = tk_up_16(p->n);
    for (size_t i = begin; i < end; i++) {
        size_t matrix = i / (cols / TK_PANEL);
        size_t first = i % (cols / TK_PANEL) * TK_PANEL;
        tk_plain b = b_of(j, matrix);
        for (size_t k = 0; k < p->k; k += DEPTH) {
            size_t rows = CS_MIN(p->k - k, DEPTH);
            tk_plain part = {tk_plain_at(&b, k, 0), b.row, b.col};
            tk_pack_panel(&part, rows, p->n, first, tk_up_8(rows),
                          packed_of(j, matrix) + k * cols +
                              first * tk_up_8(rows));
        }
    }
}

/* A part of C: rows [row, row + rows), columns [col, col + cols). */
typedef struct part {
    size_t matrix, row, rows, col, cols;
} part;

static part part_at(const job *j, size_t i)
{
    const tk_matmul *p = j->p;
    part t = {.matrix = i / j->col_parts / j->row_parts};
    t.row = i / j->col_parts % j->row_parts * ROWS;
    t.rows = CS_MIN(p->m - t.row, ROWS);
    t.col = i % j->col_parts * COLS;
    t.cols = CS_MIN(p->n - t.col, COLS);
    return t;
}

static void multiply(const job *j, const part *t, float *a, float *c)
{
    const tk_matmul *p = j->p;
    tk_plain from = a_of(j, t->matrix);
    for (size_t k = 0; k < p->k; k += DEPTH) {
        size_t depth = CS_MIN(p->k - k, DEPTH);
        tk_plain block = {tk_plain_at(&from, t->row, k), from.row, from.col};
        tk_pack_blocks(&block, t->rows, depth, 1, a);
        depth = tk_up_8(depth);
        j->run->table->gemm(&(tk_gemm){.a = a,
                                       .a_block = t->rows * 8,
                                       .b = packed_of(j, t->matrix) +
                                            k * tk_up_16(p->n) + t->col * depth,
                                       .c = c,
                                       .c_block = t->rows * 8,
                                       .rows = t->rows,
                                       .depth = depth,
                                       .cols = tk_up_16(t->cols),
                                       .add = k > 0});
    }
    if (p->k == 0)
        memset(c, 0, t->rows * tk_up_16(t->cols) * sizeof(float));
}

static void write_row(const job *j, const part *t, const float *from, float *to)
{
    size_t block = t->rows * 8;
    for (size_t n = 0; n < t->cols; n++) {
        float sum = from[n / 8 * block + n % 8];
        if (j->bias)
            sum += j->bias[t->col + n];
        to[n] = j->p->add ? to[n] + sum : sum;
    }
}

static void parts(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const job *j = ctx;
    const tk_matmul *p = j->p;
    float *a = j->run->scratch + shared_floats(p) + slot * slot_floats();
    float *c = a + tk_lines(ROWS * DEPTH);
    for (size_t i = begin; i < end; i++) {
        part t = part_at(j, i);
        multiply(j, &t, a, c);
        float *to = j->c + t.matrix * p->c_batch + t.row * p->c_row + t.col;
        for (size_t r = 0; r < t.rows; r++)
            write_row(j, &t, c + r * 8, to + r * p->c_row);
    }
}

void tk_matmul_run(const tk_run *run, const tk_matmul *p, const float *a,
                   const float *b, const float *bias, float *c)
{
    job j = {.run = run, .p = p, .bias = bias};
    j.packed = run->scratch;
    j.row_parts = (p->m + ROWS - 1) / ROWS;
    j.col_parts = (p->n + COLS - 1) / COLS;
    size_t panels = tk_up_16(p->n) / TK_PANEL;
    for (size_t i = 0; i < p->batch; i += group_of(p)) {
        size_t group = CS_MIN(p->batch - i, group_of(p));
        j.a = a + i * p->a_batch;
        j.b = b + i * p->b_batch;
        j.c = c + i * p->c_batch;
        cs_pool_for(run->pool, (shares_b(p) ? 1 : group) * panels, 4, pack_b,
                    &j);
        cs_pool_for(run->pool, group * j.row_parts * j.col_parts, 1, parts, &j);
    }
}
