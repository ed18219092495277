#include "nn/plan.h"

#include <math.h>
#include <string.h>

#include "nn/net.h"

/* A small U: every kind of layer that the U-Nets have. */
static nn_value unit(nn_graph *g, const char *name, nn_value x, size_t out)
{
    nn_enter(g, name);
    x = nn_conv(
        g, "0", x,
        &(nn_conv_spec){.out = out, .kernel = {3, 3, 3}, .pad = {1, 1, 1}});
    x = nn_relu(g, nn_batch_norm(g, "1", x));
    nn_leave(g);
    return x;
}

static nn_value small_unet(nn_graph *g, nn_value x)
{
    nn_value skip = unit(g, "down", x, 16);
    nn_value y = unit(g, "bottom", nn_max_pool(g, 2, 2, 0, skip), 32);
    y = nn_conv_transposed(
        g, "up", y,
        &(nn_conv_spec){.out = 16, .kernel = {2, 2, 2}, .stride = {2, 2, 2}});
    y = unit(g, "join", nn_concat(g, y, skip), 16);
    return nn_sigmoid(g, nn_conv(g, "head", y, &(nn_conv_spec){.out = 2}));
}

static const tk_dims dims = {2, 1, 8, 12, 10};

static double largest_difference(const float *a, const float *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)a[i] - (double)b[i]));
    return most;
}

/* Folded, fused, packed: the same function as by definition. */
static void fast_and_exact_agree(void **state)
{
    (void)state;
    net t = net_new(dims, 3, small_unet);
    float *exact = net_normal(t.n_out, 9);
    nn_plan *p = net_plan(&t, (nn_plan_options){.exact = true});
    net_forward(&t, p);
    memcpy(exact, t.y, t.n_out * sizeof(float));
    nn_plan_free(p);
    for (int tier = 0; tier <= (int)cs_cpu_tier_best(); tier++) {
        p = net_plan(&t, (nn_plan_options){.tier = (cs_cpu_tier)tier});
        net_forward(&t, p);
        assert_true(largest_difference(t.y, exact, t.n_out) < 1e-5);
        nn_plan_free(p);
    }
    cs_free(exact);
    net_free(&t);
}

/* Same bits for any number of threads, forward and back. */
static void threads_do_not_show(void **state)
{
    (void)state;
    net t = net_new(dims, 3, small_unet);
    float *y = net_normal(t.n_out, 9);
    float *dx = net_normal(t.n_in, 9);
    for (unsigned threads = 1; threads <= 3; threads++) {
        cs_pool *pool = NULL;
        assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
        nn_plan *p =
            net_plan(&t, (nn_plan_options){.training = true,
                                           .input_gradients = true,
                                           .pool = pool,
                                           .tier = cs_cpu_tier_best()});
        net_forward(&t, p);
        net_backward(&t, p);
        if (threads == 1) {
            memcpy(y, t.y, t.n_out * sizeof(float));
            memcpy(dx, t.dx, t.n_in * sizeof(float));
        }
        assert_memory_equal(y, t.y, t.n_out * sizeof(float));
        assert_memory_equal(dx, t.dx, t.n_in * sizeof(float));
        nn_plan_free(p);
        cs_pool_free(pool);
    }
    cs_free(y);
    cs_free(dx);
    net_free(&t);
}

static void refresh_takes_new_weights(void **state)
{
    (void)state;
    net t = net_new(dims, 3, small_unet);
    float *before = net_normal(t.n_out, 9);
    nn_plan *p = net_plan(&t, (nn_plan_options){0});
    net_forward(&t, p);
    memcpy(before, t.y, t.n_out * sizeof(float));
    tn_f32(&nn_params_find(t.params, "head.bias")->value)[0] += 1;
    net_forward(&t, p);
    assert_memory_equal(before, t.y, t.n_out * sizeof(float));
    assert_int_equal(nn_plan_refresh(p, NULL), 0);
    net_forward(&t, p);
    assert_true(largest_difference(before, t.y, t.n_out) > 0.05);
    nn_plan_free(p);
    cs_free(before);
    net_free(&t);
}

static nn_value only_norm(nn_graph *g, nn_value x)
{
    return nn_batch_norm(g, "n", x);
}

/* Mean 0.1 of the new, variance unbiased: PyTorch's rule. */
static void running_statistics_follow(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 1, 1, 1, 4}, 3, only_norm);
    const float x[] = {1, 2, 3, 6};
    memcpy(t.x, x, sizeof(x));
    float *mean = tn_f32(&nn_params_find(t.params, "n.running_mean")->value);
    float *var = tn_f32(&nn_params_find(t.params, "n.running_var")->value);
    mean[0] = 10;
    var[0] = 2;
    nn_plan *p = net_plan(&t, (nn_plan_options){.training = true});
    net_forward(&t, p);
    assert_true(fabsf(mean[0] - 9.3F) < 1e-5F);
    assert_true(fabsf(var[0] - (1.8F + 14.0F / 30)) < 1e-5F);
    const nn_param *count = nn_params_find(t.params, "n.num_batches_tracked");
    assert_int_equal(*(int64_t *)tn_data(&count->value), 1);
    nn_plan_free(p);
    net_free(&t);
}

/* Two backward passes add up. */
static void gradients_accumulate(void **state)
{
    (void)state;
    net t = net_new(dims, 3, small_unet);
    nn_plan *p = net_plan(&t, (nn_plan_options){.training = true});
    const float *gradients[] = {t.dy};
    net_forward(&t, p);
    nn_plan_backward(p, gradients, NULL);
    nn_param *w = nn_params_find(t.params, "head.weight");
    float once = tn_f32(&w->grad)[3];
    net_forward(&t, p);
    nn_plan_backward(p, gradients, NULL);
    assert_true(tn_f32(&w->grad)[3] == 2 * once);
    nn_plan_free(p);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_and_exact_agree),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(refresh_takes_new_weights),
        cmocka_unit_test(running_statistics_follow),
        cmocka_unit_test(gradients_accumulate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
