#include "models.h"
#include "onnx/format.h"

static const float ramp[] = {1, 2, 3, 4, 5, 6};

/* What exporters write for view(x.size(0), -1). */
static void shapes_are_reckoned_with(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(2, 3, 1));
    INTS(&w, "first", -3);
    INTS(&w, "rest", -1);
    node(&w, "Shape", "x", "s");
    open_node(&w, "Gather", "s first", "g");
    ox_attr_int(&w, "axis", 0);
    ox_end(&w);
    open_node(&w, "Concat", "g rest", "to");
    ox_attr_int(&w, "axis", 0);
    ox_end(&w);
    node(&w, "Relu", "x", "r");
    node(&w, "Reshape", "r to", "y");
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(2, 3));
}

static void slices_of_shapes_may_count_from_the_end(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 3));
    INTS(&w, "begin", -2);
    INTS(&w, "end", INT64_MAX);
    INTS(&w, "one", 1);
    node(&w, "Shape", "x", "s");
    node(&w, "Slice", "s begin end", "tail"); /* [2, 3] */
    open_node(&w, "Concat", "tail one", "to");
    ox_attr_int(&w, "axis", 0);
    ox_end(&w);
    node(&w, "Relu", "x", "r");
    node(&w, "Reshape", "r to", "y");
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(2, 3, 1));
    start(&w, &TN_SHAPE(1, 2, 3));
    INTS(&w, "begin", 0, 1);
    node(&w, "Shape", "x", "s");
    node(&w, "Slice", "s begin begin", "y");
    refused(&w, CS_E_UNSUPPORTED, "a constant is sliced along one axis only");
}

static void constants_come_in_several_forms(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 3));
    ox_begin(&w, "Constant", "f");
    ox_attr_float(&w, "value_float", 3);
    ox_out(&w, "f");
    ox_end(&w);
    ox_begin(&w, "Constant", "i");
    ATTR_INTS(&w, "value_ints", 1, 6);
    ox_out(&w, "i");
    ox_end(&w);
    node(&w, "Mul", "x f", "m");
    node(&w, "Reshape", "m i", "y");
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 6));
    GIVES(&n, ramp, 3, 6, 9, 12, 15, 18);
    start(&w, &TN_SHAPE(1, 2, 3));
    ox_begin(&w, "Constant", "t");
    ox_attr_text(&w, "value_string", "a");
    ox_out(&w, "y");
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "this kind of constant");
}

static void entries_that_are_not_there_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 3));
    INTS(&w, "three", 3);
    node(&w, "Shape", "x", "s");
    node(&w, "Gather", "s three", "y");
    refused(&w, CS_E_FORMAT, "there is no entry 3 among 3");
}

static void conversions_are_of_constants(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    INTS(&w, "two", 2);
    open_node(&w, "Cast", "two", "f");
    ox_attr_int(&w, "to", OX_F32);
    ox_end(&w);
    open_node(&w, "Cast", "x", "same");
    ox_attr_int(&w, "to", OX_F32);
    ox_end(&w);
    node(&w, "Mul", "same f", "y");
    imports(&w, &n);
    GIVES(&n, ramp, 2, 4);
    start(&w, &TN_SHAPE(1, 2));
    open_node(&w, "Cast", "x", "y");
    ox_attr_int(&w, "to", OX_F16);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "the element type 10");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_reckoned_with),
        cmocka_unit_test(slices_of_shapes_may_count_from_the_end),
        cmocka_unit_test(constants_come_in_several_forms),
        cmocka_unit_test(entries_that_are_not_there_are_refused),
        cmocka_unit_test(conversions_are_of_constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
