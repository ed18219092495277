#include "cli/engine.h"

#include <sys/resource.h>

#include "base/sysinfo.h"
#include "cli/tier.h"
#include "weights/weights.h"
#include "zoo/state.h"

int engine_network(const char *name, const zoo_network **ret, cs_errinfo *info)
{
    *ret = zoo_find(name);
    if (*ret)
        return 0;
    CS_SCOPED(cs_strbuf) all = CS_STRBUF_INIT;
    for (size_t i = 0; i < zoo_count(); i++)
        cs_strbuf_printf(&all, "%s%s", i ? ", " : "", zoo_at(i)->name);
    return cs_fail(info, CS_E_USAGE, "there is no network '%s'; there are %s",
                   name, all.data);
}

static int load_weights(engine *e, const char *file, cs_errinfo *info)
{
    if (!file) {
        nn_params_reset(e->params, 1);
        return 0;
    }
    CS_SCOPED(wt_dict) weights = WT_DICT_INIT;
    int r = wt_read(file, &weights, info);
    if (r == 0)
        r = zoo_load(e->params, &weights, info);
    if (r < 0 && info && info->place[0] == '\0')
        cs_errinfo_set_place(info, file);
    return r;
}

static int import_model(engine *e, const engine_spec *spec, cs_errinfo *info)
{
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    const ox_import_options o = {.inputs = &spec->shape, .n_inputs = 1};
    int r = ox_model_read(spec->network, &m, info);
    if (r == 0)
        r = ox_import(&m, spec->network, &o, &e->model, info);
    e->graph = e->model.graph;
    e->params = e->model.params;
    return r;
}

static int prepare_graph(engine *e, const engine_spec *spec, cs_errinfo *info)
{
    if (ox_is_path(spec->network))
        return import_model(e, spec, info);
    int r = engine_network(spec->network, &e->net, info);
    if (r == 0)
        r = nn_params_new(&e->params, info);
    if (r == 0)
        r = zoo_build(e->net, NULL, &spec->dims, e->params, &e->graph, info);
    return r < 0 ? r : load_weights(e, spec->weights, info);
}

int engine_init(engine *e, const cli_context *ctx, const engine_spec *spec,
                cs_errinfo *info)
{
    nn_plan_options o = {.training = spec->training, .exact = spec->exact};
    e->name = spec->network;
    int r = prepare_graph(e, spec, info);
    if (r == 0)
        r = cli_cpu_tier(ctx, &o.tier, info);
    if (r == 0)
        r = cs_pool_new(spec->threads, &e->pool, info);
    if (r < 0)
        return r;
    o.pool = e->pool;
    o.memory_limit = spec->memory ? spec->memory : cs_mem_available();
    return nn_plan_new(e->graph, &o, &e->plan, info);
}

void engine_done(engine *e)
{
    nn_plan_free(e->plan);
    if (e->graph != e->model.graph)
        nn_graph_free(e->graph);
    if (e->params != e->model.params)
        nn_params_free(e->params);
    ox_network_done(&e->model);
    cs_pool_free(e->pool);
    *e = (engine){0};
}

double engine_peak_mib(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)use.ru_maxrss / 1024;
}
