#include "models.h"
#include "onnx/format.h"

static const float ramp[] = {1, 2, 3, 4, 5, 6};

static void transpose(ox_writer *w, const char *x, const char *y,
                      const int64_t *order, size_t n)
{
    open_node(w, "Transpose", x, y);
    ox_attr_ints(w, "perm", order, n);
    ox_end(w);
}

static const int64_t behind[] = {0, 2, 1};
static const int64_t turned[] = {0, 1, 3, 2};

static void channels_go_behind_and_come_back(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2, 3));
    transpose(&w, "x", "a", behind, 3);
    transpose(&w, "a", "y", behind, 3);
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 2, 3));
    GIVES(&n, ramp, 1, 2, 3, 4, 5, 6);
    start(&w, &TN_SHAPE(1, 2, 3));
    transpose(&w, "x", "a", behind, 3);
    node(&w, "Relu", "a", "y");
    refused(&w, CS_E_UNSUPPORTED, "ahead of layer normalisation");
    start(&w, &TN_SHAPE(1, 2, 3));
    transpose(&w, "x", "y", behind, 3);
    refused(&w, CS_E_UNSUPPORTED, "ahead of layer normalisation");
}

/* x, cast and looked up along an axis. */
static void put_lookup(ox_writer *w, int64_t axis)
{
    start(w, &TN_SHAPE(1, 1, 3));
    NUMBERS(w, "t.weight", TN_SHAPE(4, 2), 0, 1, 10, 11, 20, 21, 30, 31);
    INTS(w, "one", 1);
    open_node(w, "Cast", "x", "c");
    ox_attr_int(w, "to", OX_I64);
    ox_end(w);
    node(w, "Squeeze", "c one", "s");
    open_node(w, "Gather", "t.weight s", "g");
    ox_attr_int(w, "axis", axis);
    ox_end(w);
    transpose(w, "g", "y", behind, 3);
}

static void rows_are_looked_up(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    put_lookup(&w, 0);
    imports(&w, &n);
    has_shape(&n, TN_SHAPE(1, 2, 3));
    assert_non_null(nn_params_find(n.params, "t.weight"));
    GIVES(&n, ramp, 10, 20, 30, 11, 21, 31);
    put_lookup(&w, 1);
    refused(&w, CS_E_UNSUPPORTED, "'axis' is 1");
    start(&w, &TN_SHAPE(1, 3));
    NUMBERS(&w, "t", TN_SHAPE(4, 2), 1);
    node(&w, "Gather", "t x", "y");
    refused(&w, CS_E_UNSUPPORTED, "rows of [4, 2] by computed numbers");
    start(&w, &TN_SHAPE(1, 3));
    open_node(&w, "Cast", "x", "c");
    ox_attr_int(&w, "to", OX_I32);
    ox_end(&w);
    node(&w, "Relu", "c", "y");
    refused(&w, CS_E_UNSUPPORTED, "those of an embedding only");
}

/* More numbers than there can be, of a short file. */
static void an_embedding_may_not_grow_beyond_sense(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 1 << 19, 1 << 19));
    NUMBERS(&w, "t", TN_SHAPE(1, 8), 1);
    INTS(&w, "one", 1);
    open_node(&w, "Cast", "x", "c");
    ox_attr_int(&w, "to", OX_I64);
    ox_end(&w);
    node(&w, "Squeeze", "c one", "s");
    node(&w, "Gather", "t s", "y");
    refused(&w, CS_E_LIMIT, "numbers are too many");
}

/* Attention of [1, 2, 3] to itself, of two heads of one channel or one of two,
 * up to its weights "w". */
