#include "nn/optim_ema.h"

#include "base/mem.h"
#include "nn/loss_impl.h"

struct nn_ema {
    size_t n;
    nn_optim_param *params;
    float **average;
};

int nn_ema_new(const nn_optim_param *params, size_t n, nn_ema **ret,
               cs_errinfo *info)
{
    CS_AUTO(nn_ema) ema = cs_new0(nn_ema);
    if (!ema)
        return cs_fail_nomem(info);
    ema->params = cs_memdup(params, n * sizeof(*params));
    ema->average = cs_calloc(n, sizeof(*ema->average));
    if (!ema->params || !ema->average)
        return cs_fail_nomem(info);
    ema->n = n;
    for (size_t i = 0; i < n; i++) {
        ema->average[i] =
            cs_memdup(params[i].value, params[i].count * sizeof(float));
        if (!ema->average[i])
            return cs_fail_nomem(info);
    }
    *ret = CS_TAKE(ema);
    return 0;
}

void nn_ema_free(nn_ema *ema)
{
    if (!ema)
        return;
    for (size_t i = 0; i < ema->n; i++)
        cs_free(ema->average[i]);
    cs_free(ema->average);
    cs_free(ema->params);
    cs_free(ema);
}

struct two {
    float *average, *value;
    float keep, fresh;
};

static void blend(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    const struct two *t = ctx;
    for (size_t i = begin; i < end; i++)
        t->average[i] = t->keep * t->average[i] + t->fresh * t->value[i];
}

static void swap(void *ctx, size_t begin, size_t end, CS_UNUSED unsigned slot)
{
    const struct two *t = ctx;
    for (size_t i = begin; i < end; i++) {
        float v = t->value[i];
        t->value[i] = t->average[i];
        t->average[i] = v;
    }
}

static void for_each(nn_ema *ema, cs_pool *pool, cs_pool_fn *fn, double decay)
{
    for (size_t i = 0; i < ema->n; i++) {
        struct two t = {ema->average[i], ema->params[i].value, (float)decay,
                        (float)(1 - decay)};
        size_t count = ema->params[i].count;
        cs_pool_for(pool, count, nn_loss_grain(count), fn, &t);
    }
}

void nn_ema_update(nn_ema *ema, cs_pool *pool, double decay)
{
    for_each(ema, pool, blend, decay);
}

void nn_ema_swap(nn_ema *ema, cs_pool *pool)
{
    for_each(ema, pool, swap, 0);
}

float *nn_ema_data(nn_ema *ema, size_t i)
{
    return ema->average[i];
}
