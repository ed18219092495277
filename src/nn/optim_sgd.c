#include "nn/optim_impl.h"

static void update(void *ctx, size_t begin, size_t end,
                   CS_UNUSED unsigned thread)
{
    const nn_optim_job *j = ctx;
    float lr = (float)j->lr;
    float decay = (float)j->weight_decay;
    for (size_t i = begin; i < end; i++)
        j->value[i] -= lr * (j->grad[i] + decay * j->value[i]);
}

/* The first step takes the gradient itself: dampening weakens what is added to
 * a history, and there is none yet. */
static void update_momentum(void *ctx, size_t begin, size_t end,
                            CS_UNUSED unsigned thread)
{
    const nn_optim_job *j = ctx;
    float lr = (float)j->lr;
    float decay = (float)j->weight_decay;
    float momentum = (float)j->o->momentum;
    float fresh = j->step == 1 ? 1.0F : (float)(1 - j->o->dampening);
    float *history = j->slot[0];
    for (size_t i = begin; i < end; i++) {
        float g = j->grad[i] + decay * j->value[i];
        history[i] = momentum * history[i] + fresh * g;
        float way = j->o->nesterov ? g + momentum * history[i] : history[i];
        j->value[i] -= lr * way;
    }
}

const nn_optim_rule nn_optim_sgd = {{NULL}, NULL, update};
const nn_optim_rule nn_optim_sgd_momentum = {
    {"momentum_buffer", NULL}, NULL, update_momentum};
