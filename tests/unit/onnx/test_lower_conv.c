#include "models.h"

static const float ramp[] = {1, 2, 3, 4, 5, 6, 7, 8};

static void a_convolution_has_its_numbers(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 1, 4));
    NUMBERS(&w, "c.weight", TN_SHAPE(2, 1, 1, 3), 1, 2, 3);
    NUMBERS(&w, "c.bias", TN_SHAPE(2), 10, 20);
    open_node(&w, "Conv", "x c.weight c.bias", "y");
    ox_attr_int(&w, "group", 2);
    ATTR_INTS(&w, "strides", 1, 2);
    ATTR_INTS(&w, "pads", 0, 1, 0, 1);
    ox_end(&w);
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 2, 1, 2));
    GIVES(&n, ramp, 18, 30, 48, 64);
}

/* Padding at the end alone: a kernel with a zero in front. */
static void uneven_padding_is_even_under_a_wider_kernel(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 4));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3), 1, 10, 100);
    open_node(&w, "Conv", "x c.weight", "y");
    ox_attr_text(&w, "auto_pad", "SAME_UPPER");
    ATTR_INTS(&w, "strides", 2);
    ox_end(&w);
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 1, 2));
    GIVES(&n, ramp, 321, 43);
}

static void uneven_padding_and_dilation_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 8));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3), 1);
    open_node(&w, "Conv", "x c.weight", "y");
    ATTR_INTS(&w, "pads", 0, 1);
    ATTR_INTS(&w, "dilations", 2);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "padding of 0 before and 1 after");
}

static void output_padding_and_cropping_are_voxels_more(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 2));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3), 1, 10, 100);
    open_node(&w, "ConvTranspose", "x c.weight", "y");
    ATTR_INTS(&w, "strides", 3);
    ATTR_INTS(&w, "pads", 1, 0); /* the first cropped, the last not */
    ATTR_INTS(&w, "output_padding", 1);
    ox_end(&w);
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 1, 6));
    GIVES(&n, ramp, 10, 100, 2, 20, 200, 0);
}

static void more_output_padding_than_stride_is_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 2));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3), 1);
    open_node(&w, "ConvTranspose", "x c.weight", "y");
    ATTR_INTS(&w, "output_padding", 1);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "padding");
    start(&w, &TN_SHAPE(1, 1, 2));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3), 1);
    open_node(&w, "ConvTranspose", "x c.weight", "y");
    ATTR_INTS(&w, "output_shape", 9);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "give pads");
}

static void weights_that_do_not_suit_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 4, 4));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3), 1);
    node(&w, "Conv", "x c.weight", "y");
    refused(&w, CS_E_FORMAT, "weights [1, 1, 3] do not suit an input of 4");
    start(&w, &TN_SHAPE(1, 1, 4, 4));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3, 3), 1);
    open_node(&w, "Conv", "x c.weight", "y");
    ATTR_INTS(&w, "kernel_shape", 3, 5);
    ox_end(&w);
    refused(&w, CS_E_FORMAT, "kernel_shape and the weights");
    /* What the layer itself refuses names the node, too. */
    start(&w, &TN_SHAPE(1, 1, 2, 2));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 3, 3), 1);
    node(&w, "Conv", "x c.weight", "y");
    refused(&w, CS_E_RANGE, "m.onnx: Conv 'y'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_convolution_has_its_numbers),
        cmocka_unit_test(uneven_padding_is_even_under_a_wider_kernel),
        cmocka_unit_test(uneven_padding_and_dilation_are_refused),
        cmocka_unit_test(output_padding_and_cropping_are_voxels_more),
        cmocka_unit_test(more_output_padding_than_stride_is_refused),
        cmocka_unit_test(weights_that_do_not_suit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
