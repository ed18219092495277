#include "models.h"

static const float four[] = {1, 3, 10, 30};

static void batch_norm_uses_its_statistics(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 2));
    NUMBERS(&w, "b.weight", TN_SHAPE(2), 2, 1);
    NUMBERS(&w, "b.bias", TN_SHAPE(2), 5, 0);
    NUMBERS(&w, "m", TN_SHAPE(2), 1, 10);
    NUMBERS(&w, "v", TN_SHAPE(2), 3.75F, 99.75F);
    open_node(&w, "BatchNormalization", "x b.weight b.bias m v", "y");
    ox_attr_float(&w, "epsilon", 0.25F);
    ox_end(&w);
    imports(&w, &n);
    GIVES(&n, four, 5, 7, 0, 2);
    assert_true(last_layer(&n, 2)->norm.norm.eps == 0.25);
    assert_non_null(nn_params_find(n.params, "b.running_var"));
}

static void a_usual_epsilon_is_exactly_ours(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 2));
    NUMBERS(&w, "g", TN_SHAPE(1), 2);
    NUMBERS(&w, "s", TN_SHAPE(1), 5);
    open_node(&w, "InstanceNormalization", "x g s", "y");
    ox_attr_float(&w, "epsilon", 1e-5F);
    ox_end(&w);
    imports(&w, &n);
    const nn_node *last = last_layer(&n, 2);
    assert_true(last->norm.norm.eps == 1e-5);
    assert_true(last->norm.gain != NN_NONE);
    GIVES(&n, four, 5 - 1.99999F, 5 + 1.99999F);
}

/* [1, 4, 1], in two groups, with a factor and a term for each channel. */
static void put_groups(ox_writer *w, const char *mul, const char *add)
{
    start(w, &TN_SHAPE(1, 4, 1));
    INTS(w, "to", 0, 2, -1);
    INTS(w, "back", 1, 4, 1);
    ox_const_floats(w, "ones", 1, 2);
    ox_const_floats(w, "zeros", 0, 2);
    NUMBERS(w, "gn.weight", TN_SHAPE(4, 1), 1, 2, 3, 4);
    NUMBERS(w, "gn.bias", TN_SHAPE(4, 1), 10, 20, 30, 40);
    node(w, "Reshape", "x to", "a");
    open_node(w, "InstanceNormalization", "a ones zeros", "b");
    ox_attr_float(w, "epsilon", 0);
    ox_end(w);
    node(w, "Reshape", "b back", mul || add ? "c" : "y");
    if (mul)
        node(w, "Mul", mul, add ? "d" : "y");
    if (add)
        node(w, "Add", add, "y");
}

static void groups_are_one_layer(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    put_groups(&w, "c gn.weight", "gn.bias d");
    imports(&w, &n);
    const nn_node *last = last_layer(&n, 2);
    assert_true(last->norm.norm.kind == TK_NORM_GROUP &&
                last->norm.norm.groups == 2);
    assert_non_null(nn_params_find(n.params, "gn.weight"));
    GIVES(&n, four, 9, 22, 27, 44);
}

static void groups_may_lack_factor_or_term(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) bare = OX_NETWORK_INIT;
    CS_SCOPED(ox_network) factor = OX_NETWORK_INIT;
    CS_SCOPED(ox_network) term = OX_NETWORK_INIT;
    ox_writer w;
    put_groups(&w, NULL, NULL);
    imports(&w, &bare);
    assert_true(last_layer(&bare, 2)->norm.gain == NN_NONE);
    GIVES(&bare, four, -1, 1, -1, 1);
    put_groups(&w, "c gn.weight", NULL);
    imports(&w, &factor);
    last_layer(&factor, 2);
    GIVES(&factor, four, -1, 2, -3, 4);
    put_groups(&w, NULL, "c gn.bias");
    imports(&w, &term);
    last_layer(&term, 2);
    GIVES(&term, four, 9, 21, 29, 41);
}

static void other_normalisations_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 4, 1));
    INTS(&w, "to", 0, 2, -1);
    ox_const_floats(&w, "twos", 2, 2);
    ox_const_floats(&w, "zeros", 0, 2);
    node(&w, "Reshape", "x to", "a");
    node(&w, "InstanceNormalization", "a twos zeros", "y");
    refused(&w, CS_E_UNSUPPORTED, "as a part of group normalisation only");
    start(&w, &TN_SHAPE(1, 2, 1));
    NUMBERS(&w, "a", TN_SHAPE(2), 1);
    open_node(&w, "BatchNormalization", "x a a a a", "y");
    ox_attr_int(&w, "training_mode", 1);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "'training_mode' is 1");
    start(&w, &TN_SHAPE(1, 3, 1));
    NUMBERS(&w, "a", TN_SHAPE(2), 1);
    node(&w, "BatchNormalization", "x a a a a", "y");
    refused(&w, CS_E_FORMAT, "2 factors for 3 channels");
}

/* Of channels that are behind already, of one voxel. */
static void rows_are_normalised(void **state)
{
    (void)state;
    static const float in[] = {-1, 1, 3, 7};
    CS_SCOPED(ox_network) named = OX_NETWORK_INIT;
    CS_SCOPED(ox_network) plain = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(2, 2));
    NUMBERS(&w, "ln.weight", TN_SHAPE(2), 2, 3);
    NUMBERS(&w, "ln.bias", TN_SHAPE(2), 0, 1);
    open_node(&w, "LayerNormalization", "x ln.weight ln.bias", "y");
    ox_attr_float(&w, "epsilon", 0);
    ox_end(&w);
    imports(&w, &named);
    assert_non_null(nn_params_find(named.params, "ln.bias"));
    GIVES(&named, in, -2, 4, -2, 4);
    start(&w, &TN_SHAPE(2, 2));
    ox_const_floats(&w, "ones", 1, 2);
    open_node(&w, "LayerNormalization", "x ones", "y");
    ox_attr_float(&w, "epsilon", 0);
    ox_end(&w);
    imports(&w, &plain);
    assert_int_equal(nn_params_count(plain.params), 0);
    GIVES(&plain, in, -1, 1, -1, 1);
}

static void rows_of_something_else_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 3));
    NUMBERS(&w, "g", TN_SHAPE(3), 1);
    node(&w, "LayerNormalization", "x g", "y"); /* along the last axis */
    refused(&w, CS_E_UNSUPPORTED, "a layer normalisation of [1, 2, 3]");
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "g", TN_SHAPE(1, 2), 1);
    open_node(&w, "LayerNormalization", "x g", "y");
    ox_attr_int(&w, "axis", 0);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "from axis 0 on");
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "g", TN_SHAPE(3), 2);
    node(&w, "LayerNormalization", "x g", "y");
    refused(&w, CS_E_FORMAT, "takes 2 numbers, the model has 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_norm_uses_its_statistics),
        cmocka_unit_test(a_usual_epsilon_is_exactly_ours),
        cmocka_unit_test(groups_are_one_layer),
        cmocka_unit_test(groups_may_lack_factor_or_term),
        cmocka_unit_test(other_normalisations_are_refused),
        cmocka_unit_test(rows_are_normalised),
        cmocka_unit_test(rows_of_something_else_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
