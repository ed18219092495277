#include "support/test.h"
#include "zoo/zoo.h"

/* Dimensions of output k for an input. */
static tk_dims output_of(const char *name, tk_dims in, size_t k, bool *ret_add)
{
    CS_AUTO(nn_params) p = NULL;
    CS_AUTO(nn_graph) g = NULL;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(zoo_build(zoo_find(name), NULL, &in, p, &g, NULL), 0);
    *ret_add = false;
    for (size_t i = 0; i < nn_graph_nodes(g); i++)
        *ret_add |= nn_graph_node(g, i)->op == NN_ADD;
    assert_true(k < nn_graph_outputs(g));
    return nn_graph_node(g, (size_t)nn_graph_output(g, k))->dims;
}

static void check(const char *name, tk_dims in, size_t k, tk_dims want,
                  bool residual)
{
    bool adds;
    tk_dims got = output_of(name, in, k, &adds);
    assert_memory_equal(&got, &want, sizeof(want));
    assert_int_equal(adds, residual);
}

static void two_scores_and_no_shortcut(void **state)
{
    (void)state;
    check("malignancy", (tk_dims){3, 1, 32, 32, 32}, 0,
          (tk_dims){3, 2, 1, 1, 1}, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_scores_and_no_shortcut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
