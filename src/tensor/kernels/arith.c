#include "tensor/kernels/arith.h"

#include "tensor/kernels/broadcast.h"

/* --- extents --- */

static size_t wider(size_t a, size_t b)
{
    return a == 1 ? b : a;
}

static bool fits(size_t a, size_t b)
{
    return a == b || a == 1 || b == 1;
}

int tk_broadcast(const tk_dims *a, const tk_dims *b, tk_dims *ret,
                 cs_errinfo *info)
{
    if (!fits(a->n, b->n) || !fits(a->c, b->c) || !fits(a->d, b->d) ||
        !fits(a->h, b->h) || !fits(a->w, b->w))
        return cs_fail(info, CS_E_RANGE,
                       "images of %zu x %zu x %zu x %zu x %zu and %zu x %zu x "
                       "%zu x %zu x %zu do not go together",
                       a->n, a->c, a->d, a->h, a->w, b->n, b->c, b->d, b->h,
                       b->w);
    *ret = (tk_dims){wider(a->n, b->n), wider(a->c, b->c), wider(a->d, b->d),
                     wider(a->h, b->h), wider(a->w, b->w)};
    return 0;
}

/* --- element by element --- */

typedef struct map_job {
    tk_arith op;
    const tk_image *a, *b, *y;
    float factor; /* with b NULL: y = factor * a */
} map_job;

#define ROWS_GRAIN ((size_t)16)

static float combine(tk_arith op, float a, float b)
{
    switch (op) {
    case TK_ADD:
        return a + b;
    case TK_SUB:
        return a - b;
    default:
        return a * b;
    }
}

/* `op` is a constant after inlining. */
static inline __attribute__((always_inline)) void map_voxels(tk_arith op,
                                                             const tk_source *a,
                                                             const tk_source *b,
                                                             size_t w, float *y)
{
    for (size_t x = 0; x < w; x++, y += TK_LANES) {
        float p[TK_LANES];
        float q[TK_LANES];
        tk_load(a, x, p);
        tk_load(b, x, q);
        for (size_t l = 0; l < TK_LANES; l++)
            y[l] = combine(op, p[l], q[l]);
    }
}

static void map_row(const map_job *j, const tk_source *a, const tk_source *b,
                    float *y)
{
    size_t w = j->y->dims.w;
    switch (j->op) {
    case TK_ADD:
        map_voxels(TK_ADD, a, b, w, y);
        break;
    case TK_SUB:
        map_voxels(TK_SUB, a, b, w, y);
        break;
    default:
        map_voxels(TK_MUL, a, b, w, y);
        break;
    }
}

static void scale_row(const map_job *j, const tk_source *a, float *y)
{
    for (size_t x = 0; x < j->y->dims.w; x++, y += TK_LANES) {
        float p[TK_LANES];
        tk_load(a, x, p);
        for (size_t l = 0; l < TK_LANES; l++)
            y[l] = j->factor * p[l];
    }
}

static void map_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const map_job *j = ctx;
    const tk_dims *s = &j->y->dims;
    for (size_t i = begin; i < end; i++) {
        tk_row r = tk_row_at(s, i);
        tk_source a = tk_source_at(j->a, s, &r);
        float *y = tk_row_data(j->y, &r);
        if (j->b) {
            tk_source b = tk_source_at(j->b, s, &r);
            map_row(j, &a, &b, y);
        } else {
            scale_row(j, &a, y);
        }
        tk_zero_beyond(s, r.block, s->w, y);
    }
}

void tk_arith_run(const tk_run *run, tk_arith op, const tk_image *a,
                  const tk_image *b, const tk_image *y)
{
    map_job j = {.op = op, .a = a, .b = b, .y = y};
    cs_pool_for(run->pool, tk_rows_of(&y->dims), ROWS_GRAIN, map_rows, &j);
}

void tk_scale(const tk_run *run, float factor, const tk_image *x,
              const tk_image *y)
{
    map_job j = {.a = x, .y = y, .factor = factor};
    cs_pool_for(run->pool, tk_rows_of(&y->dims), ROWS_GRAIN, map_rows, &j);
}
