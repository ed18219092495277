#include "models.h"

static const float ramp[] = {1, 2, 3, 4, 5, 6};

static void gemm_scales_weight_and_bias(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(2, 3));
    NUMBERS(&w, "fc.weight", TN_SHAPE(3, 2), 1, 10, 2, 20, 3, 30);
    NUMBERS(&w, "fc.bias", TN_SHAPE(2), 1, 2);
    open_node(&w, "Gemm", "x fc.weight fc.bias", "y");
    ox_attr_float(&w, "alpha", 2);
    ox_attr_float(&w, "beta", 0.5F);
    ox_end(&w);
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(2, 2));
    GIVES(&n, ramp, 28.5F, 281, 64.5F, 641);
    /* As [out][in], the shape that PyTorch and we keep. */
    const nn_param *p = nn_params_find(n.params, "fc.weight");
    assert_true(tn_shape_equal(&p->value.shape, &TN_SHAPE(2, 3)));
    assert_true(tn_f32(&p->value)[1] == 4);
}

static void a_product_and_a_sum_are_one_layer(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "m", TN_SHAPE(2, 2), 1, 2, 3, 4);
    NUMBERS(&w, "b", TN_SHAPE(2), 100, 200);
    node(&w, "MatMul", "x m", "p");
    node(&w, "Add", "b p", "y");
    imports(&w, &n);
    assert_int_equal(last_layer(&n, 2)->op, NN_CONV);
    GIVES(&n, ramp, 107, 210);
}

static void a_product_alone_has_no_bias(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "m", TN_SHAPE(2, 2), 1, 2, 3, 4);
    node(&w, "MatMul", "x m", "y");
    imports(&w, &n);
    GIVES(&n, ramp, 7, 10);
}

static void a_flattened_image_is_a_kernel_of_its_size(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 1, 3));
    NUMBERS(&w, "m.weight", TN_SHAPE(1, 6), 1, 10, 100, 1000, 1e4F, 1e5F);
    node(&w, "Flatten", "x", "f");
    node(&w, "Relu", "f", "r");
    open_node(&w, "Gemm", "r m.weight", "y");
    ox_attr_int(&w, "transB", 1);
    ox_end(&w);
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 1));
    GIVES(&n, ramp, 654321);
}

static void matrices_that_do_not_suit_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 3));
    NUMBERS(&w, "m", TN_SHAPE(2, 2), 1);
    node(&w, "MatMul", "x m", "y");
    refused(&w, CS_E_UNSUPPORTED, "[1, 3] times the matrix [2, 2]");
    start(&w, &TN_SHAPE(1, 3, 3));
    NUMBERS(&w, "m", TN_SHAPE(3, 3), 1);
    node(&w, "MatMul", "x m", "y");
    refused(&w, CS_E_UNSUPPORTED, "takes a batch of vectors");
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "m", TN_SHAPE(2, 2), 1);
    NUMBERS(&w, "b", TN_SHAPE(2, 1), 1);
    node(&w, "Gemm", "x m b", "y");
    refused(&w, CS_E_UNSUPPORTED, "the bias of a linear layer has 2 numbers");
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "m", TN_SHAPE(2, 2), 1);
    open_node(&w, "Gemm", "x m", "y");
    ox_attr_int(&w, "transA", 1);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "'transA' is 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gemm_scales_weight_and_bias),
        cmocka_unit_test(a_product_and_a_sum_are_one_layer),
        cmocka_unit_test(a_product_alone_has_no_bias),
        cmocka_unit_test(a_flattened_image_is_a_kernel_of_its_size),
        cmocka_unit_test(matrices_that_do_not_suit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
