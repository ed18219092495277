#include <inttypes.h>
#include <math.h>

#include "nn/optim_grad.h"
#include "train/learner.h"

/* --- a batch --- */

static void gather(tr_learner *l, const tr_sample *const *samples)
{
    const size_t *size = l->plan->recipe.input.patch;
    size_t voxels = size[0] * size[1] * size[2];
    for (size_t i = 0; i < (size_t)l->plan->batch; i++) {
        memcpy(l->images + i * voxels, samples[i]->image,
               voxels * sizeof(*l->images));
        l->truths[i] = samples[i]->truth;
    }
}

int tr_learner_batch(tr_learner *l, const tr_sample *const *samples,
                     dt_loss *sum, cs_errinfo *info)
{
    const md_recipe *recipe = &l->plan->recipe;
    const float *inputs[] = {l->images};
    dt_loss loss = {.loss = 0};
    gather(l, samples);
    nn_plan_forward(l->engine, inputs, l->outputs);
    int r = dt_head_loss(recipe, &l->plan->loss, l->run.pool, l->truths,
                         (size_t)l->plan->batch, recipe->input.patch,
                         (const float *const *)l->outputs, l->gradients, &loss,
                         info);
    if (r < 0)
        return r;
    nn_plan_backward(l->engine, (const float *const *)l->gradients, NULL);
    sum->loss += loss.loss;
    sum->scores += loss.scores;
    sum->boxes += loss.boxes;
    return 0;
}

/* --- a step --- */

static const char *first_broken(const tr_learner *l)
{
    for (size_t i = 0; i < l->list_n; i++) {
        for (size_t k = 0; k < l->list[i].count; k++) {
            if (!isfinite(l->list[i].grad[k]))
                return l->list[i].name;
        }
    }
    return "?";
}

static int refuse(const tr_learner *l, const tr_step *s, cs_errinfo *info)
{
    if (!isfinite(s->loss.loss))
        return cs_fail(info, CS_E_RANGE,
                       "step %" PRIu64 ": the loss is %g; try a lower rate, "
                       "more warm-up or a lower 'clip'",
                       s->step, s->loss.loss);
    return cs_fail(info, CS_E_RANGE,
                   "step %" PRIu64 ": the gradient of '%s' is not finite; try "
                   "a lower rate, more warm-up or a lower 'clip'",
                   s->step, first_broken(l));
}

static int clip(tr_learner *l, tr_step *s, cs_errinfo *info)
{
    double most = l->plan->optimiser.clip;
    cs_pool *pool = l->run.pool;
    int r = most > 0 ? nn_grads_clip_norm(pool, l->list, l->list_n, most,
                                          &s->norm, NULL)
                     : nn_grads_norm(pool, l->list, l->list_n, &s->norm, NULL);
    return r < 0 || !isfinite(s->loss.loss) ? refuse(l, s, info) : 0;
}

int tr_learner_update(tr_learner *l, const dt_loss *sum, tr_step *s,
                      cs_errinfo *info)
{
    cs_pool *pool = l->run.pool;
    double batches = (double)l->plan->accumulate;
    uint64_t done = nn_optim_steps(l->optim);
    s->step = done + 1;
    s->lr = nn_schedule_lr(&l->schedule, done);
    s->loss = (dt_loss){sum->loss / batches, sum->scores / batches,
                        sum->boxes / batches};
    if (l->plan->accumulate > 1)
        nn_grads_scale(pool, l->list, l->list_n, 1.0 / batches);
    int r = clip(l, s, info);
    if (r < 0)
        return r;
    nn_optim_step(l->optim, pool, s->lr);
    if (l->ema)
        nn_ema_update(l->ema, pool, tr_learner_decay(l->plan, done));
    nn_params_zero_gradients(l->params);
    return 0;
}
