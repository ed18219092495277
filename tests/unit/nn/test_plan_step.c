/* The gradient of every kind of layer against central differences. */
#include "nn/net_gradients.h"

static nn_value conv(nn_graph *g, nn_value x)
{
    return nn_conv(
        g, "c", x,
        &(nn_conv_spec){.out = 11, .kernel = {3, 3, 3}, .pad = {1, 1, 1}});
}

static nn_value strided(nn_graph *g, nn_value x)
{
    return nn_conv(g, "c", x,
                   &(nn_conv_spec){.out = 6,
                                   .kernel = {3, 2, 5},
                                   .stride = {2, 1, 2},
                                   .pad = {1, 0, 2},
                                   .groups = 2});
}

static nn_value transposed(nn_graph *g, nn_value x)
{
    return nn_conv_transposed(g, "c", x,
                              &(nn_conv_spec){.out = 5,
                                              .kernel = {2, 2, 3},
                                              .stride = {2, 2, 2},
                                              .pad = {0, 0, 1}});
}

static nn_value rectified(nn_graph *g, nn_value x)
{
    return nn_relu(g, conv(g, x));
}

static nn_value leaky(nn_graph *g, nn_value x)
{
    return nn_activation(
        g, (tk_activation){.kind = TK_LEAKY_RELU, .slope = 0.2F}, conv(g, x));
}

static void convolutions(void **state)
{
    (void)state;
    const tk_dims volume = {2, 4, 3, 5, 6};
    net_check_gradients(volume, 3, conv);
    net_check_gradients(volume, 3, strided);
    net_check_gradients(volume, 3, transposed);
    net_check_gradients_of_kinks(volume, 3, rectified);
    net_check_gradients_of_kinks(volume, 3, leaky);
    net_check_gradients((tk_dims){1, 9, 6, 5, 7}, 3, conv);
}

static nn_value linear(nn_graph *g, nn_value x)
{
    return nn_linear(g, "fc", nn_global_mean(g, x), 3);
}

static nn_value depthwise(nn_graph *g, nn_value x)
{
    return nn_conv(
        g, "c", x,
        &(nn_conv_spec){
            .out = 10, .kernel = {0, 3, 3}, .pad = {0, 1, 1}, .groups = 10});
}

static void images_and_vectors(void **state)
{
    (void)state;
    net_check_gradients((tk_dims){3, 10, 1, 5, 4}, 2, depthwise);
    net_check_gradients((tk_dims){3, 10, 1, 5, 4}, 2, linear);
}

static nn_value batch_norm(nn_graph *g, nn_value x)
{
    return nn_batch_norm(g, "n", x);
}

static nn_value group_norm(nn_graph *g, nn_value x)
{
    return nn_group_norm(g, "n", x, 3);
}

static nn_value instance_norm(nn_graph *g, nn_value x)
{
    return nn_instance_norm(g, "n", x);
}

static nn_value norm_and_relu(nn_graph *g, nn_value x)
{
    return nn_relu(g, nn_batch_norm(g, "n", x));
}

static void normalisation(void **state)
{
    (void)state;
    const tk_dims dims = {2, 12, 2, 4, 5};
    net_check_gradients(dims, 3, batch_norm);
    net_check_gradients(dims, 3, group_norm);
    net_check_gradients(dims, 3, instance_norm);
    net_check_gradients(dims, 3, norm_and_relu);
}

static nn_value each_activation(nn_graph *g, nn_value x)
{
    static const tk_activation_kind kinds[] = {
        TK_GELU, TK_SILU, TK_SIGMOID, TK_TANH, TK_HARD_SWISH,
    };
    nn_value sum = x;
    for (size_t i = 0; i < CS_COUNTOF(kinds); i++)
        sum = nn_add(g, sum,
                     nn_activation(g, (tk_activation){.kind = kinds[i]}, x));
    return sum;
}

static void activations(void **state)
{
    (void)state;
    net_check_gradients((tk_dims){1, 5, 2, 3, 4}, 3, each_activation);
}

static nn_value max_pool(nn_graph *g, nn_value x)
{
    return nn_max_pool(g, 3, 2, 1, x);
}

static nn_value mean_pool(nn_graph *g, nn_value x)
{
    return nn_pool(g,
                   &(tk_pool){.kind = TK_POOL_MEAN,
                              .kernel = {2, 3, 3},
                              .stride = {1, 2, 2},
                              .pad = {0, 1, 1},
                              .count_pad = true},
                   x);
}

static nn_value adaptive_pools(nn_graph *g, nn_value x)
{
    x = nn_adaptive_pool(g, TK_POOL_MEAN, 3, 7, 4, x);
    return nn_adaptive_pool(g, TK_POOL_MAX, 2, 3, 4, x);
}

static void pooling(void **state)
{
    (void)state;
    net_check_gradients((tk_dims){2, 3, 4, 5, 6}, 3, adaptive_pools);
    net_check_gradients((tk_dims){2, 3, 4, 5, 6}, 3, max_pool);
    net_check_gradients((tk_dims){2, 3, 4, 5, 6}, 3, mean_pool);
}

