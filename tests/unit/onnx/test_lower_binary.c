#include "models.h"

static const float pair[] = {-1, 2};

/* x, with constants to choose from. */
static void begin(ox_writer *w)
{
    start(w, &TN_SHAPE(1, 2));
    ox_const_floats(w, "root", 1.41421356F, 0);
    ox_const_floats(w, "one", 1, 0);
    ox_const_floats(w, "half", 0.5F, 0);
    NUMBERS(w, "both", TN_SHAPE(1, 2), 3, 4);
    NUMBERS(w, "right", TN_SHAPE(2), 3, 4);
}

static void becomes(ox_writer *w, tk_activation_kind kind)
{
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    imports(w, &n);
    const nn_node *last = last_layer(&n, 2);
    assert_int_equal(last->op, NN_ACTIVATION);
    assert_int_equal(last->activation.kind, kind);
    assert_int_equal(nn_params_count(n.params), 0);
}

static void gelu_is_found_in_either_order(void **state)
{
    (void)state;
    ox_writer w;
    begin(&w);
    node(&w, "Div", "x root", "a");
    node(&w, "Erf", "a", "b");
    node(&w, "Add", "one b", "c");
    node(&w, "Mul", "c x", "d");
    node(&w, "Mul", "d half", "y");
    becomes(&w, TK_GELU);
    begin(&w);
    node(&w, "Div", "x root", "a");
    node(&w, "Erf", "a", "b");
    node(&w, "Add", "b one", "c");
    node(&w, "Mul", "half x", "d");
    node(&w, "Mul", "d c", "y");
    becomes(&w, TK_GELU);
}

static void silu_and_hard_swish_are_found(void **state)
{
    (void)state;
    ox_writer w;
    begin(&w);
    node(&w, "Sigmoid", "x", "a");
    node(&w, "Mul", "a x", "y");
    becomes(&w, TK_SILU);
    begin(&w);
    open_node(&w, "HardSigmoid", "x", "a");
    ox_attr_float(&w, "alpha", 0.16666667F);
    ox_end(&w);
    node(&w, "Mul", "x a", "y");
    becomes(&w, TK_HARD_SWISH);
}

/* The error function of something else is no GELU. */
static void a_wrong_scale_is_no_gelu(void **state)
{
    (void)state;
    ox_writer w;
    begin(&w);
    node(&w, "Div", "x half", "a");
    node(&w, "Erf", "a", "b");
    node(&w, "Add", "b one", "c");
    node(&w, "Mul", "c x", "y");
    refused(&w, CS_E_UNSUPPORTED, "Erf is supported as a part of GELU only");
}

static void constants_scale_and_shift_channels(void **state)
{
    (void)state;
    static const struct {
        const char *op, *inputs;
        float y[2];
    } cases[] = {
        {"Add", "x both", {2, 6}},     {"Sub", "x both", {-4, -2}},
        {"Mul", "right x", {-3, 8}},   {"Div", "x right", {-1.0F / 3, 0.5F}},
        {"Add", "one x", {0, 3}},      {"Sub", "x half", {-1.5F, 1.5F}},
        {"Mul", "x half", {-0.5F, 1}}, {"Div", "x half", {-2, 4}},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        ox_writer w;
        begin(&w);
        node(&w, cases[i].op, cases[i].inputs, "y");
        imports(&w, &n);
        gives(&n, pair, cases[i].y, 2);
    }
}

static void values_are_added_and_multiplied(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 1, 2));
    node(&w, "GlobalAveragePool", "x", "m");
    node(&w, "Mul", "x m", "a");
    node(&w, "Add", "a x", "y");
    imports(&w, &n);
    GIVES(&n, pair, -1.5F, 3);
}

/* [1, 1, 2, 2], its sums over rows and over columns. */
static void extents_of_one_are_repeated(void **state)
{
    (void)state;
    static const float square[] = {1, 2, 3, 4};
    static const struct {
        const char *op;
        float y[4];
    } cases[] = {{"Add", {7, 9, 11, 13}},
                 {"Sub", {-1, -3, 3, 1}},
                 {"Mul", {12, 18, 28, 42}}};
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        ox_writer w;
        start(&w, &TN_SHAPE(1, 1, 2, 2));
        INTS(&w, "down", 2);
        INTS(&w, "along", 3);
        node(&w, "ReduceSum", "x along", "rows");
        node(&w, "ReduceSum", "x down", "columns");
        node(&w, cases[i].op, "rows columns", "y");
        imports(&w, &n);
        has_shape(&n, TN_SHAPE(1, 1, 2, 2));
        gives(&n, square, cases[i].y, 4);
    }
}

