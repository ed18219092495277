#include "detect/network.h"

#include "base/checked.h"

static size_t floats_of(const nn_graph *g, int value)
{
    const tk_dims *d = &nn_graph_node(g, (size_t)value)->dims;
    return d->n * d->c * d->d * d->h * d->w; /* the plan has checked it */
}

static int take_memory(dt_network *net, cs_errinfo *info)
{
    const nn_graph *g = net->graph;
    const size_t outputs = nn_graph_outputs(g);
    size_t floats = floats_of(g, nn_graph_input(g, 0));
    size_t bytes;
    if (nn_graph_inputs(g) != 1 || outputs > DT_NETWORK_OUTPUTS_MAX)
        return cs_fail(info, CS_E_USAGE,
                       "a network of %zu inputs and %zu outputs is no detector",
                       nn_graph_inputs(g), outputs);
    for (size_t i = 0; i < outputs; i++)
        if (!cs_add_size(floats, floats_of(g, nn_graph_output(g, i)), &floats))
            return cs_fail_nomem(info);
    if (!cs_mul_size(floats, sizeof(float), &bytes))
        return cs_fail_nomem(info);
    int r = tn_buffer_new(bytes, &net->memory, info);
    if (r < 0)
        return r;
    net->bytes = bytes + nn_plan_memory(net->plan);
    net->input = tn_buffer_data(net->memory);
    float *to = net->input + floats_of(g, nn_graph_input(g, 0));
    for (size_t i = 0; i < outputs; i++) {
        net->outputs[i] = to;
        to += floats_of(g, nn_graph_output(g, i));
    }
    return 0;
}

int dt_network_init(dt_network *net, const md_recipe *r, nn_params *params,
                    const im_run *run, size_t n, const size_t size[3],
                    size_t limit, cs_errinfo *info)
{
    const nn_plan_options options = {
        .pool = run->pool, .tier = run->tier, .memory_limit = limit};
    dt_network made = DT_NETWORK_INIT;
    int e = md_recipe_build(r, n, size, params, &made.graph, info);
    if (e == 0)
        e = nn_plan_new(made.graph, &options, &made.plan, info);
    if (e == 0)
        e = take_memory(&made, info);
    if (e < 0)
        dt_network_done(&made);
    else
        *net = made;
    return e;
}

void dt_network_done(dt_network *net)
{
    tn_buffer_unref(net->memory);
    nn_plan_free(net->plan);
    nn_graph_free(net->graph);
    *net = (dt_network)DT_NETWORK_INIT;
}

void dt_network_run(dt_network *net)
{
    const float *inputs[] = {net->input};
    nn_plan_forward(net->plan, inputs, net->outputs);
}
