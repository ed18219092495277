#include "nn/optim.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "nn/loss_impl.h"
#include "nn/optim_impl.h"

struct nn_optim {
    nn_optim_options o;
    const nn_optim_rule *rule;
    size_t slots; /* of the rule */
    uint64_t steps;
    size_t n;
    nn_optim_param *params;
    float **state; /* [n][slots] */
};

/* --- making --- */

/* Largest number below 1. */
#define BELOW_ONE 0x1.fffffffffffffp-1

static int check_options(const nn_optim_options *o, cs_errinfo *info)
{
    const struct {
        const char *name;
        double v, high;
    } rows[] = {
        {"weight_decay", o->weight_decay, 1e9}, {"momentum", o->momentum, 1},
        {"dampening", o->dampening, 1},         {"beta1", o->beta1, BELOW_ONE},
        {"beta2", o->beta2, BELOW_ONE},         {"eps", o->eps, 1},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        int r = nn_loss_check_option(rows[i].name, rows[i].v, 0, rows[i].high,
                                     info);
        if (r < 0)
            return r;
    }
    if (o->nesterov && (o->momentum == 0 || o->dampening != 0))
        return cs_fail(info, CS_E_RANGE,
                       "'nesterov' needs a momentum and no dampening");
    return 0;
}

static int check_param(const nn_optim_param *params, size_t i, cs_errinfo *info)
{
    const nn_optim_param *p = &params[i];
    if (!(p->lr_scale >= 0 && isfinite(p->lr_scale)))
        return cs_fail(info, CS_E_RANGE,
                       "'lr_scale' of '%s' is %g; expected 0 or more", p->name,
                       p->lr_scale);
    /* Networks have some hundred parameters: a map would not pay. */
    for (size_t k = 0; k < i; k++) {
        if (strcmp(params[k].name, p->name) == 0)
            return cs_fail(info, CS_E_EXISTS, "two parameters are named '%s'",
                           p->name);
    }
    return 0;
}

static const nn_optim_rule *rule_for(const nn_optim_options *o)
{
    if (o->kind != NN_OPTIM_SGD)
        return &nn_optim_adam;
    return o->momentum > 0 ? &nn_optim_sgd_momentum : &nn_optim_sgd;
}

static int make_state(nn_optim *m, cs_errinfo *info)
{
    m->state = cs_calloc(m->n * m->slots, sizeof(*m->state));
    if (!m->state)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < m->n * m->slots; i++) {
        m->state[i] = cs_calloc(m->params[i / m->slots].count, sizeof(float));
        if (!m->state[i])
            return cs_fail_nomem(info);
    }
    return 0;
}

int nn_optim_new(const nn_optim_options *o, const nn_optim_param *params,
                 size_t n, nn_optim **ret, cs_errinfo *info)
{
    int r = check_options(o, info);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = check_param(params, i, info);
    if (r < 0)
        return r;
    CS_AUTO(nn_optim) m = cs_new0(nn_optim);
    if (!m)
        return cs_fail_nomem(info);
    m->o = *o;
    m->rule = rule_for(o);
    while (m->rule->slots[m->slots])
        m->slots++;
    m->params = cs_memdup(params, n * sizeof(*params));
    if (!m->params)
        return cs_fail_nomem(info);
    m->n = n;
    r = make_state(m, info);
    if (r < 0)
        return r;
    *ret = CS_TAKE(m);
    return 0;
}

void nn_optim_free(nn_optim *optim)
{
    if (!optim)
        return;
    for (size_t i = 0; optim->state && i < optim->n * optim->slots; i++)
        cs_free(optim->state[i]);
    cs_free(optim->state);
    cs_free(optim->params);
    cs_free(optim);
}

/* --- stepping --- */

static nn_optim_job job_for(const nn_optim *m, size_t i, double lr)
{
    const nn_optim_param *p = &m->params[i];
    nn_optim_job job = {
        .o = &m->o,
        .value = p->value,
        .grad = p->grad,
        .lr = lr * p->lr_scale,
        .weight_decay = p->decay ? m->o.weight_decay : 0,
        .step = m->steps,
    };
    for (size_t k = 0; k < m->slots; k++)
        job.slot[k] = m->state[i * m->slots + k];
    return job;
}

void nn_optim_step(nn_optim *optim, cs_pool *pool, double lr)
{
    optim->steps++;
    for (size_t i = 0; i < optim->n; i++) {
        nn_optim_job job = job_for(optim, i, lr);
        size_t count = optim->params[i].count;
        if (optim->rule->prepare)
            optim->rule->prepare(&job);
        cs_pool_for(pool, count, nn_loss_grain(count), optim->rule->update,
                    &job);
    }
}

/* --- state --- */

uint64_t nn_optim_steps(const nn_optim *optim)
{
    return optim->steps;
}

void nn_optim_set_steps(nn_optim *optim, uint64_t steps)
{
    optim->steps = steps;
}

size_t nn_optim_state_count(const nn_optim *optim)
{
    return optim->n * optim->slots;
}

nn_optim_state nn_optim_state_at(const nn_optim *optim, size_t i)
{
    const nn_optim_param *p = &optim->params[i / optim->slots];
    return (nn_optim_state){p->name, optim->rule->slots[i % optim->slots],
                            optim->state[i], p->count};
}

int nn_optim_set_state(nn_optim *optim, const char *param, const char *slot,
                       const float *data, size_t count, cs_errinfo *info)
{
    for (size_t i = 0; i < nn_optim_state_count(optim); i++) {
        nn_optim_state s = nn_optim_state_at(optim, i);
        if (strcmp(s.param, param) != 0 || strcmp(s.slot, slot) != 0)
            continue;
        if (s.count != count)
            return cs_fail(info, CS_E_RANGE,
                           "'%s' of '%s' has %zu numbers; expected %zu", slot,
                           param, count, s.count);
        memcpy(optim->state[i], data, count * sizeof(*data));
        return 0;
    }
    return cs_fail(info, CS_E_NOTFOUND,
                   "the optimiser keeps no '%s' of a parameter '%s'", slot,
                   param);
}
