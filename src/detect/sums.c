#include "detect/head_impl.h"

#define CHUNKS_MAX 64
/* Below this a chunk costs less than handing it to another thread. */
#define GRAIN_MIN ((size_t)1024)

struct sums {
    dt_sum_fn *fn;
    const void *ctx;
    size_t grain;
    double parts[CHUNKS_MAX][DT_SUMS];
};

static void chunk(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    struct sums *s = ctx;
    s->fn(s->ctx, begin, end, s->parts[begin / s->grain]);
}

void dt_sum(cs_pool *pool, size_t n, dt_sum_fn *fn, const void *ctx,
            double ret[DT_SUMS])
{
    struct sums s = {.fn = fn, .ctx = ctx};
    s.grain = CS_MAX(GRAIN_MIN, cs_pool_grain(n, 0)); /* at most 64 chunks */
    cs_pool_for(pool, n, s.grain, chunk, &s);
    for (size_t k = 0; k < DT_SUMS; k++)
        ret[k] = 0;
    for (size_t i = 0; i < cs_pool_chunks(n, s.grain); i++)
        for (size_t k = 0; k < DT_SUMS; k++)
            ret[k] += s.parts[i][k];
}
