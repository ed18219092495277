#include "nn/graph_case.h"

static const tk_dims dims = {2, 12, 4, 5, 6};

static void extents_follow_the_layers(void **state)
{
    (void)state;
    fixture f = begin(dims);
    expect_dims(&f, nn_global_mean(f.g, f.x), (tk_dims){2, 12, 1, 1, 1});
    expect_dims(&f, nn_max_pool(f.g, 2, 2, 0, f.x), (tk_dims){2, 12, 2, 2, 3});
    expect_dims(&f, nn_adaptive_pool(f.g, TK_POOL_MEAN, 3, 2, 9, f.x),
                (tk_dims){2, 12, 3, 2, 9});
    expect_dims(&f, nn_concat(f.g, f.x, f.x), (tk_dims){2, 24, 4, 5, 6});
    expect_dims(&f, nn_resize(f.g, TK_RESIZE_LINEAR, 7, 8, 9, f.x),
                (tk_dims){2, 12, 7, 8, 9});
    expect_dims(&f, nn_reduce(f.g, TK_REDUCE_MEAN, NN_AXIS_C, f.x),
                (tk_dims){2, 1, 4, 5, 6});
    expect_dims(
        &f,
        nn_reduce(f.g, TK_REDUCE_MAX, NN_AXIS_N | NN_AXIS_D | NN_AXIS_W, f.x),
        (tk_dims){1, 12, 1, 5, 1});
    expect_dims(&f, nn_reduce(f.g, TK_REDUCE_SUM, NN_AXES, f.x),
                (tk_dims){1, 1, 1, 1, 1});
    end(&f);
}

static void a_count_of_zero_reaches_the_end(void **state)
{
    (void)state;
    fixture f = begin(dims);
    expect_dims(&f, nn_slice(f.g, &(nn_box){0}, f.x), dims);
    const nn_box box = {.first = {1, 3, 0, 4, 2}, .count = {0, 8, 4, 0, 3}};
    expect_dims(&f, nn_slice(f.g, &box, f.x), (tk_dims){1, 8, 4, 1, 3});
    end(&f);
}

static void boxes_outside_are_refused(void **state)
{
    (void)state;
    static const nn_box outside[] = {
        {.first = {2, 0, 0, 0, 0}},
        {.count = {0, 13, 0, 0, 0}},
        {.first = {0, 0, 3, 0, 0}, .count = {0, 0, 2, 0, 0}},
        {.first = {0, 0, 0, 1, 0}, .count = {0, 0, 0, SIZE_MAX, 0}},
        {.first = {0, 0, 0, 0, SIZE_MAX}},
    };
    for (size_t i = 0; i < CS_COUNTOF(outside); i++) {
        fixture f = begin(dims);
        nn_output(f.g, nn_slice(f.g, &outside[i], f.x));
        assert_int_equal(nn_graph_finish(f.g, NULL), CS_E_RANGE);
        end(&f);
    }
    fixture f = begin(dims);
    nn_enter(f.g, "head");
    expect_mistake(&f, nn_slice(f.g, &outside[2], f.x), CS_E_RANGE,
                   "head.slice [2, 12, 4, 5, 6]: a box of [0, 0, 2, 0, 0] at "
                   "[0, 0, 3, 0, 0] does not lie inside");
}

static void mistakes_name_layer_and_shape(void **state)
{
    (void)state;
    fixture f = begin(dims);
    nn_enter(f.g, "enc2");
    expect_mistake(&f, nn_max_pool(f.g, 7, 7, 0, f.x), CS_E_RANGE,
                   "enc2.pool [2, 12, 4, 5, 6]: a pooling window of 7 does not "
                   "fit in 4 voxels");
    f = begin(dims);
    expect_mistake(&f, nn_adaptive_pool(f.g, TK_POOL_MAX, 4, 0, 4, f.x),
                   CS_E_RANGE,
                   "pool [2, 12, 4, 5, 6]: 4 x 0 x 4 voxels are none");
    f = begin(dims);
    expect_mistake(&f, nn_resize(f.g, TK_RESIZE_LINEAR, 4, 0, 4, f.x),
                   CS_E_RANGE,
                   "resize [2, 12, 4, 5, 6]: 4 x 0 x 4 voxels are none");
    f = begin(dims);
    expect_mistake(&f, nn_reduce(f.g, TK_REDUCE_SUM, 0, f.x), CS_E_RANGE,
                   "reduce [2, 12, 4, 5, 6]: the axes 0x0 are none of n, c, d, "
                   "h, w");
    f = begin(dims);
    expect_mistake(&f, nn_reduce(f.g, TK_REDUCE_SUM, 33, f.x), CS_E_RANGE,
                   "reduce [2, 12, 4, 5, 6]: the axes 0x21 are none of n, c, "
                   "d, h, w");
    f = begin(dims);
    nn_value y = nn_max_pool(f.g, 2, 2, 0, f.x);
    expect_mistake(&f, nn_concat(f.g, f.x, y), CS_E_RANGE,
                   "concat [2, 12, 4, 5, 6]: [2, 12, 4, 5, 6] and [2, 12, 2, "
                   "2, 3] cannot be joined");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extents_follow_the_layers),
        cmocka_unit_test(a_count_of_zero_reaches_the_end),
        cmocka_unit_test(boxes_outside_are_refused),
        cmocka_unit_test(mistakes_name_layer_and_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
