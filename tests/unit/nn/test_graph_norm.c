#include "nn/graph_case.h"

static void only_named_ones_have_parameters(void **state)
{
    (void)state;
    const tk_dims dims = {2, 12, 3, 4, 5};
    fixture f = begin(dims);
    nn_value y = nn_layer_norm(f.g, NULL, f.x);
    y = nn_group_norm(f.g, NULL, y, 3);
    y = nn_instance_norm(f.g, NULL, y);
    assert_int_equal(nn_params_count(f.params), 0);
    y = nn_layer_norm(f.g, "n", y);
    expect_dims(&f, y, dims);
    assert_int_equal(nn_params_count(f.params), 2);
    expect_shape(&f, "n.weight", &TN_SHAPE(12));
    expect_shape(&f, "n.bias", &TN_SHAPE(12));
    assert_int_equal(nn_params_find(f.params, "n.weight")->role, NN_GAIN);
    assert_int_equal(nn_params_find(f.params, "n.bias")->role, NN_SHIFT);
    end(&f);
}

static void mistakes_name_layer_and_shape(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){1, 12, 4, 4, 4});
    expect_mistake(&f, nn_group_norm(f.g, "n", f.x, 5), CS_E_RANGE,
                   "n [1, 12, 4, 4, 4]: 5 groups do not divide 12 channels");
    f = begin((tk_dims){1, 12, 4, 4, 4});
    nn_value y = nn_conv(f.g, "c", f.x, &(nn_conv_spec){.out = 8});
    nn_enter(f.g, "block");
    y = nn_layer_norm(f.g, "n", nn_layer_norm(f.g, "n", y)); /* they share */
    expect_dims(&f, y, (tk_dims){1, 8, 4, 4, 4});
    expect_mistake(&f, nn_layer_norm(f.g, "n", f.x), CS_E_RANGE,
                   "block.n [1, 12, 4, 4, 4]: the parameter block.n.weight has "
                   "the shape [8], not [12]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_named_ones_have_parameters),
        cmocka_unit_test(mistakes_name_layer_and_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
