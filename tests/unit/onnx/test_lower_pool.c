#include "models.h"

static const float ramp[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

/* A pooling of [1, 1, 1, 9] by 3 in steps of 2. */
static void put_pool(ox_writer *w, const char *op, int64_t pad, bool count)
{
    start(w, &TN_SHAPE(1, 1, 1, 9));
    open_node(w, op, "x", "y");
    ATTR_INTS(w, "kernel_shape", 1, 3);
    ATTR_INTS(w, "strides", 1, 2);
    ATTR_INTS(w, "pads", 0, pad, 0, pad);
    if (count)
        ox_attr_int(w, "count_include_pad", 1);
    ox_end(w);
}

static void windows_have_maximum_or_mean(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) max = OX_NETWORK_INIT;
    CS_SCOPED(ox_network) mean = OX_NETWORK_INIT;
    CS_SCOPED(ox_network) padded = OX_NETWORK_INIT;
    ox_writer w;
    put_pool(&w, "MaxPool", 0, false);
    imports(&w, &max);
    GIVES(&max, ramp, 3, 5, 7, 9);
    put_pool(&w, "AveragePool", 1, false);
    imports(&w, &mean);
    GIVES(&mean, ramp, 1.5F, 3, 5, 7, 8.5F);
    put_pool(&w, "AveragePool", 1, true);
    imports(&w, &padded);
    GIVES(&padded, ramp, 1, 3, 5, 7, 17.0F / 3);
}

static void whole_channels_are_pooled(void **state)
{
    (void)state;
    static const char *const ops[] = {"GlobalAveragePool", "GlobalMaxPool"};
    for (size_t i = 0; i < CS_COUNTOF(ops); i++) {
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        ox_writer w;
        start(&w, &TN_SHAPE(1, 2, 2, 2));
        node(&w, ops[i], "x", "y");
        imports(&w, &n);
        has_shape(&n, TN_SHAPE(1, 2, 1, 1));
        if (i % 2)
            GIVES(&n, ramp, 4, 8);
        else
            GIVES(&n, ramp, 2.5F, 6.5F);
    }
}

static void what_windows_cannot_do_is_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 1, 8));
    open_node(&w, "MaxPool", "x", "y");
    ATTR_INTS(&w, "kernel_shape", 1, 3);
    ATTR_INTS(&w, "strides", 1, 2);
    ox_attr_int(&w, "ceil_mode", 1);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "ceil_mode makes a window");
    start(&w, &TN_SHAPE(1, 1, 1, 8));
    open_node(&w, "MaxPool", "x", "y");
    ATTR_INTS(&w, "kernel_shape", 1, 3);
    ATTR_INTS(&w, "dilations", 1, 2);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "dilated pooling");
    start(&w, &TN_SHAPE(1, 1, 1, 8));
    node(&w, "MaxPool", "x", "y");
    refused(&w, CS_E_FORMAT, "pooling needs a kernel_shape");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_have_maximum_or_mean),
        cmocka_unit_test(whole_channels_are_pooled),
        cmocka_unit_test(what_windows_cannot_do_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
