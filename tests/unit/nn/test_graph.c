#include "nn/graph.h"

#include <string.h>

#include "support/test.h"

typedef struct fixture {
    nn_params *params;
    nn_graph *g;
    nn_value x;
} fixture;

static fixture begin(tk_dims dims)
{
    fixture f = {NULL, NULL, {0}};
    assert_int_equal(nn_params_new(&f.params, NULL), 0);
    assert_int_equal(nn_graph_new(f.params, &f.g, NULL), 0);
    f.x = nn_input(f.g, "x", &dims);
    return f;
}

static void end(fixture *f)
{
    nn_graph_free(f->g);
    nn_params_free(f->params);
}

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

static void images_have_flat_kernels(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){1, 3, 1, 8, 8});
    nn_rank(f.g, 2);
    nn_conv(f.g, "c", f.x, &(nn_conv_spec){.out = 6, .kernel = {0, 5, 3}});
    assert_true(tn_shape_equal(&nn_params_at(f.params, 0)->value.shape,
                               &TN_SHAPE(6, 3, 5, 3)));
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

static void what_does_not_fit_together_is_refused(void **state)
{
    (void)state;
    struct {
        nn_value (*make)(nn_graph *g, nn_value x, nn_value y);
        const char *says;
    } const cases[] = {
        {nn_add, "[1, 8, 4, 4, 4] and [1, 12, 4, 4, 4] cannot be joined"},
        {nn_multiply, "12"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        cs_errinfo info = {0};
        fixture f = begin((tk_dims){1, 8, 4, 4, 4});
        nn_value y = nn_conv(f.g, "c", f.x, &(nn_conv_spec){.out = 12});
        nn_output(f.g, cases[i].make(f.g, f.x, y));
        assert_int_equal(nn_graph_finish(f.g, &info), CS_E_RANGE);
        assert_non_null(strstr(info.message, cases[i].says));
        end(&f);
    }
}

static int status_of(fixture *f, nn_value y)
{
    nn_output(f->g, y);
    int r = nn_graph_finish(f->g, NULL);
    end(f);
    return r;
}

static void bad_arguments_are_mistakes(void **state)
{
    (void)state;
    const tk_dims dims = {1, 12, 4, 4, 4};
    fixture f = begin(dims);
    assert_int_equal(status_of(&f, nn_linear(f.g, "fc", f.x, 2)), CS_E_RANGE);
    f = begin(dims);
    assert_int_equal(status_of(&f, nn_group_norm(f.g, "n", f.x, 5)),
                     CS_E_RANGE);
    f = begin(dims);
    assert_int_equal(status_of(&f, nn_dropout(f.g, 1.0, false, f.x)),
                     CS_E_RANGE);
    f = begin(dims);
    assert_int_equal(status_of(&f, nn_max_pool(f.g, 5, 5, 0, f.x)), CS_E_RANGE);
    f = begin(dims);
    assert_int_equal(
        status_of(
            &f, nn_conv(f.g, "c", f.x, &(nn_conv_spec){.out = 8, .groups = 5})),
        CS_E_RANGE);
    f = begin(dims);
    assert_int_equal(
        status_of(&f, nn_conv_transposed(
                          f.g, "c", f.x,
                          &(nn_conv_spec){.out = 8, .pad = {2, 2, 2}})),
        CS_E_RANGE);
    f = begin(dims);
    assert_int_equal(
        status_of(&f, nn_resize(f.g, TK_RESIZE_LINEAR, 4, 0, 4, f.x)),
        CS_E_RANGE);
    f = begin(dims);
    assert_int_equal(nn_graph_finish(f.g, NULL), CS_E_RANGE);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_shapes_follow_the_layers),
        cmocka_unit_test(images_have_flat_kernels),
        cmocka_unit_test(the_first_mistake_names_its_layer),
        cmocka_unit_test(what_does_not_fit_together_is_refused),
        cmocka_unit_test(bad_arguments_are_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
