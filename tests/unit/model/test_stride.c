#include "model/recipe.h"
#include "support/test.h"

static void check(const char *network, size_t want)
{
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) g = NULL;
    const tk_dims dims = {1, 1, 64, 64, 64};
    size_t got[3] = {0, 0, 0};
    assert_int_equal(nn_params_new(&params, NULL), 0);
    assert_int_equal(
        zoo_build(zoo_find(network), NULL, &dims, params, &g, NULL), 0);
    assert_int_equal(md_graph_stride(g, got, NULL), 0);
    for (int k = 0; k < 3; k++)
        assert_int_equal(got[k], want);
}

static void poolings_and_strides_multiply(void **state)
{
    (void)state;
    check("unet3d", 16);
    check("simple3dunet", 8);
    check("noduledet", 8);
    check("nodulefpn", 8);
    check("nodulenet", 8);
    check("malignancy", 32);
}

/* A network of one strided layer an axis. */
static void axes_are_told_apart(void **state)
{
    (void)state;
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) g = NULL;
    const tk_dims dims = {1, 1, 8, 8, 8};
    size_t got[3] = {0, 0, 0};
    assert_int_equal(nn_params_new(&params, NULL), 0);
    assert_int_equal(nn_graph_new(params, &g, NULL), 0);
    nn_value x = nn_input(g, "x", &dims);
    x = nn_conv(
        g, "c", x,
        &(nn_conv_spec){.out = 2, .kernel = {1, 1, 1}, .stride = {1, 2, 4}});
    nn_output(g, x);
    assert_int_equal(nn_graph_finish(g, NULL), 0);
    assert_int_equal(md_graph_stride(g, got, NULL), 0);
    const size_t want[3] = {4, 2, 1}; /* x, y, z */
    assert_memory_equal(got, want, sizeof(want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poolings_and_strides_multiply),
        cmocka_unit_test(axes_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
