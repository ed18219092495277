#include "tensor/kernels/reduce.h"

#include <math.h>

#include "tensor/kernels/broadcast.h"

/* Voxels of a row of the target that are reduced together. */
#define TILE ((size_t)16)
/* A target of few tiles has its reduced axes cut into so many parts in all. */
#define PARTS ((size_t)64)

typedef double tile[TILE][TK_LANES];

typedef struct reduce_job {
    bool max;
    double factor;         /* of the sum */
    const tk_image *x;     /* what is reduced … */
    const tk_image *times; /* … after it is multiplied with this, or NULL */
    const tk_image *y;
    tk_dims over;  /* extents of the reduced axes, but c (in blocks) and w */
    size_t splits; /* parts of the reduced rows of each tile */
    tile *partial; /* by tile and part, where there is more than one part */
} reduce_job;

static size_t over_of(size_t x, size_t y)
{
    return y == 1 ? x : 1;
}

static tk_dims over_dims(const tk_dims *x, const tk_dims *y)
{
    return (tk_dims){.n = over_of(x->n, y->n),
                     .c = y->c == 1 ? tk_blocks(x->c) : 1,
                     .d = over_of(x->d, y->d),
                     .h = over_of(x->h, y->h),
                     .w = over_of(x->w, y->w)};
}

static size_t over_rows(const reduce_job *j)
{
    return j->over.n * j->over.c * j->over.d * j->over.h;
}

static size_t row_tiles(const tk_dims *y)
{
    return (y->w + TILE - 1) / TILE;
}

static size_t tiles_of(const tk_dims *y)
{
    return tk_rows_of(y) * row_tiles(y);
}

/* Row number `i` of those that are reduced to the target's row `to`. */
static tk_row reduced_row(const reduce_job *j, const tk_row *to, size_t i)
{
    const tk_dims *o = &j->over;
    tk_row r = *to;
    r.y += i % o->h;
    r.z += i / o->h % o->d;
    r.block += i / o->h / o->d % o->c;
    r.n += i / o->h / o->d / o->c;
    return r;
}

static void take(const reduce_job *j, const float *p, size_t used,
                 double to[TK_LANES])
{
    for (size_t l = 0; l < used; l++)
        if (!j->max)
            to[l] += (double)p[l];
        else if ((double)p[l] > to[l] || isnan(p[l]))
            to[l] = (double)p[l];
}

static void reduce_row(const reduce_job *j, const tk_row *r, size_t first,
                       size_t count, tile to)
{
    const tk_dims *s = &j->x->dims;
    bool along = j->y->dims.w == 1;
    tk_source x = tk_source_at(j->x, s, r);
    tk_source times = tk_source_at(j->times ? j->times : j->x, s, r);
    size_t used = tk_lanes_used(s, r->block);
    for (size_t v = 0; v < (along ? s->w : count); v++) {
        float p[TK_LANES];
        tk_load(&x, first + v, p);
        if (j->times) {
            float q[TK_LANES];
            tk_load(&times, first + v, q);
            for (size_t l = 0; l < TK_LANES; l++)
                p[l] *= q[l];
        }
        take(j, p, used, to[along ? 0 : v]);
    }
}

static void clear_tile(const reduce_job *j, tile t)
{
    for (size_t v = 0; v < TILE; v++)
        for (size_t l = 0; l < TK_LANES; l++)
            t[v][l] = j->max ? -(double)INFINITY : 0;
}

static void merge(const reduce_job *j, const double from[TK_LANES],
                  size_t lanes, double to[TK_LANES])
{
    for (size_t l = 0; l < lanes; l++)
        if (!j->max)
            to[l] += from[l];
        else if (from[l] > to[l] || isnan(from[l]))
            to[l] = from[l];
}

/* Where x has channels and y has one, the lanes of a tile are reduced too. */
static void write_tile(const reduce_job *j, const tk_row *r, size_t first,
                       size_t count, tile t)
{
    float *y = tk_row_data(j->y, r) + first * TK_LANES;
    for (size_t v = 0; v < count; v++, y += TK_LANES) {
        double one[TK_LANES];
        memcpy(one, t[v], sizeof(one));
        if (j->y->dims.c == 1)
            for (size_t l = 1; l < CS_MIN(j->x->dims.c, (size_t)TK_LANES); l++)
                merge(j, &t[v][l], 1, one);
        for (size_t l = 0; l < TK_LANES; l++)
            y[l] = (float)(one[l] * j->factor);
    }
    tk_zero_beyond(&j->y->dims, r->block, count, y - count * TK_LANES);
}

typedef struct target {
    tk_row r;
    size_t first, count; /* voxels of the row */
} target;

static target target_at(const reduce_job *j, size_t i)
{
    const tk_dims *s = &j->y->dims;
    size_t first = i % row_tiles(s) * TILE;
    size_t count = CS_MIN(s->w - first, TILE);
    return (target){tk_row_at(s, i / row_tiles(s)), first, count};
}

