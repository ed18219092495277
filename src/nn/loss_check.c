#include <math.h>

#include "base/checked.h"
#include "nn/loss_impl.h"

int nn_loss_check_dims(const nn_loss_dims *d, cs_errinfo *info)
{
    const size_t factors[] = {d->n, d->c, d->p, sizeof(double)};
    size_t bytes = 0;
    if (!cs_product_size(factors, CS_COUNTOF(factors), &bytes) || bytes == 0 ||
        bytes > PTRDIFF_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "a loss over %zu samples, %zu channels and %zu points",
                       d->n, d->c, d->p);
    return 0;
}

int nn_loss_check_option(const char *name, double v, double low, double high,
                         cs_errinfo *info)
{
    if (v >= low && v <= high)
        return 0;
    return cs_fail(info, CS_E_RANGE, "'%s' is %g; expected %g to %g", name, v,
                   low, high);
}

int nn_loss_check_weights(const char *name, const float *w, size_t c,
                          cs_errinfo *info)
{
    for (size_t i = 0; w && i < c; i++) {
        if (!isfinite(w[i]) || w[i] < 0)
            return cs_fail(info, CS_E_RANGE,
                           "'%s' of class %zu is %g; expected 0 or more", name,
                           i, (double)w[i]);
    }
    return 0;
}

struct labels {
    const int32_t *data;
    size_t c;
    int32_t ignore;
};

static bool is_bad_label(const void *ctx, size_t i)
{
    const struct labels *l = ctx;
    int32_t v = l->data[i];
    return v != l->ignore && (v < 0 || (size_t)v >= l->c);
}

int nn_loss_check_labels(cs_pool *pool, const nn_loss_dims *d,
                         const int32_t *labels, int32_t ignore,
                         cs_errinfo *info)
{
    struct labels l = {labels, d->c, ignore};
    size_t bad = nn_loss_first_bad(pool, d->n * d->p, is_bad_label, &l);
    if (bad == d->n * d->p)
        return 0;
    return cs_fail(info, CS_E_RANGE,
                   "label %d of sample %zu, point %zu; expected 0 to "
                   "%zu",
                   labels[bad], bad / d->p, bad % d->p, d->c - 1);
}
