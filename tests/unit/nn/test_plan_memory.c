#include "nn/plan_impl.h"

#include <string.h>

#include "nn/net.h"

static nn_value chain(nn_graph *g, nn_value x)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        x = nn_relu(g, nn_conv(g, names[i], x, &(nn_conv_spec){.out = 32}));
    return x;
}

static void a_chain_needs_two_results_at_a_time(void **state)
{
    (void)state;
    const tk_dims dims = {1, 32, 16, 16, 16};
    net t = net_new(dims, 3, chain);
    nn_plan *p = net_plan(&t, (nn_plan_options){0});
    size_t one = tk_image_floats(&dims) * sizeof(float);
    assert_true(tn_buffer_size(p->arena) >= 2 * one);
    assert_true(tn_buffer_size(p->arena) < 3 * one);
    nn_plan_free(p);
    net_free(&t);
}

static void more_than_the_limit_is_refused(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 32, 16, 16, 16}, 3, chain);
    nn_plan *p = NULL;
    cs_errinfo info = {0};
    nn_plan_options o = {.memory_limit = (size_t)1 << 20,
                         .slab_bytes = SIZE_MAX};
    assert_int_equal(nn_plan_new(t.graph, &o, &p, &info), CS_E_LIMIT);
    assert_null(p);
    assert_non_null(strstr(info.message, "the limit is 1 MiB"));
    o.memory_limit = (size_t)64 << 20;
    assert_int_equal(nn_plan_new(t.graph, &o, &p, &info), 0);
    assert_true(nn_plan_memory(p) <= o.memory_limit);
    nn_plan_free(p);
    net_free(&t);
}

/* What training keeps must not be overwritten: poison between the passes shows
 * in no gradient if every place that is read was written in time. */
static void training_results_survive_until_read(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 32, 4, 4, 4}, 3, chain);
    nn_plan *p = net_plan(
        &t, (nn_plan_options){.training = true, .input_gradients = true});
    memset(tn_buffer_data(p->arena), 0xff, tn_buffer_size(p->arena)); /* NaN */
    net_forward(&t, p);
    net_backward(&t, p);
    for (size_t i = 0; i < t.n_in; i++)
        assert_true(t.dx[i] == t.dx[i]);
    for (size_t i = 0; i < t.n_out; i++)
        assert_true(t.y[i] == t.y[i]);
    nn_plan_free(p);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_needs_two_results_at_a_time),
        cmocka_unit_test(more_than_the_limit_is_refused),
        cmocka_unit_test(training_results_survive_until_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
