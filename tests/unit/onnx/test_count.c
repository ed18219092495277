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
    cs_map all = CS_MAP_INIT;
    cs_map some = CS_MAP_INIT;
    assert_int_equal(ox_count_operators(&m, NULL, &all, NULL), 0);
    assert_int_equal(ox_count_operators(&m, is_relu, &some, NULL), 0);
    assert_int_equal(all.len, 3);
    const cs_map_entry *e = cs_map_next(&all, NULL);
    assert_true(cs_str_is(e->key, "Relu") && ox_count_of(e) == 2);
    assert_int_equal(ox_count_of(cs_map_find(&all, CS_STR("com.other.Relu"))),
                     1);
    assert_int_equal(some.len, 2);
    cs_map_done(&all);
    cs_map_done(&some);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_are_counted_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
