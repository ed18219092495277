#include "models.h"
#include "onnx/import_impl.h"

static void shapes_have_extents_and_back(void **state)
{
    (void)state;
    const tn_shape shapes[] = {TN_SHAPE(2, 3), TN_SHAPE(2, 3, 4),
                               TN_SHAPE(2, 3, 4, 5), TN_SHAPE(2, 3, 4, 5, 6)};
    tk_dims d;
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        assert_true(ox_dims_of(&shapes[i], &d));
        assert_int_equal(d.n * d.c * tk_voxels(&d), tn_shape_count(&shapes[i]));
        const tn_shape back = ox_shape_of(&d, shapes[i].rank);
        assert_true(tn_shape_equal(&back, &shapes[i]));
    }
    assert_false(ox_dims_of(&TN_SHAPE(2), &d));
    assert_false(ox_dims_of(&TN_SHAPE(1, 1, 1, 1, 1, 1), &d));
}

static void inputs_come_from_nodes_before(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Relu", "b", "a"); /* a cycle */
    node(&w, "Relu", "a", "b");
    refused(&w, CS_E_FORMAT, "no node before this one makes its input 'b'");
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Relu", "x", "a");
    node(&w, "Relu", "a", "a");
    refused(&w, CS_E_FORMAT, "two values are named 'a'");
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Relu", "-", "a");
    refused(&w, CS_E_FORMAT, "input 0 is missing");
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Relu", "x", "");
    refused(&w, CS_E_FORMAT, "a value has no name");
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Relu", "x", "a");
    refused(&w, CS_E_FORMAT, "no node makes the output 'y'");
}

static void what_waits_alone_becomes_a_layer(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    ox_const_floats(&w, "three", 3, 0);
    node(&w, "Sigmoid", "x", "a");
    node(&w, "Mul", "a three", "y");
    imports(&w, &n);
    GIVES(&n, ((const float[]){0, 100}), 1.5F, 3);
}

static void parts_of_gelu_alone_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Erf", "x", "y");
    refused(&w, CS_E_UNSUPPORTED, "Erf is supported as a part of GELU only");
    start(&w, &TN_SHAPE(1, 2));
    open_node(&w, "HardSigmoid", "x", "y");
    ox_attr_float(&w, "alpha", 1.0F / 6);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "as a part of hard swish only");
}

static void constants_stand_where_they_may(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    ox_const_floats(&w, "c", 3, 2);
    node(&w, "Relu", "c", "y");
    refused(&w, CS_E_UNSUPPORTED, "the input 'c' is a constant");
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Relu", "x", "a");
    node(&w, "MatMul", "x a", "y");
    refused(&w, CS_E_UNSUPPORTED, "both computed");
}

static void absurd_extents_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 1 << 24, 1 << 24));
    node(&w, "Relu", "x", "y");
    refused(&w, CS_E_LIMIT, "numbers are too many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_have_extents_and_back),
        cmocka_unit_test(inputs_come_from_nodes_before),
        cmocka_unit_test(what_waits_alone_becomes_a_layer),
        cmocka_unit_test(parts_of_gelu_alone_are_refused),
        cmocka_unit_test(constants_stand_where_they_may),
        cmocka_unit_test(absurd_extents_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
