#include "nn/plan_impl.h"

#include <string.h>

#include "nn/nets.h"

/* Strides, dilation, padding and kernels that do not go evenly. */
static nn_value odd(nn_graph *g, nn_value x)
{
    x = nn_conv(g, "a", x,
                &(nn_conv_spec){.out = 9,
                                .kernel = {5, 3, 3},
                                .pad = {2, 1, 1},
                                .dilation = {2, 1, 1}});
    x = nn_conv(
        g, "b", x,
        &(nn_conv_spec){
            .out = 9, .kernel = {3, 3, 3}, .pad = {0, 1, 1}, .groups = 9});
    x = nn_conv_transposed(g, "c", x,
                           &(nn_conv_spec){.out = 8,
                                           .kernel = {4, 3, 3},
                                           .stride = {3, 1, 1},
                                           .pad = {1, 1, 1}});
    x = nn_max_pool(g, 3, 1, 1, x);
    const tk_pool mean = {.kind = TK_POOL_MEAN,
                          .kernel = {3, 2, 2},
                          .stride = {2, 1, 1},
                          .pad = {1, 1, 1}};
    x = nn_pool(g, &mean, x);
    x = nn_conv_transposed(
        g, "d", x,
        &(nn_conv_spec){.out = 8, .kernel = {3, 3, 3}, .pad = {1, 1, 1}});
    return nn_conv(g, "e", x,
                   &(nn_conv_spec){.out = 4,
                                   .kernel = {3, 3, 3},
                                   .stride = {2, 2, 2},
                                   .pad = {1, 1, 1}});
}

static void assert_slabs_change_nothing(net_build *build, tk_dims dims,
                                        nn_plan_options o)
{
    net t = net_new(dims, 3, build);
    o.slab_bytes = SIZE_MAX;
    nn_plan *plain = net_poisoned_plan(&t, o);
    assert_int_equal(plain->n_segments, 0);
    net_forward(&t, plain);
    float *expected = net_copy_of(t.y, t.n_out);
    o.slab_bytes = 64;
    nn_plan *cut = net_poisoned_plan(&t, o);
    assert_true(cut->n_segments > 0);
    for (int again = 0; again < 2; again++) {
        memset(t.y, 0xff, t.n_out * sizeof(float));
        net_forward(&t, cut);
        assert_memory_equal(t.y, expected, t.n_out * sizeof(float));
    }
    cs_free(expected);
    nn_plan_free(plain);
    nn_plan_free(cut);
    net_free(&t);
}

static void bits_are_those_of_the_whole(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        assert_slabs_change_nothing(unet, (tk_dims){n, 2, 36, 12, 8},
                                    (nn_plan_options){0});
        assert_slabs_change_nothing(unet, (tk_dims){n, 1, 20, 12, 8},
                                    (nn_plan_options){.exact = true});
    }
    for (size_t d = 12; d < 24; d++) {
        assert_slabs_change_nothing(odd, (tk_dims){1, 3, d, 7, 6},
                                    (nn_plan_options){0});
        assert_slabs_change_nothing(joined, (tk_dims){2, 11, d, 5, 9},
                                    (nn_plan_options){0});
    }
}

static void bits_are_those_of_any_number_of_threads(void **state)
{
    (void)state;
    cs_pool *pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    const nn_plan_options o = {.pool = pool, .tier = cs_cpu_tier_best()};
    assert_slabs_change_nothing(unet, (tk_dims){1, 1, 44, 16, 16}, o);
    cs_pool_free(pool);
}

static void memory_hardly_grows_with_depth(void **state)
{
    (void)state;
    size_t bytes[2];
    size_t whole[2];
    for (size_t k = 0; k < 2; k++) {
        net t = net_new((tk_dims){1, 8, k ? 128 : 64, 16, 16}, 3, odd);
        nn_plan *cut = net_plan(&t, (nn_plan_options){.slab_bytes = 64});
        nn_plan *plain =
            net_plan(&t, (nn_plan_options){.slab_bytes = SIZE_MAX});
        bytes[k] = tn_buffer_size(cut->arena);
        whole[k] = tn_buffer_size(plain->arena);
        nn_plan_free(cut);
        nn_plan_free(plain);
        net_free(&t);
    }
    assert_true(3 * bytes[1] < whole[1]);
    assert_true(bytes[1] - bytes[0] < (whole[1] - whole[0]) / 3);
}

static void a_limit_asks_for_thinner_slabs(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 8, 64, 16, 16}, 3, odd);
    nn_plan *plain = net_plan(&t, (nn_plan_options){0});
    assert_int_equal(plain->n_segments, 0);
    net_forward(&t, plain);
    float *expected = net_copy_of(t.y, t.n_out);
    const nn_plan_options o = {.memory_limit = nn_plan_memory(plain) * 2 / 3};
    nn_plan *cut = net_plan(&t, o);
    assert_true(cut->n_segments > 0);
    assert_true(nn_plan_memory(cut) <= o.memory_limit);
    net_forward(&t, cut);
    assert_memory_equal(t.y, expected, t.n_out * sizeof(float));
    cs_free(expected);
    nn_plan_free(plain);
    nn_plan_free(cut);
    net_free(&t);
}

static void small_results_and_training_are_left_whole(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 1, 32, 8, 8}, 3, unet);
    nn_plan *p = net_plan(&t, (nn_plan_options){0});
    assert_int_equal(p->n_segments, 0);
    nn_plan_free(p);
    p = net_plan(&t, (nn_plan_options){.slab_bytes = 64, .training = true});
    assert_int_equal(p->n_segments, 0);
    nn_plan_free(p);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_those_of_the_whole),
        cmocka_unit_test(bits_are_those_of_any_number_of_threads),
        cmocka_unit_test(memory_hardly_grows_with_depth),
        cmocka_unit_test(a_limit_asks_for_thinner_slabs),
        cmocka_unit_test(small_results_and_training_are_left_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
