#include "onnx/count.h"

#include "models.h"
#include "onnx/format.h"

static bool is_relu(const ox_node *n)
{
    return cs_str_is(n->op, "Relu");
}

static void operators_are_counted_in_order(void **state)
{
    (void)state;
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Relu", "x", "a");
    node(&w, "Tanh", "a", "b");
    open_node(&w, "Relu", "b", "c");
    ox_put_text(&w.node, OX_NODE_DOMAIN, "com.other");
    ox_end(&w);
    node(&w, "Relu", "c", "y");
    assert_int_equal(finish(&w, &m, NULL), 0);
    CS_SCOPED(ox_counts) all = OX_COUNTS_INIT;
    CS_SCOPED(ox_counts) some = OX_COUNTS_INIT;
    assert_int_equal(ox_count_operators(&m, NULL, &all, NULL), 0);
    assert_int_equal(ox_count_operators(&m, is_relu, &some, NULL), 0);
    assert_int_equal(all.names.len, 3);
    const cs_map_entry *e = cs_map_next(&all.names, NULL);
    assert_true(cs_str_is(e->key, "Relu") && ox_count_of(&all, e) == 2);
    assert_int_equal(
        ox_count_of(&all, cs_map_find(&all.names, CS_STR("com.other.Relu"))),
        1);
    assert_int_equal(some.names.len, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_are_counted_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
