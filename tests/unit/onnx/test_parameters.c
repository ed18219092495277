#include "models.h"

static void conv(ox_writer *w, const char *inputs, const char *output)
{
    node(w, "Conv", inputs, output);
}

static void parameters_are_named_after_initializers(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 2, 2));
    NUMBERS(&w, "enc.0.weight", TN_SHAPE(1, 1, 1, 1), 2);
    NUMBERS(&w, "enc.0.bias", TN_SHAPE(1), 1);
    NUMBERS(&w, "onnx::Conv_7", TN_SHAPE(1, 1, 1, 1), 3);
    conv(&w, "x enc.0.weight enc.0.bias", "a");
    conv(&w, "a onnx::Conv_7", "/b/Conv"); /* the node has this name, too */
    node(&w, "Relu", "/b/Conv", "y");
    imports(&w, &n);
    assert_non_null(nn_params_find(n.params, "enc.0.weight"));
    assert_non_null(nn_params_find(n.params, "enc.0.bias"));
    assert_non_null(nn_params_find(n.params, "/b/Conv.weight"));
    GIVES(&n, ((const float[]){0, 1, 2, -1}), 3, 9, 15, 0);
}

static void shared_weights_are_one_layer(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 1, 1));
    NUMBERS(&w, "a.weight", TN_SHAPE(1, 1, 1, 1), 2);
    NUMBERS(&w, "a.bias", TN_SHAPE(1), 1);
    conv(&w, "x a.weight a.bias", "1");
    conv(&w, "1 a.weight a.bias", "2");
    conv(&w, "2 a.weight", "y"); /* without the bias: another layer */
    imports(&w, &n);
    assert_int_equal(nn_params_count(n.params), 3);
    GIVES(&n, ((const float[]){1}), 14);
}

static void names_of_two_layers_differ(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1));
    NUMBERS(&w, "a.weight", TN_SHAPE(1, 1), 2);
    open_node(&w, "Gemm", "x a.weight", "1");
    ox_attr_float(&w, "alpha", 2);
    ox_end(&w);
    node(&w, "Gemm", "1 a.weight", "y");
    imports(&w, &n);
    assert_int_equal(nn_params_count(n.params), 4);
    GIVES(&n, ((const float[]){1}), 8);
}

static void nan_in_a_parameter_is_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 1, 1));
    NUMBERS(&w, "a.weight", TN_SHAPE(1, 1, 1, 1), NAN);
    conv(&w, "x a.weight", "y");
    refused(&w, CS_E_FORMAT, "the parameter 'a.weight' has NaN");
}

static void a_bias_of_another_size_is_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 1, 1));
    NUMBERS(&w, "a.weight", TN_SHAPE(1, 1, 1, 1), 1);
    NUMBERS(&w, "a.bias", TN_SHAPE(2), 1);
    conv(&w, "x a.weight a.bias", "y");
    refused(&w, CS_E_FORMAT,
            "the parameter 'a.bias' takes 1 numbers, the model has 2");
}

/* A small file cannot ask for much: each product by a constant over a million
 * channels would be four megabytes. */
static void a_small_file_gets_little_memory(void **state)
{
    (void)state;
    ox_writer w;
    char from[16] = "x";
    start(&w, &TN_SHAPE(1, 1 << 20, 1, 1));
    ox_const_floats(&w, "c", 3, 0);
    for (int i = 0; i < 40; i++) {
        char inputs[32];
        char to[16];
        snprintf(inputs, sizeof(inputs), "%s c", from);
        snprintf(to, sizeof(to), "v%d", i);
        node(&w, "Add", inputs, to);
        memcpy(from, to, sizeof(to));
    }
    refused(&w, CS_E_LIMIT, "too many numbers that its file does not hold");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_named_after_initializers),
        cmocka_unit_test(shared_weights_are_one_layer),
        cmocka_unit_test(names_of_two_layers_differ),
        cmocka_unit_test(nan_in_a_parameter_is_refused),
        cmocka_unit_test(a_bias_of_another_size_is_refused),
        cmocka_unit_test(a_small_file_gets_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
