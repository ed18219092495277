#include "nn/graph_case.h"

static void images_have_flat_kernels(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){1, 3, 1, 8, 8});
    nn_rank(f.g, 2);
    nn_value y =
        nn_conv(f.g, "c", f.x, &(nn_conv_spec){.out = 6, .kernel = {0, 5, 3}});
    expect_dims(&f, y, (tk_dims){1, 6, 1, 4, 6});
    expect_shape(&f, "c.weight", &TN_SHAPE(6, 3, 5, 3));
    expect_shape(&f, "c.bias", &TN_SHAPE(6));
    end(&f);
}

static void transposed_weights_begin_with_the_input(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){1, 3, 4, 5, 6});
    nn_value y = nn_conv_transposed(
        f.g, "up", f.x,
        &(nn_conv_spec){.out = 7, .kernel = {2, 3, 2}, .stride = {2, 1, 3}});
    expect_dims(&f, y, (tk_dims){1, 7, 8, 7, 17});
    expect_shape(&f, "up.weight", &TN_SHAPE(3, 7, 2, 3, 2));
    end(&f);
}

static void mistakes_name_layer_and_shape(void **state)
{
    (void)state;
    const tk_dims dims = {1, 12, 4, 4, 4};
    fixture f = begin(dims);
    expect_mistake(&f, nn_linear(f.g, "fc", f.x, 2), CS_E_RANGE,
                   "fc [1, 12, 4, 4, 4]: a linear layer wants its input pooled "
                   "to one voxel");
    f = begin(dims);
    nn_value y = nn_conv(f.g, "c", f.x, &(nn_conv_spec){.out = 8, .groups = 5});
    nn_output(f.g, y);
    assert_int_equal(nn_graph_finish(f.g, NULL), CS_E_RANGE);
    end(&f);
    f = begin(dims);
    y = nn_conv_transposed(f.g, "c", f.x,
                           &(nn_conv_spec){.out = 8, .pad = {2, 2, 2}});
    expect_mistake(&f, y, CS_E_RANGE,
                   "c [1, 12, 4, 4, 4]: padding leaves nothing of the output, "
                   "or adds a stride or more to it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_have_flat_kernels),
        cmocka_unit_test(transposed_weights_begin_with_the_input),
        cmocka_unit_test(mistakes_name_layer_and_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
