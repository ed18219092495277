/* A model of ONNX: read, made a network, written again and read once more. */
#include <string.h>

#include "check_dict.h"
#include "nn/plan.h"
#include "onnx/export.h"
#include "onnx/import.h"

static void check_failure(int r, const cs_errinfo *info)
{
    FUZZ_ASSERT(info->code == r && info->message[0]);
    FUZZ_ASSERT(!strchr(info->message, '\n'));
    FUZZ_ASSERT(cs_utf8_valid(info->message, strlen(info->message)));
    FUZZ_ASSERT(cs_utf8_valid(info->place, strlen(info->place)));
}

static void check_network(const ox_network *n)
{
    FUZZ_ASSERT(nn_graph_inputs(n->graph) == n->inputs.len);
    FUZZ_ASSERT(nn_graph_outputs(n->graph) == n->outputs.len);
    for (size_t i = 0; i < nn_graph_nodes(n->graph); i++) {
        const nn_node *node = nn_graph_node(n->graph, i);
        FUZZ_ASSERT(node->dims.n && node->dims.c && tk_voxels(&node->dims));
        for (unsigned k = 0; k < node->n_inputs; k++)
            FUZZ_ASSERT(node->inputs[k] >= 0 && (size_t)node->inputs[k] < i);
    }
    for (size_t i = 0; i < n->outputs.len; i++) {
        size_t id = (size_t)nn_graph_output(n->graph, i);
        const tk_dims *d = &nn_graph_node(n->graph, id)->dims;
        FUZZ_ASSERT(tn_shape_count(&n->outputs.items[i].shape) ==
                    d->n * d->c * tk_voxels(d));
    }
}

/* Small ones are run as well: what the graph accepts the kernels can do. */
#define SMALL 2048

static size_t count_of(const tk_dims *d)
{
    return d->n * d->c * tk_voxels(d);
}

/* Products of one layer, at most. */
static size_t work_of(const nn_graph *g, const nn_node *n)
{
    size_t in =
        n->n_inputs ? nn_graph_node(g, (size_t)n->inputs[0])->dims.c : 1;
    size_t taps = 1;
    if (n->op == NN_ATTENTION)
        taps = tk_voxels(&nn_graph_node(g, (size_t)n->inputs[1])->dims);
    if (taps > SMALL)
        return SIZE_MAX;
    for (int a = 0; a < 3; a++) {
        if (n->op == NN_CONV)
            taps *= n->conv.conv.kernel[a];
        else if (n->op == NN_POOL && !n->pool.adaptive)
            taps *= n->pool.kernel[a];
        if (taps > SMALL)
            return SIZE_MAX;
    }
    return count_of(&n->dims) > SMALL ? SIZE_MAX
                                      : taps * in * count_of(&n->dims);
}

static void run(const ox_network *n)
{
    static float in[4 * SMALL];
    static float out[4 * SMALL];
    const float *inputs[4] = {in, in, in, in};
    float *outputs[4] = {out, out, out, out};
    CS_AUTO(nn_plan) plan = NULL;
    cs_errinfo info = {0};
    const nn_plan_options o = {.tier = CS_CPU_BASELINE,
                               .memory_limit = (size_t)16 << 20};
    if (n->inputs.len > 4 || n->outputs.len > 4)
        return;
    for (size_t i = 0; i < nn_graph_nodes(n->graph); i++)
        if (work_of(n->graph, nn_graph_node(n->graph, i)) > (size_t)1 << 20)
            return;
    int r = nn_plan_new(n->graph, &o, &plan, &info);
    if (r < 0)
        check_failure(r, &info);
    else
        nn_plan_forward(plan, inputs, outputs);
}

/* What we write we can read; its weights are the parameters. */
static void check_again(const ox_network *n)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    CS_SCOPED(ox_network) again = OX_NETWORK_INIT;
    WT_AUTO_BUFFER file = NULL;
    cs_errinfo info = {0};
    wt_sink to = wt_sink_memory(&out);
    int r = ox_export(n->graph, "fuzz", &to, &info);
    if (r < 0) {
        check_failure(r, &info);
        return;
    }
    FUZZ_ASSERT(wt_load_bytes(cs_strbuf_str(&out), &file, NULL) == 0);
    FUZZ_ASSERT(ox_model_parse(file, "again", &m, NULL) == 0);
    r = ox_import(&m, "again", NULL, &again, &info);
    if (r == CS_E_LIMIT || r == CS_E_NOMEM)
        return;
    if (r < 0)
        fprintf(stderr, "%s: %s\n", info.place, info.message);
    FUZZ_ASSERT(r == 0);
    check_network(&again);
    FUZZ_ASSERT(nn_graph_outputs(again.graph) == nn_graph_outputs(n->graph));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    CS_SCOPED(wt_dict) weights = WT_DICT_INIT;
    WT_AUTO_BUFFER file = NULL;
    cs_errinfo info = {0};
    cs_str bytes = {(const char *)data, size};
    FUZZ_ASSERT(wt_load_bytes(bytes, &file, NULL) == 0);
    int r = ox_model_parse(file, "fuzz.onnx", &m, &info);
    if (r < 0) {
        check_failure(r, &info);
        return 0;
    }
    check_dict(&m.weights);
    if (ox_weights(&m, &weights, NULL) == 0)
        check_dict(&weights);
    r = ox_import(&m, "fuzz.onnx", NULL, &n, &info);
    if (r < 0) {
        check_failure(r, &info);
        return 0;
    }
    check_network(&n);
    run(&n);
    check_again(&n);
    return 0;
}
