#include "train/looker.h"

#include "train/outputs.h"

int tr_looker_init(tr_looker *l, const tr_judge *j, cs_errinfo *info)
{
    const md_recipe *recipe = &j->plan->recipe;
    const nn_plan_options o = {
        .exact = j->plan->precision == TR_PRECISION_EXACT,
        .pool = j->run.pool,
        .tier = j->run.tier,
        .memory_limit = j->memory_limit,
    };
    l->plan = j->plan;
    l->run = j->run;
    int r = md_recipe_build(recipe, 1, recipe->input.patch, j->params,
                            &l->graph, info);
    if (r < 0)
        return r;
    l->output_count = nn_graph_outputs(l->graph);
    r = nn_plan_new(l->graph, &o, &l->engine, info);
    if (r == 0)
        r = tr_outputs_new(l->graph, &l->outputs, info);
    return r < 0 ? r : tr_outputs_new(l->graph, &l->gradients, info);
}

void tr_looker_done(tr_looker *l)
{
    tr_outputs_free(l->outputs, l->output_count);
    tr_outputs_free(l->gradients, l->output_count);
    nn_plan_free(l->engine);
    nn_graph_free(l->graph);
    *l = (tr_looker)TR_LOOKER_INIT;
}

int tr_looker_look(tr_looker *l, const float *image, const dt_truth *truth,
                   double *loss, cs_errinfo *info)
{
    const md_recipe *recipe = &l->plan->recipe;
    dt_loss found = {.loss = 0};
    nn_plan_forward(l->engine, &image, l->outputs);
    int r = dt_head_loss(recipe, &l->plan->loss, l->run.pool, truth, 1,
                         recipe->input.patch, (const float *const *)l->outputs,
                         l->gradients, &found, info);
    if (r == 0)
        *loss = found.loss;
    return r;
}
