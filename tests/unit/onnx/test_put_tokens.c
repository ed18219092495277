#include "graphs.h"

static nn_value norms(nn_graph *g, nn_value x)
{
    x = nn_layer_norm(g, "ln", x);
    nn_norm_eps(g, 1e-6);
    return nn_layer_norm(g, NULL, x);
}

static void layer_normalisations_come_back(void **state)
{
    (void)state;
    for (unsigned rank = 2; rank <= 3; rank++) {
        const tk_dims dims = {2, 5, rank == 3 ? 3 : 1, 4, 6};
        CS_SCOPED(ox_model) model = OX_MODEL_INIT;
        CS_SCOPED(made) m = make(rank, dims, norms);
        comes_back(&m, dims, &model);
        assert_int_equal(operators(&model, "LayerNormalization"), 2);
        assert_int_equal(operators(&model, "Transpose"), 4);
        assert_int_equal(wt_dict_count(&model.weights), 2);
    }
}

static nn_value flat(nn_graph *g, nn_value x)
{
    return nn_layer_norm(g, "ln", nn_linear(g, "fc", x, 7));
}

static void rows_need_no_transposition(void **state)
{
    (void)state;
    const tk_dims dims = {3, 5, 1, 1, 1};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(2, dims, flat);
    comes_back(&m, dims, &model);
    assert_int_equal(operators(&model, "LayerNormalization"), 1);
    assert_int_equal(operators(&model, "Transpose"), 0);
}

/* One voxel, or one channel: numbers keep their order all the way. */
static void layers_without_order_come_back(void **state)
{
    (void)state;
    static const tk_dims cases[] = {{2, 5, 1, 1, 1}, {2, 1, 1, 3, 4}};
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(ox_model) model = OX_MODEL_INIT;
        CS_SCOPED(made) m = make(2, cases[i], norms);
        comes_back(&m, cases[i], &model);
    }
}

/* Numbers of rows, whatever x is. */
static nn_value words(nn_graph *g, nn_value x)
{
    const tk_dims row = {1, 1, 1, 1, 6};
    nn_value ids = nn_parameter(g, "ids", NN_SHIFT, &row);
    return nn_embedding(g, "words", nn_add(g, nn_subtract(g, x, x), ids), 3, 5);
}

static void embeddings_come_back(void **state)
{
    (void)state;
    for (unsigned rank = 2; rank <= 3; rank++) {
        const tk_dims dims = {2, 1, rank == 3 ? 3 : 1, 4, 6};
        CS_SCOPED(ox_model) model = OX_MODEL_INIT;
        CS_SCOPED(made) m = make(rank, dims, words);
        float *ids = tn_f32(&nn_params_find(m.params, "ids")->value);
        for (size_t k = 0; k < 6; k++)
            ids[k] = (float)(k % 3);
        comes_back(&m, dims, &model);
        assert_int_equal(operators(&model, "Gather"), 1);
        const tn_tensor *t =
            wt_dict_find(&model.weights, CS_STR("words.weight"));
        assert_true(tn_shape_equal(&t->shape, &TN_SHAPE(3, 5)));
    }
}

static nn_value itself(nn_graph *g, nn_value x)
{
    return nn_attention(g, &(nn_attention_spec){.heads = 3}, x, x, x);
}

static nn_value causal(nn_graph *g, nn_value x)
{
    const nn_attention_spec spec = {.heads = 2, .scale = 0.7F, .causal = true};
    return nn_attention(g, &spec, x, nn_relu(g, x), nn_sigmoid(g, x));
}

/* Fewer queries than keys. */
static nn_value cross(nn_graph *g, nn_value x)
{
    nn_value q =
        nn_slice(g, &(nn_box){.count = {.h = 1}}, nn_layer_norm(g, NULL, x));
    nn_value y = nn_attention(g, &(nn_attention_spec){.heads = 1}, q, x, x);
    return nn_add(g, y, causal(g, y));
}

static void attentions_come_back(void **state)
{
    (void)state;
    static graph_build *const builds[] = {itself, causal, cross};
    for (size_t i = 0; i < CS_COUNTOF(builds); i++)
        for (unsigned rank = 2; rank <= 3; rank++) {
            const tk_dims dims = {2, 6, rank == 3 ? 2 : 1, 3, 4};
            CS_SCOPED(ox_model) model = OX_MODEL_INIT;
            CS_SCOPED(made) m = make(rank, dims, builds[i]);
            comes_back(&m, dims, &model);
            assert_int_equal(operators(&model, "Trilu"), i > 0);
        }
}

/* One token, or one channel for each head: nothing to turn. */
static void attentions_without_order_come_back(void **state)
{
    (void)state;
    static const tk_dims cases[] = {{2, 6, 1, 1, 1}, {2, 3, 1, 2, 4}};
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(ox_model) model = OX_MODEL_INIT;
        CS_SCOPED(made) m = make(2, cases[i], itself);
        comes_back(&m, cases[i], &model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layer_normalisations_come_back),
        cmocka_unit_test(rows_need_no_transposition),
        cmocka_unit_test(layers_without_order_come_back),
        cmocka_unit_test(embeddings_come_back),
        cmocka_unit_test(attentions_come_back),
        cmocka_unit_test(attentions_without_order_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
