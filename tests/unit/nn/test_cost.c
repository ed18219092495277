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

static nn_value attention(nn_graph *g, nn_value x)
{
    nn_value k = nn_slice(g, &(nn_box){.count = {0, 0, 1, 2, 3}}, x);
    return nn_attention(g, &(nn_attention_spec){.heads = 2}, x, k, k);
}

/* Whatever the number of heads. */
static void attention_multiplies_twice(void **state)
{
    (void)state;
    net t = net_new((tk_dims){2, 4, 4, 6, 8}, 3, attention);
    double pairs = 4.0 * 6 * 8 * (1 * 2 * 3);
    assert_true(nn_graph_flops(t.graph) == 2 * 2 * 2 * pairs * 4);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_counted_by_definition),
        cmocka_unit_test(attention_multiplies_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