/* One value read by three layers, of which one is a concatenation that cannot
 * be written in place, since a later layer reads its input too. */
static nn_value shared(nn_graph *g, nn_value x)
{
    nn_value a = nn_conv(g, "a", x, &(nn_conv_spec){.out = 8});
    nn_value b = nn_conv(g, "b", a, &(nn_conv_spec){.out = 8});
    nn_value both =
        nn_conv(g, "c", nn_concat(g, a, b), &(nn_conv_spec){.out = 8});
    return nn_add(g, nn_concat(g, both, a), nn_concat(g, b, both));
}

/* Parts that do not end with a block of eight. */
static nn_value uneven(nn_graph *g, nn_value x)
{
    nn_value a = nn_conv(g, "a", x, &(nn_conv_spec){.out = 5});
    nn_value b = nn_conv(g, "b", a, &(nn_conv_spec){.out = 6});
    return nn_concat(g, nn_concat(g, a, b), x);
}

static nn_value residual(nn_graph *g, nn_value x)
{
    nn_value y =
        nn_batch_norm(g, "n", nn_conv(g, "c", x, &(nn_conv_spec){.out = 8}));
    return nn_relu(g, nn_add(g, y, x));
}

static void values_with_many_readers(void **state)
{
    (void)state;
    net_check_gradients((tk_dims){2, 8, 2, 3, 4}, 3, shared);
    net_check_gradients((tk_dims){2, 8, 2, 3, 4}, 3, residual);
    net_check_gradients((tk_dims){2, 8, 2, 3, 4}, 3, uneven);
}

/* Channel attention, as in squeeze and excitation: [n, c, 1, 1, 1] scales x,
 * of which it was made. */
static nn_value attended(nn_graph *g, nn_value x)
{
    nn_value scale = nn_sigmoid(g, nn_linear(g, "fc", nn_global_mean(g, x), 5));
    return nn_multiply(g, nn_multiply(g, x, scale), x);
}

static nn_value resized(nn_graph *g, nn_value x)
{
    nn_value a = nn_resize(g, TK_RESIZE_NEAREST, 4, 7, 3, x);
    nn_value b = nn_resize(g, TK_RESIZE_LINEAR, 4, 7, 3, x);
    nn_value c = nn_resize(g, TK_RESIZE_LINEAR_CORNERS, 4, 7, 3, x);
    return nn_concat(g, nn_add(g, a, b), c);
}

static nn_value soft(nn_graph *g, nn_value x)
{
    return nn_multiply(g, nn_softmax(g, TK_SOFTMAX, x),
                       nn_softmax(g, TK_LOG_SOFTMAX, x));
}

static void products_resizing_and_softmax(void **state)
{
    (void)state;
    net_check_gradients((tk_dims){2, 5, 2, 3, 4}, 3, attended);
    net_check_gradients((tk_dims){2, 5, 2, 3, 4}, 3, resized);
    net_check_gradients((tk_dims){2, 5, 2, 3, 4}, 3, soft);
}

static nn_value dropped(nn_graph *g, nn_value x)
{
    return nn_dropout(g, 0.5, false, x);
}

/* What was kept is doubled, and its gradient too; the next pass keeps others,
 * and inference all. */
static void dropout(void **state)
{
    (void)state;
    net t = net_new((tk_dims){2, 5, 3, 4, 5}, 3, dropped);
    nn_plan *p = net_plan(
        &t, (nn_plan_options){.training = true, .input_gradients = true});
    size_t kept[2] = {0, 0};
    for (int pass = 0; pass < 2; pass++) {
        net_forward(&t, p);
        net_backward(&t, p);
        for (size_t i = 0; i < t.n_in; i++) {
            bool keep = t.y[i] != 0;
            assert_true(t.y[i] == (keep ? 2 * t.x[i] : 0));
            assert_true(t.dx[i] == (keep ? 2 * t.dy[i] : 0));
            kept[pass] += keep ? i : 0;
        }
    }
    assert_int_not_equal(kept[0], kept[1]);
    nn_plan_set_passes(p, 0);
    net_forward(&t, p);
    size_t again = 0;
    for (size_t i = 0; i < t.n_in; i++)
        again += t.y[i] != 0 ? i : 0;
    assert_int_equal(again, kept[0]);
    nn_plan_free(p);
    p = net_plan(&t, (nn_plan_options){0});
    net_forward(&t, p);
    assert_memory_equal(t.x, t.y, t.n_in * sizeof(float));
    nn_plan_free(p);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions),
        cmocka_unit_test(images_and_vectors),
        cmocka_unit_test(normalisation),
        cmocka_unit_test(activations),
        cmocka_unit_test(pooling),
        cmocka_unit_test(values_with_many_readers),
        cmocka_unit_test(products_resizing_and_softmax),
        cmocka_unit_test(dropout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
