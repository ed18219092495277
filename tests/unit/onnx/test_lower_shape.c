#include "models.h"

static const float ramp[] = {1, 2, 3, 4, 5, 6};

static void reshaping_keeps_the_order(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 3));
    INTS(&w, "to", 3, -1);
    node(&w, "Relu", "x", "a");
    node(&w, "Reshape", "a to", "y");
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(3, 2));
    GIVES(&n, ramp, 1, 2, 3, 4, 5, 6);
}

static void axes_of_one_come_and_go(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 1, 3));
    INTS(&w, "two", 2);
    INTS(&w, "ends", 2, -1);
    node(&w, "Squeeze", "x two", "a");    /* [1, 2, 3] */
    node(&w, "Unsqueeze", "a ends", "b"); /* [1, 2, 1, 3, 1] */
    open_node(&w, "Transpose", "b", "c"); /* moves axes of one */
    ATTR_INTS(&w, "perm", 0, 1, 4, 2, 3);
    ox_end(&w);
    node(&w, "GlobalAveragePool", "c", "y");
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 2, 1, 1, 1));
    GIVES(&n, ramp, 2, 5);
}

static void shapes_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const int64_t shapes[][2] = {{-1, -1}, {4, -1}, {7, 1}, {-2, 3}};
    static const char *const says[] = {"makes no sense", "does not suit",
                                       "cannot be reshaped", "makes no sense"};
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        ox_writer w;
        start(&w, &TN_SHAPE(1, 2, 3));
        ox_const_ints(&w, "to", shapes[i], 2);
        node(&w, "Reshape", "x to", "y");
        refused(&w, CS_E_FORMAT, says[i]);
    }
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 3));
    INTS(&w, "one", 1);
    node(&w, "Squeeze", "x one", "y");
    refused(&w, CS_E_FORMAT, "axis 1 has 2 entries");
    start(&w, &TN_SHAPE(1, 2, 3));
    INTS(&w, "axes", 1, 1, 2, 3);
    node(&w, "Unsqueeze", "x axes", "y");
    refused(&w, CS_E_UNSUPPORTED, "more than 6 axes");
    start(&w, &TN_SHAPE(1, 2, 3));
    INTS(&w, "axes", 1, 1);
    node(&w, "Unsqueeze", "x axes", "y");
    refused(&w, CS_E_FORMAT, "added twice");
    start(&w, &TN_SHAPE(1, 2, 3));
    node(&w, "Transpose", "x", "y");
    refused(&w, CS_E_UNSUPPORTED, "a transposition that moves numbers");
}

static void a_reshaped_value_is_no_image(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 3));
    INTS(&w, "to", 1, 3, 2);
    node(&w, "Reshape", "x to", "a");
    node(&w, "GlobalAveragePool", "a", "y");
    refused(&w, CS_E_UNSUPPORTED, "reshaped to [1, 3, 2], is no image");
}

static void constants_are_transposed(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "m.weight", TN_SHAPE(1, 2), 10, 1);
    node(&w, "Transpose", "m.weight", "t");
    node(&w, "MatMul", "x t", "y");
    imports(&w, &n);
    assert_non_null(nn_params_find(n.params, "m.weight"));
    GIVES(&n, ramp, 12);
}

static void channels_are_joined(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 2));
    node(&w, "Tanh", "x", "t");
    open_node(&w, "Concat", "x x x", "y");
    ox_attr_int(&w, "axis", -2);
    ox_end(&w);
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 3, 2));
    GIVES(&n, ramp, 1, 2, 1, 2, 1, 2);
    start(&w, &TN_SHAPE(1, 1, 2));
    open_node(&w, "Concat", "x x", "y");
    ox_attr_int(&w, "axis", 2);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "concatenation along axis 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reshaping_keeps_the_order),
        cmocka_unit_test(axes_of_one_come_and_go),
        cmocka_unit_test(shapes_that_make_no_sense_are_refused),
        cmocka_unit_test(a_reshaped_value_is_no_image),
        cmocka_unit_test(constants_are_transposed),
        cmocka_unit_test(channels_are_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
