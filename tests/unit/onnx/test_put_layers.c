#include "graphs.h"

static nn_value activations(nn_graph *g, nn_value x)
{
    static const tk_activation all[] = {
        {TK_LEAKY_RELU, 0.2F}, {TK_GELU, 0},    {TK_SILU, 0}, {TK_TANH, 0},
        {TK_HARD_SWISH, 0},    {TK_SIGMOID, 0}, {TK_RELU, 0}};
    for (size_t i = 0; i < CS_COUNTOF(all); i++)
        x = nn_activation(g, all[i], x);
    return x;
}

static void activations_come_back(void **state)
{
    (void)state;
    const tk_dims dims = {1, 3, 2, 3, 4};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(3, dims, activations);
    comes_back(&m, dims, &model);
    assert_int_equal(operators(&model, "Erf"), 1);
    assert_int_equal(operators(&model, "HardSwish"), 1);
}

static nn_value pools(nn_graph *g, nn_value x)
{
    x = nn_max_pool(g, 3, 2, 1, x);
    x = nn_pool(g,
                &(tk_pool){.kind = TK_POOL_MEAN,
                           .kernel = {2, 3, 2},
                           .stride = {1, 2, 1},
                           .pad = {1, 1, 0},
                           .count_pad = true},
                x);
    x = nn_pool(g,
                &(tk_pool){.kind = TK_POOL_MEAN,
                           .kernel = {2, 2, 2},
                           .stride = {1, 1, 1},
                           .pad = {1, 1, 1}},
                x);
    /* 5 x 3 x 4 by now. */
    x = nn_adaptive_pool(g, TK_POOL_MAX, 5, 1, 2, x);
    return nn_global_mean(g, x);
}

static nn_value uneven_pool(nn_graph *g, nn_value x)
{
    return nn_adaptive_pool(g, TK_POOL_MEAN, 2, 5, 8, x);
}

static void pools_come_back(void **state)
{
    (void)state;
    const tk_dims dims = {2, 3, 6, 7, 8};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(3, dims, pools);
    comes_back(&m, dims, &model);
    assert_int_equal(operators(&model, "AveragePool"), 2);
    assert_int_equal(operators(&model, "MaxPool"), 2);
    assert_int_equal(operators(&model, "GlobalAveragePool"), 1);
}

static void uneven_windows_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(made) m = make(3, (tk_dims){2, 3, 6, 7, 8}, uneven_pool);
    refuses(&m, "adaptive pooling of 7 voxels to 5");
}

static nn_value joins(nn_graph *g, nn_value x)
{
    nn_value y = nn_sigmoid(g, x);
    x = nn_concat(g, nn_add(g, x, y), nn_multiply(g, nn_global_mean(g, x), y));
    x = nn_resize(g, TK_RESIZE_NEAREST, 5, 9, 6, x);
    x = nn_resize(g, TK_RESIZE_LINEAR, 3, 7, 8, x);
    x = nn_resize(g, TK_RESIZE_LINEAR_CORNERS, 4, 4, 9, x);
    return nn_softmax(g, TK_LOG_SOFTMAX, nn_softmax(g, TK_SOFTMAX, x));
}

static void joins_and_resizes_come_back(void **state)
{
    (void)state;
    const tk_dims dims = {1, 3, 2, 3, 4};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(3, dims, joins);
    comes_back(&m, dims, &model);
    assert_int_equal(operators(&model, "Resize"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_come_back),
        cmocka_unit_test(pools_come_back),
        cmocka_unit_test(uneven_windows_are_refused),
        cmocka_unit_test(joins_and_resizes_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
