#include "nn/trainable.h"

#include "base/mem.h"

static nn_optim_param entry(nn_param *q)
{
    return (nn_optim_param){.name = q->name,
                            .value = tn_f32(&q->value),
                            .grad = tn_f32(&q->grad),
                            .count = tn_count(&q->value),
                            .lr_scale = 1,
                            .decay = q->role == NN_WEIGHT};
}

int nn_trainable(nn_params *p, nn_optim_param **ret, size_t *ret_n,
                 cs_errinfo *info)
{
    int r = nn_params_gradients(p, info);
    if (r < 0)
        return r;
    nn_optim_param *list = cs_calloc(nn_params_count(p), sizeof(*list));
    if (!list)
        return cs_fail_nomem(info);
    size_t n = 0;
    for (size_t i = 0; i < nn_params_count(p); i++) {
        nn_param *q = nn_params_at(p, i);
        if (nn_param_trained(q))
            list[n++] = entry(q);
    }
    *ret = list;
    *ret_n = n;
    return 0;
}
