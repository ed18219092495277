#include "train/learner.h"

#include "nn/trainable.h"
#include "train/outputs.h"
#include "weights/weights.h"
#include "zoo/state.h"

/* --- making --- */

static size_t patch_voxels(const tr_plan *plan)
{
    const size_t *size = plan->recipe.input.patch;
    return size[0] * size[1] * size[2];
}

static int make_batch(tr_learner *l, cs_errinfo *info)
{
    size_t n = (size_t)l->plan->batch;
    size_t voxels = patch_voxels(l->plan);
    l->images = cs_calloc(n, voxels * sizeof(*l->images));
    l->truths = cs_calloc(n, sizeof(*l->truths));
    return l->images && l->truths ? 0 : cs_fail_nomem(info);
}

static int make_outputs(tr_learner *l, cs_errinfo *info)
{
    l->output_count = nn_graph_outputs(l->graph);
    int r = tr_outputs_new(l->graph, &l->outputs, info);
    return r < 0 ? r : tr_outputs_new(l->graph, &l->gradients, info);
}

static int make_network(tr_learner *l, cs_errinfo *info)
{
    const md_recipe *recipe = &l->plan->recipe;
    int r = nn_params_new(&l->params, info);
    if (r == 0)
        r = md_recipe_build(recipe, (size_t)l->plan->batch, recipe->input.patch,
                            l->params, &l->graph, info);
    if (r < 0)
        return r;
    nn_params_reset(l->params, l->plan->seed);
    return dt_head_start(recipe, l->params, info);
}

static int make_averages(tr_learner *l, cs_errinfo *info)
{
    nn_ema_free(CS_TAKE(l->ema));
    return l->plan->optimiser.ema > 0
               ? nn_ema_new(l->list, l->list_n, &l->ema, info)
               : 0;
}

int tr_learner_init(tr_learner *l, const tr_plan *plan, const im_run *run,
                    size_t memory_limit, cs_errinfo *info)
{
    l->plan = plan;
    l->run = *run;
    l->memory_limit = memory_limit;
    l->schedule = plan->schedule;
    l->schedule.lr = plan->optimiser.lr;
    int r = nn_schedule_check(&l->schedule, info);
    if (r == 0)
        r = make_network(l, info);
    if (r == 0)
        r = make_batch(l, info);
    if (r == 0)
        r = make_outputs(l, info);
    if (r == 0)
        r = nn_trainable(l->params, &l->list, &l->list_n, info);
    if (r == 0)
        r = nn_optim_new(&plan->optimiser.options, l->list, l->list_n,
                         &l->optim, info);
    return r < 0 ? r : make_averages(l, info);
}

void tr_learner_done(tr_learner *l)
{
    nn_plan_free(l->engine);
    nn_ema_free(l->ema);
    nn_optim_free(l->optim);
    nn_graph_free(l->graph);
    nn_params_free(l->params);
    tr_outputs_free(l->outputs, l->output_count);
    tr_outputs_free(l->gradients, l->output_count);
    cs_free(l->list);
    cs_free(l->images);
    cs_free(l->truths);
    *l = (tr_learner)TR_LEARNER_INIT;
}

int tr_learner_start(tr_learner *l, const char *path, cs_errinfo *info)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    int r = wt_read(path, &d, info);
    if (r == 0)
        r = zoo_load(l->params, &d, info);
    if (r < 0) {
        cs_errinfo_set_place(info, path);
        return r;
    }
    return make_averages(l, info);
}

/* --- the engine --- */

void tr_learner_rest(tr_learner *l)
{
    if (l->memory_limit)
        nn_plan_free(CS_TAKE(l->engine));
}

/* Dropout goes by the number of the pass, of which each batch takes one. */
int tr_learner_wake(tr_learner *l, cs_errinfo *info)
{
    const nn_plan_options o = {
        .training = true,
        .exact = l->plan->precision == TR_PRECISION_EXACT,
        .pool = l->run.pool,
        .tier = l->run.tier,
        .memory_limit = l->memory_limit,
        .seed = l->plan->seed,
    };
    if (l->engine)
        return 0;
    int r = nn_plan_new(l->graph, &o, &l->engine, info);
    if (r == 0)
        nn_plan_set_passes(l->engine, nn_optim_steps(l->optim) *
                                          (uint64_t)l->plan->accumulate);
    return r;
}

/* --- averages --- */

void tr_learner_swap(tr_learner *l)
{
    if (l->ema)
        nn_ema_swap(l->ema, l->run.pool);
}

double tr_learner_decay(const tr_plan *plan, uint64_t step)
{
    double early = (1.0 + (double)step) / (10.0 + (double)step);
    return CS_MIN(early, plan->optimiser.ema);
}
