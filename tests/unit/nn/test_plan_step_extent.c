/* Reductions, and boxes of a value. */
#include "nn/net_gradients.h"

static const tk_dims dims = {3, 11, 2, 4, 5};

static nn_value reduced(nn_graph *g, nn_value x, tk_reduction kind)
{
    nn_value sum = x;
    static const unsigned axes[] = {NN_AXIS_C, NN_AXIS_N | NN_AXIS_H,
                                    NN_AXIS_D | NN_AXIS_H | NN_AXIS_W, NN_AXES};
    for (size_t i = 0; i < CS_COUNTOF(axes); i++)
        sum = nn_add(g, sum, nn_reduce(g, kind, axes[i], x));
    return sum;
}

static nn_value summed(nn_graph *g, nn_value x)
{
    return reduced(g, x, TK_REDUCE_SUM);
}

static nn_value averaged(nn_graph *g, nn_value x)
{
    return reduced(g, x, TK_REDUCE_MEAN);
}

static nn_value largest(nn_graph *g, nn_value x)
{
    return reduced(g, x, TK_REDUCE_MAX);
}

static void reductions_share_their_gradient_out(void **state)
{
    (void)state;
    net_check_gradients(dims, 3, summed);
    net_check_gradients(dims, 3, averaged);
    net_check_gradients_of_kinks(dims, 3, largest);
}

static nn_value one_maximum(nn_graph *g, nn_value x)
{
    return nn_reduce(g, TK_REDUCE_MAX, NN_AXIS_C | NN_AXIS_W, x);
}

static void a_maximum_is_one_of_its_values(void **state)
{
    (void)state;
    net t = net_new(dims, 3, one_maximum);
    nn_plan *p = net_plan(
        &t, (nn_plan_options){.training = true, .input_gradients = true});
    net_forward(&t, p);
    net_backward(&t, p);
    size_t given = 0;
    for (size_t i = 0; i < t.n_in; i++) {
        size_t rows = dims.d * dims.h;
        size_t y = i / dims.w % rows + i / (dims.w * rows * dims.c) * rows;
        assert_true(t.x[i] <= t.y[y]);
        assert_true(t.dx[i] == (t.x[i] == t.y[y] ? t.dy[y] : 0));
        given += t.x[i] == t.y[y];
    }
    assert_int_equal(given, t.n_out);
    nn_plan_free(p);
    net_free(&t);
}

/* Overlapping boxes, one of parts of blocks, and a value that others read. */
static nn_value boxes(nn_graph *g, nn_value x)
{
    const nn_box a = {.first = {1, 3, 0, 1, 0}, .count = {2, 6, 2, 2, 4}};
    const nn_box b = {.first = {0, 5, 0, 2, 1}, .count = {2, 6, 2, 2, 4}};
    const nn_box c = {.first = {0, 0, 1, 0, 2}, .count = {1, 6, 1, 2, 1}};
    nn_value y = nn_add(g, nn_slice(g, &a, x), nn_slice(g, &b, x));
    return nn_add(g, y,
                  nn_multiply(g, nn_slice(g, &c, x),
                              nn_reduce(g, TK_REDUCE_MEAN, NN_AXES, x)));
}

static nn_value one_box(nn_graph *g, nn_value x)
{
    const nn_box box = {.first = {1, 3, 0, 1, 0}, .count = {2, 6, 2, 2, 4}};
    return nn_slice(g, &box, x);
}

/* Where nobody else writes, what is outside the box gets zeros. */
static void boxes_pass_their_gradient_back(void **state)
{
    (void)state;
    net_check_gradients(dims, 3, boxes);
    net_check_gradients(dims, 3, one_box);
}

static void threads_make_no_difference(void **state)
{
    (void)state;
    const tk_dims many = {3, 11, 5, 17, 19};
    net_check_threads(many, 3, summed);
    net_check_threads(many, 3, averaged);
    net_check_threads(many, 3, largest);
    net_check_threads(many, 3, boxes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reductions_share_their_gradient_out),
        cmocka_unit_test(a_maximum_is_one_of_its_values),
        cmocka_unit_test(boxes_pass_their_gradient_back),
        cmocka_unit_test(threads_make_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
