#include "models.h"

static const float ramp[] = {1, 2, 3, 4};

static void zeros_ahead_are_the_convolutions_padding(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 4));
    INTS(&w, "pads", 0, 0, 1, 0, 0, 1);
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3), 1, 10, 100);
    node(&w, "Pad", "x pads", "p");
    node(&w, "Conv", "p c.weight", "y");
    imports(&w, &n);
    GIVES(&n, ramp, 210, 321, 432, 43);
    assert_true(last_layer(&n, 2)->conv.conv.pad[2] == 1);
}

static void zeros_ahead_count_in_a_mean(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 4));
    INTS(&w, "pads", 0, 0, 1, 0, 0, 1);
    node(&w, "Pad", "x pads", "p");
    open_node(&w, "AveragePool", "p", "y");
    ATTR_INTS(&w, "kernel_shape", 2);
    ATTR_INTS(&w, "strides", 2);
    ox_end(&w);
    imports(&w, &n);
    GIVES(&n, ramp, 0.5F, 2.5F, 2);
}

static void no_padding_is_no_node(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 4));
    INTS(&w, "pads", 0, 0, 0, 0, 0, 0);
    node(&w, "Pad", "x pads", "p");
    node(&w, "Relu", "p", "y");
    imports(&w, &n);
    last_layer(&n, 2);
}

static void other_padding_is_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 4));
    INTS(&w, "pads", 0, 0, 1, 0, 0, 1);
    node(&w, "Pad", "x pads", "p");
    node(&w, "Relu", "p", "y");
    refused(&w, CS_E_UNSUPPORTED, "ahead of convolutions and average pooling");
    start(&w, &TN_SHAPE(1, 1, 4));
    INTS(&w, "pads", 0, 0, 1, 0, 0, 1);
    open_node(&w, "Pad", "x pads", "y");
    ox_attr_text(&w, "mode", "reflect");
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "by zeros only");
    start(&w, &TN_SHAPE(1, 1, 4));
    INTS(&w, "pads", 0, 1, 0, 0, 0, 0);
    node(&w, "Pad", "x pads", "y");
    refused(&w, CS_E_UNSUPPORTED, "padding of 1 is not supported along axis 1");
    start(&w, &TN_SHAPE(1, 1, 4));
    INTS(&w, "pads", 0, 1);
    node(&w, "Pad", "x pads", "y");
    refused(&w, CS_E_UNSUPPORTED, "padding needs 6 numbers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeros_ahead_are_the_convolutions_padding),
        cmocka_unit_test(zeros_ahead_count_in_a_mean),
        cmocka_unit_test(no_padding_is_no_node),
        cmocka_unit_test(other_padding_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
