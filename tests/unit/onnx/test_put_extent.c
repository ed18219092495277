#include "graphs.h"

static nn_value reductions(nn_graph *g, nn_value x)
{
    nn_value sum = nn_reduce(g, TK_REDUCE_SUM, NN_AXIS_C | NN_AXIS_W, x);
    nn_value mean = nn_reduce(g, TK_REDUCE_MEAN, NN_AXIS_N | NN_AXIS_H, x);
    nn_value max = nn_reduce(g, TK_REDUCE_MAX, NN_AXIS_H | NN_AXIS_W, x);
    return nn_add(g, nn_multiply(g, sum, mean), nn_subtract(g, max, x));
}

static void reductions_come_back(void **state)
{
    (void)state;
    for (unsigned rank = 2; rank <= 3; rank++) {
        const tk_dims dims = {2, 3, rank == 3 ? 4 : 1, 5, 6};
        CS_SCOPED(ox_model) model = OX_MODEL_INIT;
        CS_SCOPED(made) m = make(rank, dims, reductions);
        comes_back(&m, dims, &model);
        assert_int_equal(operators(&model, "ReduceSum"), 1);
        assert_int_equal(operators(&model, "ReduceMean"), 1);
        assert_int_equal(operators(&model, "ReduceMax"), 1);
        assert_int_equal(operators(&model, "Sub"), 1);
    }
}

/* Without axes ONNX would take all of them. */
static nn_value of_one(nn_graph *g, nn_value x)
{
    return nn_reduce(g, TK_REDUCE_SUM, NN_AXIS_D, nn_relu(g, x));
}

static void a_reduction_of_nothing_is_no_reduction(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 1, 2, 2};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(2, dims, of_one);
    export_of(m.graph, &model);
    assert_int_equal(operators(&model, "ReduceSum"), 0);
    assert_int_equal(operators(&model, "Identity"), 1);
}

static nn_value boxes(nn_graph *g, nn_value x)
{
    const nn_box a = {.first = {.c = 1, .w = 2}, .count = {.c = 2, .h = 3}};
    const nn_box b = {.first = {.n = 1}};
    return nn_slice(g, &b, nn_slice(g, &a, x));
}

static void boxes_come_back(void **state)
{
    (void)state;
    for (unsigned rank = 2; rank <= 3; rank++) {
        const tk_dims dims = {2, 4, rank == 3 ? 2 : 1, 5, 6};
        CS_SCOPED(ox_model) model = OX_MODEL_INIT;
        CS_SCOPED(made) m = make(rank, dims, boxes);
        comes_back(&m, dims, &model);
        assert_int_equal(operators(&model, "Slice"), 2);
    }
}

static nn_value learned(nn_graph *g, nn_value x)
{
    const tk_dims grid = {1, 3, 1, 4, 5};
    const tk_dims row = {1, 1, 1, 1, 5};
    x = nn_add(g, x, nn_parameter(g, "position", NN_SHIFT, &grid));
    nn_value gate = nn_parameter(g, "gate", NN_GAIN, &row);
    return nn_subtract(g, nn_parameter(g, "top", NN_SHIFT, &grid),
                       nn_multiply(g, x, gate));
}

static void parameters_come_back_by_name(void **state)
{
    (void)state;
    for (unsigned rank = 2; rank <= 3; rank++) {
        const tk_dims dims = {2, 3, 1, 4, 5};
        CS_SCOPED(ox_model) model = OX_MODEL_INIT;
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        CS_SCOPED(made) m = make(rank, dims, learned);
        comes_back(&m, dims, &model);
        assert_int_equal(wt_dict_count(&model.weights), 3);
        assert_int_equal(ox_import(&model, "m", NULL, &n, NULL), 0);
        assert_non_null(nn_params_find(n.params, "position"));
        assert_non_null(nn_params_find(n.params, "gate"));
        assert_non_null(nn_params_find(n.params, "top"));
    }
}

/* An image's parameter in a network over volumes has too few axes. */
static nn_value mixed(nn_graph *g, nn_value x)
{
    const tk_dims grid = {1, 3, 1, 4, 5};
    nn_rank(g, 2);
    x = nn_add(g, x, nn_parameter(g, "position", NN_SHIFT, &grid));
    nn_rank(g, 3);
    return x;
}

static void a_parameter_of_other_axes_is_refused(void **state)
{
    (void)state;
    CS_SCOPED(made) m = make(3, (tk_dims){2, 3, 1, 4, 5}, mixed);
    refuses(&m, "the weights of 'position' have 4 axes in a network of 5");
}

static nn_value outputs(nn_graph *g, nn_value x)
{
    const tk_dims one = {1, 1, 1, 1, 1};
    return nn_add(g, x, nn_parameter(g, "output", NN_SHIFT, &one));
}

static nn_value values(nn_graph *g, nn_value x)
{
    const tk_dims one = {1, 1, 1, 1, 1};
    return nn_add(g, x, nn_parameter(g, "v1", NN_SHIFT, &one));
}

static void names_of_values_are_taken(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 1, 2, 2};
    CS_SCOPED(made) a = make(2, dims, outputs);
    CS_SCOPED(made) b = make(2, dims, values);
    refuses(&a, "the parameter 'output' has a name that values");
    refuses(&b, "the parameter 'v1' has a name that values");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reductions_come_back),
        cmocka_unit_test(a_reduction_of_nothing_is_no_reduction),
        cmocka_unit_test(boxes_come_back),
        cmocka_unit_test(parameters_come_back_by_name),
        cmocka_unit_test(a_parameter_of_other_axes_is_refused),
        cmocka_unit_test(names_of_values_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