static void reduce_parts(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const reduce_job *j = ctx;
    size_t rows = over_rows(j);
    for (size_t i = begin; i < end; i++) {
        target t = target_at(j, i / j->splits);
        size_t part = i % j->splits;
        tile own;
        double(*sum)[TK_LANES] = j->splits > 1 ? j->partial[i] : own;
        clear_tile(j, sum);
        for (size_t k = rows * part / j->splits;
             k < rows * (part + 1) / j->splits; k++) {
            tk_row r = reduced_row(j, &t.r, k);
            reduce_row(j, &r, t.first, t.count, sum);
        }
        if (j->splits == 1)
            write_tile(j, &t.r, t.first, t.count, sum);
    }
}

static void join_parts(const reduce_job *j)
{
    for (size_t i = 0; i < tiles_of(&j->y->dims); i++) {
        target t = target_at(j, i);
        double(*sum)[TK_LANES] = j->partial[i * j->splits];
        for (size_t part = 1; part < j->splits; part++)
            for (size_t v = 0; v < t.count; v++)
                merge(j, j->partial[i * j->splits + part][v], TK_LANES, sum[v]);
        write_tile(j, &t.r, t.first, t.count, sum);
    }
}

static void reduce(const tk_run *run, reduce_job *j)
{
    const tk_dims *y = &j->y->dims;
    j->over = over_dims(&j->x->dims, y);
    size_t tiles = CS_MAX(tiles_of(y), (size_t)1);
    j->splits = CS_MIN((PARTS + tiles - 1) / tiles, over_rows(j));
    j->partial = (tile *)(void *)run->scratch;
    cs_pool_for(run->pool, tiles_of(y) * j->splits, 1, reduce_parts, j);
    if (j->splits > 1)
        join_parts(j);
}

size_t tk_reduce_scratch(void)
{
    /* Tiles times parts of each: fewer than twice PARTS. */
    return 2 * PARTS * sizeof(tile) / sizeof(float);
}

void tk_reduce(const tk_run *run, tk_reduction kind, const tk_image *x,
               const tk_image *y)
{
    reduce_job j = {.max = kind == TK_REDUCE_MAX, .x = x, .y = y, .factor = 1};
    if (kind == TK_REDUCE_MEAN)
        j.factor = (double)(y->dims.n * y->dims.c * tk_voxels(&y->dims)) /
                   (double)(x->dims.n * x->dims.c * tk_voxels(&x->dims));
    reduce(run, &j);
}

void tk_arith_backward(const tk_run *run, tk_arith op, bool second,
                       const tk_image *other, const tk_image *dy,
                       const tk_image *to)
{
    reduce_job j = {.x = dy, .y = to, .factor = 1};
    if (op == TK_MUL)
        j.times = other;
    if (op == TK_SUB && second)
        j.factor = -1;
    reduce(run, &j);
}

/* --- the gradient of a maximum --- */

typedef struct max_job {
    reduce_job over; /* x and y as in the reduction */
    const tk_image *dy, *dx;
} max_job;

/* One voxel of x and dx: `found` says which targets have given already. */
static void give(size_t used, bool to_one, const float *const from[3],
                 bool found[TK_LANES], float *dx)
{
    const float *x = from[0];
    const float *y = from[1];
    const float *dy = from[2];
    memset(dx, 0, TK_LANES * sizeof(float));
    for (size_t l = 0; l < used; l++) {
        size_t t = to_one ? 0 : l;
        if (!found[t] && (x[l] == y[t] || (isnan(x[l]) && isnan(y[t])))) {
            dx[l] = dy[t];
            found[t] = true;
        }
    }
}

static void give_tile(const max_job *j, const target *t)
{
    const reduce_job *o = &j->over;
    bool found[TILE][TK_LANES] = {0};
    bool along = o->y->dims.w == 1;
    const float *y = tk_row_data(o->y, &t->r) + t->first * TK_LANES;
    const float *dy = tk_row_data(j->dy, &t->r) + t->first * TK_LANES;
    for (size_t k = 0; k < over_rows(o); k++) {
        tk_row r = reduced_row(o, &t->r, k);
        size_t used = tk_lanes_used(&o->x->dims, r.block);
        const float *x = tk_row_data(o->x, &r) + t->first * TK_LANES;
        float *dx = tk_row_data(j->dx, &r) + t->first * TK_LANES;
        for (size_t v = 0; v < (along ? o->x->dims.w : t->count); v++) {
            size_t at = along ? 0 : v;
            const float *const from[3] = {x + v * TK_LANES, y + at * TK_LANES,
                                          dy + at * TK_LANES};
            give(used, o->y->dims.c == 1, from, found[at], dx + v * TK_LANES);
        }
    }
}

static void give_tiles(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const max_job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        target t = target_at(&j->over, i);
        give_tile(j, &t);
    }
}

void tk_reduce_max_backward(const tk_run *run, const tk_image *x,
                            const tk_image *y, const tk_image *dy,
                            const tk_image *dx)
{
    max_job j = {.over = {.x = x, .y = y}, .dy = dy, .dx = dx};
    j.over.over = over_dims(&x->dims, &y->dims);
    cs_pool_for(run->pool, tiles_of(&y->dims), 1, give_tiles, &j);
}
