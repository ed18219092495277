#include "nn/plan_impl.h"

#include "nn/net.h"

static nn_value unit(nn_graph *g, const char *name, nn_value x, size_t out)
{
    nn_enter(g, name);
    x = nn_conv(g, "0", x, &(nn_conv_spec){.out = out, .no_bias = true});
    x = nn_relu(g, nn_batch_norm(g, "1", x));
    nn_leave(g);
    return x;
}

/* Nodes: 0 input; 1-3 and 4-6 units a and b; 7 concat; 8-10 unit c. */
static nn_value two_and_one(nn_graph *g, nn_value x)
{
    nn_value a = unit(g, "a", x, 16);
    nn_value b = unit(g, "b", a, 8);
    return unit(g, "c", nn_concat(g, b, a), 8);
}

static void inference_folds_and_fuses(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 8, 2, 2, 2}, 3, two_and_one);
    nn_plan *p = net_plan(&t, (nn_plan_options){0});
    for (size_t conv = 1; conv <= 8; conv = conv == 4 ? 8 : conv + 3) {
        assert_int_equal(p->slots[conv].folded, conv + 1);
        assert_true(p->slots[conv].slope == 0);
        assert_int_equal(p->slots[conv + 1].owner, conv);
        assert_int_equal(p->slots[conv + 2].owner, conv);
    }
    nn_plan_free(p);
    net_free(&t);
}

static void training_keeps_what_gradients_need(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 8, 2, 2, 2}, 3, two_and_one);
    nn_plan *p = net_plan(&t, (nn_plan_options){.training = true});
    assert_true(nn_plan_runs(p, 1) && nn_plan_runs(p, 2));
    assert_true(p->slots[1].slope == 1 && p->slots[2].slope == 0);
    assert_int_equal(p->slots[3].owner, 2);
    assert_false(p->slots[0].wants_gradient);
    assert_true(p->slots[1].wants_gradient);
    nn_plan_free(p);
    net_free(&t);
}

static void concatenation_is_written_in_place(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 8, 2, 2, 2}, 3, two_and_one);
    nn_plan *p = net_plan(&t, (nn_plan_options){0});
    assert_int_equal(p->slots[4].root, 7);
    assert_int_equal(p->slots[4].start, 0);
    assert_int_equal(p->slots[1].root, 7);
    assert_int_equal(p->slots[1].start, 8);
    assert_ptr_equal(p->slots[1].image.data,
                     tk_block(&p->slots[7].image, 0, 1));
    nn_plan_free(p);
    net_free(&t);
}

/* A value that somebody else reads before its activation stays as it is. */
static nn_value seen_twice(nn_graph *g, nn_value x)
{
    nn_value y = nn_conv(g, "c", x, &(nn_conv_spec){.out = 8});
    return nn_add(g, nn_relu(g, y), y);
}

static void what_others_read_is_not_fused(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 8, 2, 2, 2}, 3, seen_twice);
    nn_plan *p = net_plan(&t, (nn_plan_options){0});
    assert_true(p->slots[1].slope == 1);
    assert_true(nn_plan_runs(p, 2));
    nn_plan_free(p);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inference_folds_and_fuses),
        cmocka_unit_test(training_keeps_what_gradients_need),
        cmocka_unit_test(concatenation_is_written_in_place),
        cmocka_unit_test(what_others_read_is_not_fused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
