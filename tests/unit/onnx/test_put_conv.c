#include "graphs.h"

static nn_value convolutions(nn_graph *g, nn_value x)
{
    x = nn_conv(g, "a", x,
                &(nn_conv_spec){.out = 6,
                                .kernel = {1, 3, 5},
                                .stride = {1, 2, 1},
                                .pad = {0, 1, 2},
                                .groups = 2});
    x = nn_conv(g, "b", x,
                &(nn_conv_spec){.out = 6,
                                .kernel = {3, 3, 3},
                                .dilation = {1, 1, 2},
                                .groups = 6,
                                .no_bias = true});
    return nn_conv_transposed(g, "c", x,
                              &(nn_conv_spec){.out = 4,
                                              .kernel = {2, 3, 3},
                                              .stride = {2, 2, 3},
                                              .pad = {0, 1, 1},
                                              .groups = 2,
                                              .extra = {0, 1, 2}});
}

static void geometry_comes_back(void **state)
{
    (void)state;
    const tk_dims dims = {2, 4, 5, 8, 9};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(3, dims, convolutions);
    comes_back(&m, dims, &model);
    assert_int_equal(operators(&model, "Conv"), 2);
    assert_int_equal(operators(&model, "ConvTranspose"), 1);
    assert_int_equal(wt_dict_count(&model.weights), 5);
    assert_non_null(wt_dict_find(&model.weights, CS_STR("c.bias")));
}

static nn_value image(nn_graph *g, nn_value x)
{
    return nn_conv(g, "a", x,
                   &(nn_conv_spec){.out = 3,
                                   .kernel = {1, 3, 2},
                                   .stride = {1, 1, 2},
                                   .pad = {0, 1, 0}});
}

static void images_have_two_axes(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 1, 4, 6};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(2, dims, image);
    comes_back(&m, dims, &model);
    assert_int_equal(model.inputs.items[0].rank, 4);
    assert_int_equal(ox_find_attribute(&model.nodes.items[0], "pads")->n_ints,
                     4);
}

static nn_value head(nn_graph *g, nn_value x)
{
    x = nn_relu(g, nn_linear(g, "a", nn_global_mean(g, x), 5));
    return nn_linear(g, "b", nn_dropout(g, 0.5, false, x), 3);
}

static void linear_layers_are_flat(void **state)
{
    (void)state;
    const tk_dims dims = {2, 3, 2, 3, 4};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(3, dims, head);
    export_of(m.graph, &model);
    assert_int_equal(operators(&model, "Flatten"), 1);
    assert_int_equal(operators(&model, "Gemm"), 2);
    assert_int_equal(operators(&model, "Dropout"), 0);
    assert_int_equal(model.outputs.items[0].rank, 2);
    assert_true(cs_str_is(model.outputs.items[0].name, "output"));
}

static nn_value excite(nn_graph *g, nn_value x)
{
    nn_value s = nn_linear(g, "s", nn_global_mean(g, x), 3);
    return nn_multiply(g, x, nn_sigmoid(g, s));
}

static void flat_values_meet_images_with_all_axes(void **state)
{
    (void)state;
    const tk_dims dims = {2, 3, 1, 3, 4};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(2, dims, excite);
    comes_back(&m, dims, &model);
    assert_int_equal(operators(&model, "Unsqueeze"), 1);
}

static nn_value mixed(nn_graph *g, nn_value x)
{
    x = nn_conv(g, "a", x, &(nn_conv_spec){.out = 2});
    nn_rank(g, 2);
    return x;
}

static void weights_of_another_rank_are_refused(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 1, 2, 2};
    CS_SCOPED(made) m = make(3, dims, mixed);
    refuses(&m, "the weights of 'a' have 5 axes in a network of 4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(geometry_comes_back),
        cmocka_unit_test(images_have_two_axes),
        cmocka_unit_test(linear_layers_are_flat),
        cmocka_unit_test(flat_values_meet_images_with_all_axes),
        cmocka_unit_test(weights_of_another_rank_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
