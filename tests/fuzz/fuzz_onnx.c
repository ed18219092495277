/* A model of ONNX: read, made a network, written again and read once more. */
#include <string.h>

#include "check_dict.h"
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
    check_again(&n);
    return 0;
}
