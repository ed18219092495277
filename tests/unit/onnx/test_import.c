#include "onnx/import.h"

#include "models.h"
#include "onnx/format.h"

static void unsupported_operators_are_all_told(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    node(&w, "Einsum", "x", "a");
    node(&w, "Relu", "a", "b");
    open_node(&w, "Relu", "b", "c");
    ox_put_text(&w.node, OX_NODE_DOMAIN, "com.other");
    ox_end(&w);
    node(&w, "Einsum", "c", "y");
    refused(&w, CS_E_UNSUPPORTED,
            "operators that are not supported: Einsum (2), com.other.Relu (1)");
}

/* A subgraph is refused even under a known name. */
static void subgraphs_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    open_node(&w, "Relu", "x", "y");
    ox_put_text(&a, OX_ATTRIBUTE_NAME, "body");
    ox_put_text(&a, OX_ATTRIBUTE_GRAPH, "");
    ox_put_bytes(&w.node, OX_NODE_ATTRIBUTE, cs_strbuf_str(&a));
    ox_end(&w);
    refused(&w, CS_E_UNSUPPORTED, "Relu (1)");
}

static ox_port port_of(int64_t first, int64_t second)
{
    return (ox_port){.name = CS_STR("x"),
                     .has_shape = true,
                     .rank = 2,
                     .dim = {first, second}};
}

static void open_shapes_are_given(void **state)
{
    (void)state;
    const ox_port p = port_of(-1, 3);
    tn_shape s;
    cs_errinfo info = {0};
    assert_int_equal(ox_input_shape(&p, NULL, &s, &info), CS_E_USAGE);
    assert_non_null(strstr(info.message, "'x' is not fixed"));
    assert_int_equal(ox_input_shape(&p, &TN_SHAPE(5, 3), &s, NULL), 0);
    assert_int_equal(s.dim[0], 5);
    assert_int_equal(ox_input_shape(&p, &TN_SHAPE(5, 4), &s, &info),
                     CS_E_RANGE);
    assert_non_null(strstr(info.message, "3 along axis 1"));
    assert_int_equal(ox_input_shape(&p, &TN_SHAPE(5), &s, NULL), CS_E_RANGE);
    const ox_port fixed = port_of(2, 3);
    assert_int_equal(ox_input_shape(&fixed, NULL, &s, NULL), 0);
    assert_true(tn_shape_equal(&s, &TN_SHAPE(2, 3)));
}

static void several_inputs_and_outputs_keep_their_order(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    ox_input_port(&w, "z", &TN_SHAPE(1, 2, 1, 1));
    node(&w, "Relu", "z", "a");
    ox_output_port(&w, "a", &TN_SHAPE(1));
    node(&w, "Tanh", "x", "y");
    imports(&w, &n);
    assert_int_equal(n.inputs.len, 2);
    assert_string_equal(n.inputs.items[1].name, "z");
    assert_string_equal(n.outputs.items[0].name, "a");
    assert_true(
        tn_shape_equal(&n.outputs.items[0].shape, &TN_SHAPE(1, 2, 1, 1)));
    assert_true(tn_shape_equal(&n.outputs.items[1].shape, &TN_SHAPE(1, 2)));
}

static void inputs_that_are_no_images_are_refused(void **state)
{
    (void)state;
    const tn_shape shapes[] = {TN_SHAPE(2), TN_SHAPE(1, 0),
                               TN_SHAPE(1, 1, 1, 1, 1, 1)};
    for (size_t i = 0; i < CS_COUNTOF(shapes); i++) {
        ox_writer w;
        start(&w, &shapes[i]);
        node(&w, "Relu", "x", "y");
        refused(&w, CS_E_UNSUPPORTED, "the input 'x' is [");
    }
}

static void versions_beyond_what_was_looked_at_are_refused(void **state)
{
    (void)state;
    static const int64_t versions[] = {0, 6, 22};
    for (size_t i = 0; i < CS_COUNTOF(versions); i++) {
        CS_SCOPED(ox_model) m = OX_MODEL_INIT;
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        cs_errinfo info = {0};
        ox_writer w;
        start(&w, &TN_SHAPE(1, 2));
        node(&w, "Relu", "x", "y");
        assert_int_equal(finish(&w, &m, NULL), 0);
        m.opset = versions[i];
        assert_int_equal(ox_import(&m, "m", NULL, &n, &info), CS_E_UNSUPPORTED);
        assert_non_null(strstr(info.message, "supported are 7 to 21"));
    }
}

/* Every allocation refused in turn: no crash, no leak, and in the end success.
 */
static size_t allowed, seen;

static bool gate(const cs_alloc_site *site)
{
    (void)site;
    return seen++ < allowed;
}

static int import_gated(const ox_model *m)
{
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    cs_errinfo info = {0};
    seen = 0;
    cs_alloc_set_gate(gate);
    int r = ox_import(m, "m", NULL, &n, &info);
    cs_alloc_set_gate(NULL);
    assert_true(r == 0 || (info.code == CS_E_NOMEM && !n.graph));
    return r;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 2, 2));
    NUMBERS(&w, "c.weight", TN_SHAPE(1, 1, 2, 1), 1, 2);
    ox_const_floats(&w, "k", 2, 0);
    open_node(&w, "Conv", "x c.weight", "a");
    ATTR_INTS(&w, "pads", 0, 0, 1, 0);
    ox_end(&w);
    node(&w, "Mul", "a k", "b");
    node(&w, "Add", "b x", "y");
    assert_int_equal(finish(&w, &m, NULL), 0);
    for (allowed = 0; import_gated(&m) != 0; allowed++)
        assert_true(allowed < 1000);
    assert_true(allowed > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsupported_operators_are_all_told),
        cmocka_unit_test(subgraphs_are_refused),
        cmocka_unit_test(open_shapes_are_given),
        cmocka_unit_test(several_inputs_and_outputs_keep_their_order),
        cmocka_unit_test(inputs_that_are_no_images_are_refused),
        cmocka_unit_test(versions_beyond_what_was_looked_at_are_refused),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
