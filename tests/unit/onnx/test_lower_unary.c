#include "models.h"

static void activations_are_the_layers(void **state)
{
    (void)state;
    static const struct {
        const char *op;
        tk_activation_kind kind;
    } cases[] = {
        {"Relu", TK_RELU}, {"LeakyRelu", TK_LEAKY_RELU},
        {"Tanh", TK_TANH}, {"HardSwish", TK_HARD_SWISH},
        {"Gelu", TK_GELU}, {"Sigmoid", TK_SIGMOID},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        ox_writer w;
        start(&w, &TN_SHAPE(1, 2));
        open_node(&w, cases[i].op, "x", "y");
        ox_attr_float(&w, "alpha", 0.25F);
        ox_end(&w);
        imports(&w, &n);
        const nn_node *last = last_layer(&n, 2);
        assert_int_equal(last->op, NN_ACTIVATION);
        assert_int_equal(last->activation.kind, cases[i].kind);
        assert_true(i != 1 || last->activation.slope == 0.25F);
    }
}

static void one_slope_is_a_leaky_relu(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    ox_const_floats(&w, "s", 0.5F, 1);
    node(&w, "PRelu", "x s", "y");
    imports(&w, &n);
    GIVES(&n, ((const float[]){-2, 2}), -1, 2);
    start(&w, &TN_SHAPE(1, 2));
    ox_const_floats(&w, "s", 0.5F, 2);
    node(&w, "PRelu", "x s", "y");
    refused(&w, CS_E_UNSUPPORTED, "a slope for each channel");
}

static void what_does_nothing_is_no_layer(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Dropout", "x", "a");
    node(&w, "Identity", "a", "b");
    node(&w, "Relu", "b", "y");
    imports(&w, &n);
    last_layer(&n, 2);
}

static void softmax_is_over_channels(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 1, 2));
    open_node(&w, "LogSoftmax", "x", "y");
    ox_attr_int(&w, "axis", -3);
    ox_end(&w);
    imports(&w, &n);
    GIVES(&n, ((const float[]){0, 1, 0, 1}), -0.69314718F, -0.69314718F,
          -0.69314718F, -0.69314718F);
    start(&w, &TN_SHAPE(1, 2, 1, 2));
    node(&w, "Softmax", "x", "y"); /* of the last axis */
    refused(&w, CS_E_UNSUPPORTED, "Softmax along axis 3");
}

static void gelu_by_tanh_is_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    open_node(&w, "Gelu", "x", "y");
    ox_attr_text(&w, "approximate", "tanh");
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "approximated by tanh");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_are_the_layers),
        cmocka_unit_test(one_slope_is_a_leaky_relu),
        cmocka_unit_test(what_does_nothing_is_no_layer),
        cmocka_unit_test(softmax_is_over_channels),
        cmocka_unit_test(gelu_by_tanh_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
