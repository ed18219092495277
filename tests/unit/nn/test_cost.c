#include "nn/cost.h"

#include "nn/net.h"

static nn_value layers(nn_graph *g, nn_value x)
{
    x = nn_conv(g, "a", x,
                &(nn_conv_spec){.out = 6,
                                .kernel = {3, 3, 3},
                                .stride = {2, 2, 2},
                                .pad = {1, 1, 1},
                                .groups = 2});
    x = nn_conv_transposed(
        g, "b", x,
        &(nn_conv_spec){.out = 5, .kernel = {2, 2, 2}, .stride = {2, 2, 2}});
    return nn_linear(g, "c", nn_global_mean(g, nn_relu(g, x)), 7);
}

static void products_are_counted_by_definition(void **state)
{
    (void)state;
    net t = net_new((tk_dims){2, 4, 4, 6, 8}, 3, layers);
    double voxels = 2.0 * 2 * 3 * 4; /* of the strided convolution's output */
    double want = 2 * (voxels * 27 * 2 * 6 + voxels * 8 * 6 * 5 + 2 * 5 * 7);
    assert_true(nn_graph_flops(t.graph) == want);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_counted_by_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
