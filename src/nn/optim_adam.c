#include <math.h>

#include "nn/elementary.h"
#include "nn/optim_impl.h"

static void prepare(nn_optim_job *j)
{
    j->bias1 = 1 - nn_pow_int(j->o->beta1, j->step);
    j->bias2_root = sqrt(1 - nn_pow_int(j->o->beta2, j->step));
}

/* m and v are the averages of the gradient and of its square. */
static void update(void *ctx, size_t begin, size_t end,
                   CS_UNUSED unsigned thread)
{
    const nn_optim_job *j = ctx;
    bool apart = j->o->kind == NN_OPTIM_ADAMW;
    float add = apart ? 0 : (float)j->weight_decay;
    float keep = apart ? (float)(1 - j->lr * j->weight_decay) : 1;
    float beta1 = (float)j->o->beta1;
    float beta2 = (float)j->o->beta2;
    float fresh1 = (float)(1 - j->o->beta1);
    float fresh2 = (float)(1 - j->o->beta2);
    float root = (float)j->bias2_root;
    float eps = (float)j->o->eps;
    float stride = (float)(j->lr / j->bias1);
    float *m = j->slot[0];
    float *v = j->slot[1];
    for (size_t i = begin; i < end; i++) {
        float value = j->value[i] * keep;
        float g = j->grad[i] + add * value;
        m[i] = m[i] * beta1 + fresh1 * g;
        v[i] = v[i] * beta2 + fresh2 * g * g;
        j->value[i] = value - stride * m[i] / (sqrtf(v[i]) / root + eps);
    }
}

const nn_optim_rule nn_optim_adam = {
    {"exp_avg", "exp_avg_sq", NULL}, prepare, update};
