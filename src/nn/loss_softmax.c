#include "base/checked.h"
#include "base/mem.h"
#include "nn/elementary.h"
#include "nn/loss_impl.h"

#define LINE 64 /* bytes of a cache line */

static double largest(const float *logits, size_t stride, size_t c)
{
    float most = logits[0];
    for (size_t i = 1; i < c; i++)
        most = CS_MAX(most, logits[i * stride]);
    return (double)most;
}

nn_loss_lse nn_loss_softmax(const float *logits, size_t stride, size_t c,
                            double *prob)
{
    double most = largest(logits, stride, c);
    double total = 0;
    for (size_t i = 0; i < c; i++) {
        prob[i] = nn_exp((double)logits[i * stride] - most);
        total += prob[i];
    }
    for (size_t i = 0; i < c; i++)
        prob[i] /= total;
    return (nn_loss_lse){most, nn_log(total)};
}

int nn_loss_scratch_init(nn_loss_scratch *s, const cs_pool *pool, size_t c,
                         cs_errinfo *info)
{
    size_t bytes = 0;
    if (!cs_mul_size(c, sizeof(double), &bytes) ||
        !cs_align_size(bytes, LINE, &bytes))
        return cs_fail_nomem(info);
    size_t stride = bytes / sizeof(double);
    if (!cs_mul_size(bytes, cs_pool_threads(pool), &bytes))
        return cs_fail_nomem(info);
    double *data = cs_aligned_alloc(LINE, bytes);
    if (!data)
        return cs_fail_nomem(info);
    *s = (nn_loss_scratch){data, stride};
    return 0;
}

void nn_loss_scratch_done(nn_loss_scratch *s)
{
    cs_free(s->data);
}
