/* Sums, differences and products, of which one side may be repeated. */
#include "nn/net_gradients.h"

static const tk_dims dims = {2, 11, 2, 3, 4};

/* Of x: [n, c, 1, 1, 1]. */
static nn_value vector(nn_graph *g, nn_value x)
{
    return nn_conv(g, "v", nn_global_mean(g, x), &(nn_conv_spec){.out = 11});
}

/* Of x: [1, 1, d, 1, w]. */
static nn_value plane(nn_graph *g, nn_value x)
{
    return nn_reduce(g, TK_REDUCE_SUM, NN_AXIS_N | NN_AXIS_C | NN_AXIS_H, x);
}

static nn_value sums(nn_graph *g, nn_value x)
{
    nn_value y = nn_add(g, vector(g, x), nn_add(g, x, plane(g, x)));
    return nn_add(g, y, x);
}

static nn_value differences(nn_graph *g, nn_value x)
{
    nn_value y = nn_subtract(g, vector(g, x), nn_subtract(g, x, plane(g, x)));
    return nn_subtract(g, nn_subtract(g, x, y), x);
}

static nn_value products(nn_graph *g, nn_value x)
{
    nn_value y = nn_multiply(g, vector(g, x), nn_multiply(g, x, plane(g, x)));
    return nn_multiply(g, y, x);
}

/* Both sides are repeated, and both are one value. */
static nn_value crossed(nn_graph *g, nn_value x)
{
    nn_value v = vector(g, x);
    nn_value p = plane(g, x);
    nn_value y = nn_add(g, nn_add(g, v, p), nn_subtract(g, p, v));
    return nn_multiply(g, nn_add(g, y, y), nn_subtract(g, x, x));
}

static nn_value rectified(nn_graph *g, nn_value x)
{
    return nn_relu(g, nn_add(g, x, vector(g, x)));
}

static void gradients_are_summed_to_the_narrower_side(void **state)
{
    (void)state;
    net_check_gradients(dims, 3, sums);
    net_check_gradients(dims, 3, differences);
    net_check_gradients(dims, 3, products);
    net_check_gradients(dims, 3, crossed);
    net_check_gradients_of_kinks(dims, 3, rectified);
}

static nn_value by_hand(nn_graph *g, nn_value x)
{
    nn_value mean =
        nn_reduce(g, TK_REDUCE_MEAN, NN_AXIS_D | NN_AXIS_H | NN_AXIS_W, x);
    return nn_relu(g, nn_subtract(g, x, nn_add(g, mean, mean)));
}

/* Also where the rectifier after it is a step of its own. */
static void results_are_those_of_the_definition(void **state)
{
    (void)state;
    net t = net_new(dims, 3, by_hand);
    nn_plan *p = net_plan(&t, (nn_plan_options){0});
    net_forward(&t, p);
    size_t voxels = tk_voxels(&dims);
    for (size_t i = 0; i < t.n_out; i++) {
        double mean = 0;
        for (size_t v = 0; v < voxels; v++)
            mean += (double)t.x[i / voxels * voxels + v] / (double)voxels;
        double want = fmax(0, (double)t.x[i] - 2 * mean);
        assert_true(fabs((double)t.y[i] - want) <= 1e-6);
    }
    nn_plan_free(p);
    net_free(&t);
}

static void threads_make_no_difference(void **state)
{
    (void)state;
    const tk_dims many = {2, 11, 5, 17, 19};
    net_check_threads(many, 3, sums);
    net_check_threads(many, 3, differences);
    net_check_threads(many, 3, products);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_summed_to_the_narrower_side),
        cmocka_unit_test(results_are_those_of_the_definition),
        cmocka_unit_test(threads_make_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
