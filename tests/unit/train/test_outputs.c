#include "train/outputs.h"

#include "support/test.h"

static void every_output_has_an_array_of_its_size(void **state)
{
    (void)state;
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) g = NULL;
    float **outputs = NULL;
    assert_int_equal(nn_params_new(&params, NULL), 0);
    assert_int_equal(nn_graph_new(params, &g, NULL), 0);
    nn_value x = nn_input(g, "x", &(tk_dims){2, 1, 3, 4, 5});
    nn_output(g, nn_conv(g, "a", x, &(nn_conv_spec){.out = 7}));
    nn_output(g, nn_max_pool(g, 2, 2, 0, x));
    assert_int_equal(nn_graph_finish(g, NULL), 0);
    assert_int_equal(tr_outputs_new(g, &outputs, NULL), 0);
    assert_non_null(outputs);
    /* The sanitizers see whether the ends are there. */
    assert_true(outputs[0][0] == 0 && outputs[0][2 * 7 * 60 - 1] == 0);
    assert_true(outputs[1][0] == 0 && outputs[1][2 * 1 * 2 * 2 - 1] == 0);
    outputs[0][2 * 7 * 60 - 1] = 1;
    outputs[1][7] = 1;
    tr_outputs_free(outputs, 2);
    tr_outputs_free(NULL, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_output_has_an_array_of_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
