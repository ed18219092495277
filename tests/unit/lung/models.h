/* Networks that say what is bright, for tests of what is done with networks:
 * the detector scores each voxel by its own value, the other two take the mean
 * of a patch about a place. */
#ifndef CS_TESTS_LUNG_MODELS_H
#define CS_TESTS_LUNG_MODELS_H

#include "model/model.h"
#include "support/test.h"

/* HU that are 0 and 1 to the networks. */
#define MODELS_LOW 300.0
#define MODELS_HIGH 900.0
#define MODELS_PATCH 8
#define MODELS_SPACING 2.0

static inline void models_build_voxels(nn_graph *g, nn_value x, size_t classes)
{
    const nn_conv_spec spec = {.out = classes};
    nn_output(g, nn_sigmoid(g, nn_conv(g, "c", x, &spec)));
}

static inline void models_build_mean(nn_graph *g, nn_value x, size_t classes)
{
    const nn_conv_spec spec = {
        .out = classes, .kernel = {MODELS_PATCH, MODELS_PATCH, MODELS_PATCH}};
    nn_output(g, nn_conv(g, "c", x, &spec));
}

static const zoo_network models_voxels = {"voxels", "", 3,
                                          1,        1,  models_build_voxels};
static const zoo_network models_mean = {"mean", "", 3, 1, 1, models_build_mean};

/* logit = slope * value + bias, `value` being 0 to 1. */
static inline void models_make(md_model *m, md_task task, float slope,
                               float bias)
{
    bool detect = task == MD_DETECT;
    size_t edge = detect ? 32 : MODELS_PATCH;
    m->card = (md_card)MD_CARD_INIT;
    m->card.calibration = (md_calibration){1, 0};
    m->card.threshold = 0.5;
    m->card.data.source = MD_SOURCE_PATIENTS;
    m->card.is_signed = true;
    m->card.recipe = (md_recipe){
        .task = task,
        .network = detect ? &models_voxels : &models_mean,
        .classes = 1,
        .input = {MODELS_SPACING, MODELS_LOW, MODELS_HIGH, {edge, edge, edge}},
        .head = {.kind = detect ? MD_HEAD_VOXELS : MD_HEAD_CLASS, .stride = 1}};
    CS_AUTO(nn_graph) graph = NULL;
    assert_int_equal(nn_params_new(&m->params, NULL), 0);
    assert_int_equal(md_recipe_build(&m->card.recipe, 1,
                                     m->card.recipe.input.patch, m->params,
                                     &graph, NULL),
                     0);
    tn_tensor *weight = &nn_params_find(m->params, "c.weight")->value;
    size_t taps = tn_count(weight);
    for (size_t i = 0; i < taps; i++)
        tn_f32(weight)[i] = slope / (float)taps;
    tn_f32(&nn_params_find(m->params, "c.bias")->value)[0] = bias;
}

#endif
