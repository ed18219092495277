#include <stdatomic.h>

#include "nn/loss_impl.h"

/* Below this a chunk costs less than handing it to another thread. */
#define GRAIN_MIN ((size_t)2048)

size_t nn_loss_grain(size_t n)
{
    return CS_MAX(GRAIN_MIN, cs_pool_grain(n, 0));
}

struct rows {
    nn_loss_row_fn *fn;
    const void *ctx;
    size_t c, p;
};

static double sum_rows(void *ctx, size_t begin, size_t end,
                       CS_UNUSED unsigned slot)
{
    const struct rows *r = ctx;
    double total = 0;
    size_t row = begin / r->p;
    size_t channel = row % r->c;
    while (begin < end) {
        size_t stop = CS_MIN((row + 1) * r->p, end);
        total += r->fn(r->ctx, begin, stop, channel);
        begin = stop;
        row++;
        channel = channel + 1 < r->c ? channel + 1 : 0;
    }
    return total;
}

double nn_loss_sum_rows(cs_pool *pool, const nn_loss_dims *d,
                        nn_loss_row_fn *fn, const void *ctx)
{
    struct rows r = {fn, ctx, d->c, d->p};
    size_t n = d->n * d->c * d->p;
    double total = 0;
    /* Cannot fail: at most 64 chunks need no memory. */
    (void)cs_pool_sum_f64(pool, n, nn_loss_grain(n), sum_rows, &r, &total);
    return total;
}

double nn_loss_sum(cs_pool *pool, size_t n, nn_loss_row_fn *fn, const void *ctx)
{
    return nn_loss_sum_rows(pool, &(nn_loss_dims){1, 1, n}, fn, ctx);
}

struct hunt {
    nn_loss_bad_fn *bad;
    const void *ctx;
    _Atomic size_t first;
};

static void lower(_Atomic size_t *first, size_t i)
{
    size_t seen = atomic_load(first);
    while (i < seen && !atomic_compare_exchange_weak(first, &seen, i))
        ;
}

static void hunt_chunk(void *ctx, size_t begin, size_t end,
                       CS_UNUSED unsigned slot)
{
    struct hunt *h = ctx;
    for (size_t i = begin; i < end; i++) {
        if (h->bad(h->ctx, i)) {
            lower(&h->first, i);
            return;
        }
    }
}

size_t nn_loss_first_bad(cs_pool *pool, size_t n, nn_loss_bad_fn *bad,
                         const void *ctx)
{
    struct hunt h = {.bad = bad, .ctx = ctx, .first = n};
    cs_pool_for(pool, n, nn_loss_grain(n), hunt_chunk, &h);
    return atomic_load(&h.first);
}
