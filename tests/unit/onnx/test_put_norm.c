#include "graphs.h"

static nn_value all(nn_graph *g, nn_value x)
{
    x = nn_batch_norm(g, "bn", x);
    nn_norm_eps(g, 1e-3);
    x = nn_group_norm(g, "gn", x, 2);
    x = nn_group_norm(g, NULL, x, 4);
    x = nn_instance_norm(g, "in", x);
    return nn_instance_norm(g, NULL, x);
}

static void normalisations_come_back(void **state)
{
    (void)state;
    for (unsigned rank = 2; rank <= 3; rank++) {
        const tk_dims dims = {2, 8, rank == 3 ? 3 : 1, 4, 5};
        CS_SCOPED(ox_model) model = OX_MODEL_INIT;
        CS_SCOPED(made) m = make(rank, dims, all);
        comes_back(&m, dims, &model);
        assert_int_equal(operators(&model, "InstanceNormalization"), 4);
        const tn_tensor *t = wt_dict_find(&model.weights, CS_STR("gn.weight"));
        assert_true(tn_shape_equal(&t->shape, &TN_SHAPE(8)));
    }
}

static void counts_of_batches_are_notes(void **state)
{
    (void)state;
    const tk_dims dims = {1, 8, 1, 2, 2};
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(made) m = make(2, dims, all);
    CS_SCOPED(wt_dict) weights = WT_DICT_INIT;
    const char *name = "bn.num_batches_tracked";
    *(int64_t *)tn_data(&nn_params_find(m.params, name)->value) = 41;
    export_of(m.graph, &model);
    assert_null(wt_dict_find(&model.weights, cs_str_of(name)));
    assert_int_equal(ox_weights(&model, &weights, NULL), 0);
    const tn_tensor *t = wt_dict_find(&weights, cs_str_of(name));
    assert_true(*(const int64_t *)tn_data(t) == 41);
    assert_int_equal(wt_dict_count(&weights), nn_params_count(m.params));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normalisations_come_back),
        cmocka_unit_test(counts_of_batches_are_notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
