#include "models.h"

static const float ramp[] = {1, 2, 3, 4, 5, 6, 7, 8};

/* A reduction of [1, 2, 2, 2] over an axis, or over all. */
static void reduces(const char *op, int64_t axis, bool keep, tn_shape shape,
                    const float *wanted, size_t count)
{
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 2, 2));
    open_node(&w, op, "x", "y");
    if (axis != INT64_MAX)
        ox_attr_ints(&w, "axes", &axis, 1);
    ox_attr_int(&w, "keepdims", keep);
    ox_end(&w);
    imports(&w, &n);
    has_shape(&n, shape);
    gives(&n, ramp, wanted, count);
}

static void any_axis_is_reduced(void **state)
{
    (void)state;
    static const float sums[] = {6, 8, 10, 12};
    static const float means[] = {2, 3, 6, 7};
    static const float largest[] = {2, 4, 6, 8};
    static const float all[] = {36};
    reduces("ReduceSum", 1, true, TN_SHAPE(1, 1, 2, 2), sums, 4);
    reduces("ReduceSum", -3, false, TN_SHAPE(1, 2, 2), sums, 4);
    reduces("ReduceMean", 2, false, TN_SHAPE(1, 2, 2), means, 4);
    reduces("ReduceMax", -1, true, TN_SHAPE(1, 2, 2, 1), largest, 4);
    reduces("ReduceSum", INT64_MAX, false, (tn_shape){.rank = 0}, all, 1);
    reduces("ReduceMax", 0, false, TN_SHAPE(2, 2, 2), ramp, 8);
}

static void axes_may_be_an_input(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 4));
    INTS(&w, "axes", 1, 2);
    node(&w, "ReduceSum", "x axes", "y");
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 1, 1));
    GIVES(&n, ramp, 36);
}

static void no_axes_may_not_mean_nothing(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 4));
    open_node(&w, "ReduceSum", "x", "y");
    ox_attr_int(&w, "noop_with_empty_axes", 1);
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "'noop_with_empty_axes' is 1");
}

static void boxes_are_cut_out(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) all = OX_NETWORK_INIT;
    CS_SCOPED(ox_network) some = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 4));
    INTS(&w, "starts", 0, 1, 1);
    INTS(&w, "ends", 1, 2, -1);
    node(&w, "Slice", "x starts ends", "y");
    imports(&w, &all);
    has_shape(&all, TN_SHAPE(1, 1, 2));
    GIVES(&all, ramp, 6, 7);
    start(&w, &TN_SHAPE(1, 2, 4));
    INTS(&w, "starts", -2, -9);
    INTS(&w, "ends", INT64_MAX, 1);
    INTS(&w, "axes", -1, 1);
    INTS(&w, "steps", 1, 1);
    node(&w, "Slice", "x starts ends axes steps", "y");
    imports(&w, &some);
    has_shape(&some, TN_SHAPE(1, 1, 2));
    GIVES(&some, ramp, 3, 4);
}

/* A slice of [1, 2, 4] by these inputs. */
static void no_box(const int64_t lists[4][2], int code, const char *says)
{
    static const char *const names[] = {"starts", "ends", "axes", "steps"};
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 4));
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        ox_const_ints(&w, names[i], lists[i], 2);
    node(&w, "Slice", "x starts ends axes steps", "y");
    refused(&w, code, says);
}

static void what_is_no_box_is_refused(void **state)
{
    (void)state;
    static const int64_t steps[4][2] = {{0, 0}, {2, 4}, {1, 2}, {1, 2}};
    static const int64_t empty[4][2] = {{0, 3}, {2, 3}, {1, 2}, {1, 1}};
    static const int64_t twice[4][2] = {{0, 0}, {2, 4}, {2, -1}, {1, 1}};
    static const int64_t beyond[4][2] = {{0, 0}, {2, 4}, {1, 3}, {1, 1}};
    no_box(steps, CS_E_UNSUPPORTED, "in steps of 2");
    no_box(empty, CS_E_UNSUPPORTED, "from 3 to 3 of 4 entries is empty");
    no_box(twice, CS_E_FORMAT, "do not suit each other");
    no_box(beyond, CS_E_FORMAT, "there is no axis 3");
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 4));
    INTS(&w, "starts", 0, 1);
    INTS(&w, "ends", 2);
    node(&w, "Slice", "x starts ends", "y");
    refused(&w, CS_E_FORMAT, "do not suit each other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_axis_is_reduced),
        cmocka_unit_test(axes_may_be_an_input),
        cmocka_unit_test(no_axes_may_not_mean_nothing),
        cmocka_unit_test(boxes_are_cut_out),
        cmocka_unit_test(what_is_no_box_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
