/* A card as a training run would fill it in, and weights beside it. */
#ifndef CS_TESTS_MODEL_CARDS_H
#define CS_TESTS_MODEL_CARDS_H

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "model/card.h"
#include "support/test.h"
#include "support/tmp.h"
#include "weights/weights.h"
#include "zoo/state.h"

#define PLAN "a0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d8e9f"

static md_metric sample_metrics[] = {
    {"cpm", 0.1 + 0.2}, /* no short number */
    {"sensitivity at 0.5", 0.95},
    {"loss", 1e-300},
};

static inline CS_UNUSED md_card sample_card(void)
{
    return (md_card){
        .name = "test-check",
        .session = "7",
        .created = "2026-11-21T09:30:00.000Z",
        .recipe = {.task = MD_CHECK,
                   .network = zoo_find("nodulenet"),
                   .input = {.spacing = 0.7,
                             .low = -1200,
                             .high = 600,
                             .patch = {32, 24, 16}},
                   .head = {.kind = MD_HEAD_CLASS}},
        .calibration = {1.25, -0.5},
        .threshold = 0.4,
        .data = {MD_SOURCE_PHANTOMS, 60, 143, 51, 3},
        .steps = 1200,
        .epochs = 8,
        .seed = UINT64_MAX,
        .plan = PLAN,
        .metrics = sample_metrics,
        .metric_count = CS_COUNTOF(sample_metrics),
        .limits = "Has seen only phantoms.\nNot for patients.",
    };
}

/* Weights of a network as it starts. */
static inline CS_UNUSED const char *put_weights(const char *dir,
                                                const char *name,
                                                const char *network,
                                                uint64_t seed)
{
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) g = NULL;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    const tk_dims dims = {1, 1, 32, 32, 32};
    assert_int_equal(nn_params_new(&params, NULL), 0);
    assert_int_equal(
        zoo_build(zoo_find(network), NULL, &dims, params, &g, NULL), 0);
    nn_params_reset(params, seed);
    assert_int_equal(zoo_save(params, &d, NULL), 0);
    const char *path = tmp_path(dir, name);
    assert_int_equal(wt_write(path, &d, NULL), 0);
    return path;
}

static inline CS_UNUSED md_key *make_key(const char *dir, const char *name)
{
    md_key *k = NULL;
    assert_int_equal(md_key_open(tmp_path(dir, name), true, &k, NULL), 0);
    return k;
}

/* Replaces the first `from` in a file. */
static inline CS_UNUSED void edit(const char *path, const char *from,
                                  const char *to)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, 1 << 20, &b, NULL), 0);
    const char *at = strstr(b.data, from);
    assert_non_null(at);
    cs_strbuf_append(&out, b.data, (size_t)(at - b.data));
    cs_strbuf_add(&out, to);
    cs_strbuf_add(&out, at + strlen(from));
    assert_int_equal(cs_file_write(path, out.data, out.len, 0644, NULL), 0);
}

/* A card for a small network of each task. */
static inline CS_UNUSED md_card card_for(md_task task)
{
    md_card c = sample_card();
    c.session = NULL;
    c.recipe.task = task;
    if (task == MD_DETECT) {
        c.recipe.network = zoo_find("nodulefpn");
        c.recipe.head = (md_head){.kind = MD_HEAD_CENTRES, .stride = 2};
    }
    return c;
}

/* Weights with their card: a whole model. */
static inline CS_UNUSED const char *put_model(const char *dir, const char *name,
                                              md_task task, uint64_t seed,
                                              const md_key *signer)
{
    md_card c = card_for(task);
    const char *path = put_weights(dir, name, c.recipe.network->name, seed);
    assert_int_equal(md_card_write(&c, path, signer, NULL), 0);
    return path;
}

#endif