static void put_weights(ox_writer *w, int64_t heads, int64_t axis)
{
    start(w, &TN_SHAPE(1, 2, 3));
    INTS(w, "split", 1, heads, -1, 3);
    INTS(w, "shape", 1, 2, 3);
    ox_const_floats(w, "half", 0.5F, 0);
    node(w, "Reshape", "x split", "k");
    transpose(w, "k", "q", turned, 4);
    node(w, "MatMul", "q k", "p");
    node(w, "Mul", "p half", "s");
    open_node(w, "Softmax", "s", "w");
    ox_attr_int(w, "axis", axis);
    ox_end(w);
}

static void attention_is_put_together(void **state)
{
    (void)state;
    for (int64_t heads = 1; heads <= 2; heads++) {
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        ox_writer w;
        put_weights(&w, heads, -1);
        node(&w, "MatMul", "w q", "m");
        transpose(&w, "m", "b", turned, 4);
        node(&w, "Reshape", "b shape", "y");
        imports(&w, &n);
        has_shape(&n, TN_SHAPE(1, 2, 3));
        const nn_node *last = last_layer(&n, 2);
        assert_int_equal(last->op, NN_ATTENTION);
        assert_int_equal(last->attention.heads, heads);
        assert_true(last->attention.scale == 0.5F);
        assert_false(last->attention.causal);
    }
}

static void other_products_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    put_weights(&w, 1, -1);
    node(&w, "MatMul", "w k", "y"); /* values with their tokens last */
    refused(&w, CS_E_UNSUPPORTED, "a product of [1, 1, 3, 3] and [1, 1, 2, 3]");
    put_weights(&w, 1, 2);
    node(&w, "MatMul", "w q", "y");
    refused(&w, CS_E_UNSUPPORTED, "Softmax along axis 2");
    put_weights(&w, 1, -1);
    node(&w, "Relu", "w", "y");
    refused(&w, CS_E_UNSUPPORTED, "as a part of attention only");
    put_weights(&w, 1, -1);
    node(&w, "MatMul", "k k", "y");
    refused(&w, CS_E_UNSUPPORTED, "both computed");
}

/* A mask of `value` in [3, columns], its upper part from a diagonal on. */
static void put_mask(ox_writer *w, float value, int64_t columns,
                     int64_t diagonal, const char *last)
{
    put_weights(w, 1, -1);
    ox_const_floats(w, "never", value, 0);
    INTS(w, "extents", 3, columns);
    ox_const_ints(w, "diagonal", &diagonal, 1);
    node(w, "Expand", "never extents", "all");
    node(w, "Trilu", "all diagonal", "mask");
    node(w, last, "s mask", "y");
}

static void other_masks_are_refused(void **state)
{
    (void)state;
    ox_writer w;
    put_mask(&w, -INFINITY, 4, 1, "Add");
    refused(&w, CS_E_UNSUPPORTED, "a product of [1, 1, 3, 3] and [3, 4]");
    put_mask(&w, -INFINITY, 3, 0, "Add");
    refused(&w, CS_E_UNSUPPORTED, "as a mask of attention only");
    put_mask(&w, 1, 3, 1, "Add");
    refused(&w, CS_E_UNSUPPORTED, "as a mask of attention only");
    put_mask(&w, -INFINITY, 3, 1, "Mul");
    refused(&w, CS_E_UNSUPPORTED, "as a part of attention only");
    put_mask(&w, -INFINITY, 3, 1, "Add"); /* and no softmax */
    refused(&w, CS_E_UNSUPPORTED, "as a part of attention only");
    start(&w, &TN_SHAPE(1, 2));
    INTS(&w, "extents", 3, 3);
    ox_const_floats(&w, "never", -INFINITY, 0);
    node(&w, "Expand", "never extents", "all");
    node(&w, "Add", "x all", "y");
    refused(&w, CS_E_UNSUPPORTED, "as a mask of attention only");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_go_behind_and_come_back),
        cmocka_unit_test(rows_are_looked_up),
        cmocka_unit_test(an_embedding_may_not_grow_beyond_sense),
        cmocka_unit_test(attention_is_put_together),
        cmocka_unit_test(other_products_are_refused),
        cmocka_unit_test(other_masks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
