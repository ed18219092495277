#include "nn/graph_case.h"

static void names_and_shapes_follow_the_layers(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){2, 8, 5, 7, 9});
    nn_enter(f.g, "enc1");
    nn_enter(f.g, "0");
    nn_value y = nn_conv(f.g, "conv", f.x,
                         &(nn_conv_spec){.out = 16,
                                         .kernel = {3, 3, 3},
                                         .stride = {2, 1, 2},
                                         .pad = {1, 1, 0}});
    nn_leave(f.g);
    y = nn_batch_norm(f.g, "1", y);
    nn_leave(f.g);
    y = nn_conv_transposed(
        f.g, "up", y,
        &(nn_conv_spec){
            .out = 4, .kernel = {2, 2, 2}, .stride = {2, 2, 2}, .no_bias = 1});
    nn_output(f.g, y);
    assert_int_equal(nn_graph_finish(f.g, NULL), 0);
    static const char *const names[] = {"enc1.0.conv.weight",
                                        "enc1.0.conv.bias",
                                        "enc1.1.weight",
                                        "enc1.1.bias",
                                        "enc1.1.running_mean",
                                        "enc1.1.running_var",
                                        "enc1.1.num_batches_tracked",
                                        "up.weight"};
    assert_int_equal(nn_params_count(f.params), CS_COUNTOF(names));
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        assert_string_equal(nn_params_at(f.params, i)->name, names[i]);
    const tk_dims *d = &nn_graph_node(f.g, (size_t)y.id)->dims;
    assert_int_equal(d->c, 4);
    assert_int_equal(d->d, 6);
    assert_int_equal(d->h, 14);
    assert_int_equal(d->w, 8);
    assert_true(tn_shape_equal(&nn_params_at(f.params, 7)->value.shape,
                               &TN_SHAPE(16, 4, 2, 2, 2)));
    end(&f);
}

static void output_padding_adds_less_than_a_stride(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 3, 3, 3};
    nn_conv_spec spec = {.out = 4,
                         .kernel = {3, 3, 3},
                         .stride = {2, 2, 2},
                         .pad = {1, 1, 1},
                         .extra = {1, 0, 1}};
    fixture f = begin(dims);
    nn_value y = nn_conv_transposed(f.g, "up", f.x, &spec);
    const tk_dims *d = &nn_graph_node(f.g, (size_t)y.id)->dims;
    assert_true(d->d == 6 && d->h == 5 && d->w == 6);
    spec.extra[1] = 2;
    nn_conv_transposed(f.g, "too much", f.x, &spec);
    assert_int_equal(nn_graph_finish(f.g, NULL), CS_E_RANGE);
    end(&f);
}

static void epsilon_is_of_the_normalisations_that_follow(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){1, 2, 1, 1, 3});
    nn_value a = nn_batch_norm(f.g, "a", f.x);
    nn_norm_eps(f.g, 0.25);
    nn_value b = nn_instance_norm(f.g, NULL, a);
    assert_true(nn_graph_node(f.g, (size_t)a.id)->norm.norm.eps == 1e-5);
    assert_true(nn_graph_node(f.g, (size_t)b.id)->norm.norm.eps == 0.25);
    end(&f);
}

/* The first mistake is told, with layer and shape; what follows it is not. */
static void the_first_mistake_names_its_layer(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    fixture f = begin((tk_dims){1, 8, 2, 8, 8});
    nn_enter(f.g, "enc2");
    nn_value y =
        nn_conv(f.g, "0", f.x, &(nn_conv_spec){.out = 8, .kernel = {3, 3, 3}});
    nn_leave(f.g);
    nn_output(f.g, nn_add(f.g, y, f.x));
    assert_int_equal(nn_graph_finish(f.g, &info), CS_E_RANGE);
    char text[512];
    assert_string_equal(cs_errinfo_format(&info, text, sizeof(text)),
                        "enc2.0 [1, 8, 2, 8, 8]: a kernel that spans 3 does "
                        "not fit in 2 voxels along d");
    end(&f);
}

static void a_network_without_output_is_a_mistake(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){1, 12, 4, 4, 4});
    assert_int_equal(nn_graph_finish(f.g, NULL), CS_E_RANGE);
    end(&f);
}

static void names_that_are_too_long_are_a_mistake(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){1, 12, 4, 4, 4});
    for (int i = 0; i < 20; i++)
        nn_enter(f.g, "encoder");
    nn_output(f.g, f.x);
    assert_int_equal(nn_graph_finish(f.g, NULL), CS_E_RANGE);
    end(&f);
}

/* Nothing that is computed from extents may wrap. */
static void results_beyond_all_memory_are_refused(void **state)
{
    (void)state;
    const size_t many = (size_t)1 << 40;
    fixture f = begin((tk_dims){1, 1, many, 1, 1});
    expect_mistake(&f, nn_input(f.g, "y", &(tk_dims){1, 1, many, many, 1}),
                   CS_E_LIMIT,
                   "y: a result of the shape [1, 1, 1099511627776, "
                   "1099511627776, 1] is too large");
    f = begin((tk_dims){many, 1, 1, 1, 1});
    nn_value y = nn_input(f.g, "y", &(tk_dims){1, 1, 1, 1, many});
    nn_output(f.g, nn_add(f.g, f.x, y));
    assert_int_equal(nn_graph_finish(f.g, NULL), CS_E_LIMIT);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_shapes_follow_the_layers),
        cmocka_unit_test(output_padding_adds_less_than_a_stride),
        cmocka_unit_test(epsilon_is_of_the_normalisations_that_follow),
        cmocka_unit_test(the_first_mistake_names_its_layer),
        cmocka_unit_test(a_network_without_output_is_a_mistake),
        cmocka_unit_test(names_that_are_too_long_are_a_mistake),
        cmocka_unit_test(results_beyond_all_memory_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