/* Values whose shape is none of an image's, but the same. */
static void values_without_an_axis_are_joined(void **state)
{
    (void)state;
    static const float square[] = {1, 2, 3, 4};
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 1, 2));
    INTS(&w, "to", 2, 2, 1);
    node(&w, "Relu", "x", "a");
    node(&w, "Reshape", "a to", "b");
    node(&w, "Reshape", "x to", "c");
    node(&w, "Sub", "c b", "d");
    node(&w, "Add", "d b", "y");
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(2, 2, 1));
    GIVES(&n, square, 1, 2, 3, 4);
}

static void constants_are_learned_values(void **state)
{
    (void)state;
    static const struct {
        const char *op, *inputs;
        float y[4];
    } cases[] = {
        {"Add", "x row", {11, 22, 13, 24}},
        {"Sub", "x row", {-9, -18, -7, -16}},
        {"Mul", "row x", {10, 40, 30, 80}},
        {"Sub", "row x", {9, 18, 7, 16}},
        {"Sub", "one x", {0, -1, -2, -3}},
        {"Add", "grid x", {6, 8, 10, 12}},
        {"Add", "twice row", {12, 24, 16, 28}},
    };
    static const float square[] = {1, 2, 3, 4};
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        ox_writer w;
        start(&w, &TN_SHAPE(1, 1, 2, 2));
        NUMBERS(&w, "row", TN_SHAPE(2), 10, 20);
        NUMBERS(&w, "grid", TN_SHAPE(1, 1, 2, 2), 5, 6, 7, 8);
        ox_const_floats(&w, "one", 1, 0);
        ox_const_floats(&w, "two", 2, 0);
        node(&w, "Mul", "x two", "twice");
        node(&w, cases[i].op, cases[i].inputs, "y");
        imports(&w, &n);
        has_shape(&n, TN_SHAPE(1, 1, 2, 2));
        gives(&n, square, cases[i].y, 4);
    }
}

static void what_does_not_suit_is_refused(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 1, 2));
    NUMBERS(&w, "c", TN_SHAPE(3), 1);
    node(&w, "Add", "x c", "y");
    refused(&w, CS_E_UNSUPPORTED, "a constant [3] beside [1, 1, 1, 2]");
    start(&w, &TN_SHAPE(1, 1, 1, 2));
    NUMBERS(&w, "c", TN_SHAPE(3), 1);
    node(&w, "Sub", "c x", "y");
    refused(&w, CS_E_UNSUPPORTED, "[3] and [1, 1, 1, 2]");
    start(&w, &TN_SHAPE(1, 1, 1, 2));
    node(&w, "Flatten", "x", "f");
    node(&w, "Add", "x f", "y");
    refused(&w, CS_E_UNSUPPORTED, "are not supported together");
    begin(&w);
    node(&w, "Mul", "one half", "y");
    refused(&w, CS_E_UNSUPPORTED, "arithmetic of constants");
    begin(&w);
    node(&w, "Div", "one x", "y");
    refused(&w, CS_E_UNSUPPORTED, "is computed");
    start(&w, &TN_SHAPE(1, 2));
    ox_const_floats(&w, "zero", 0, 0);
    node(&w, "Div", "x zero", "y");
    refused(&w, CS_E_FORMAT, "NaN or infinity");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gelu_is_found_in_either_order),
        cmocka_unit_test(silu_and_hard_swish_are_found),
        cmocka_unit_test(a_wrong_scale_is_no_gelu),
        cmocka_unit_test(constants_scale_and_shift_channels),
        cmocka_unit_test(values_are_added_and_multiplied),
        cmocka_unit_test(extents_of_one_are_repeated),
        cmocka_unit_test(values_without_an_axis_are_joined),
        cmocka_unit_test(constants_are_learned_values),
        cmocka_unit_test(what_does_not_suit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
