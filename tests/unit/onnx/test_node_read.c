#include "onnx/node_read.h"

#include "onnx/format.h"
#include "onnx/pb_write.h"
#include "support/test.h"

static void put_attribute(cs_strbuf *node, const cs_strbuf *a)
{
    ox_put_bytes(node, OX_NODE_ATTRIBUTE, cs_strbuf_str(a));
}

static void a_node_has_its_names_and_attributes(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    CS_SCOPED(cs_arena) arena = CS_ARENA_INIT;
    ox_node n;
    ox_put_text(&b, OX_NODE_INPUT, "x");
    ox_put_text(&b, OX_NODE_INPUT, "");
    ox_put_text(&b, OX_NODE_OUTPUT, "y");
    ox_put_text(&b, OX_NODE_OP, "Conv");
    ox_put_text(&b, OX_NODE_NAME, "first");
    ox_put_text(&a, OX_ATTRIBUTE_NAME, "pads");
    ox_put_int(&a, OX_ATTRIBUTE_INTS, -3);
    ox_put_bytes(&a, OX_ATTRIBUTE_INTS, CS_STR("\x01\x02")); /* packed */
    put_attribute(&b, &a);
    cs_strbuf_clear(&a);
    ox_put_text(&a, OX_ATTRIBUTE_NAME, "alpha");
    ox_put_float(&a, OX_ATTRIBUTE_FLOAT, 0.5F);
    ox_put_float(&a, OX_ATTRIBUTE_FLOATS, 1.5F);
    ox_put_float(&a, OX_ATTRIBUTE_FLOATS, 2.5F);
    put_attribute(&b, &a);
    assert_int_equal(ox_node_parse(cs_strbuf_str(&b), &arena, &n, NULL), 0);
    assert_true(cs_str_is(n.op, "Conv") && cs_str_is(n.name, "first"));
    assert_true(n.n_inputs == 2 && n.inputs[1].len == 0 && n.n_outputs == 1);
    const ox_attribute *pads = ox_find_attribute(&n, "pads");
    assert_int_equal(pads->n_ints, 3);
    assert_true(pads->ints[0] == -3 && pads->ints[2] == 2);
    const ox_attribute *alpha = ox_find_attribute(&n, "alpha");
    assert_true(alpha->has_float && alpha->number == 0.5F);
    assert_true(alpha->n_floats == 2 && alpha->floats[1] == 2.5F);
    assert_null(ox_find_attribute(&n, "beta"));
    assert_false(n.has_graph);
}

/* However deep it claims to go, it is not followed. */
static void a_subgraph_is_noticed_not_read(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    CS_SCOPED(cs_arena) arena = CS_ARENA_INIT;
    ox_node n;
    ox_put_text(&a, OX_ATTRIBUTE_GRAPH, "\x0a\xff no message");
    put_attribute(&b, &a);
    assert_int_equal(ox_node_parse(cs_strbuf_str(&b), &arena, &n, NULL), 0);
    assert_true(n.has_graph);
}

static void damage_is_refused(void **state)
{
    (void)state;
    CS_SCOPED(cs_arena) arena = CS_ARENA_INIT;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    ox_node n;
    ox_put_int(&b, OX_NODE_INPUT, 5); /* a number instead of a name */
    assert_int_equal(ox_node_parse(cs_strbuf_str(&b), &arena, &n, NULL),
                     CS_E_FORMAT);
    cs_strbuf_clear(&b);
    ox_put_text(&b, OX_NODE_ATTRIBUTE, "\xff");
    assert_int_equal(ox_node_parse(cs_strbuf_str(&b), &arena, &n, NULL),
                     CS_E_FORMAT);
}

/* Puts a dimension, a number or a name, into a shape. */
static void put_dim(cs_strbuf *shape, int64_t value, const char *name)
{
    CS_SCOPED(cs_strbuf) dim = CS_STRBUF_INIT;
    if (name)
        ox_put_text(&dim, OX_DIM_NAME, name);
    else
        ox_put_int(&dim, OX_DIM_VALUE, value);
    ox_put_bytes(shape, OX_SHAPE_DIM, cs_strbuf_str(&dim));
}

static int parse_port(const cs_strbuf *shape, ox_port *ret)
{
    CS_SCOPED(cs_strbuf) tensor = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) type = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) port = CS_STRBUF_INIT;
    ox_put_int(&tensor, OX_TENSOR_TYPE_DTYPE, OX_F32);
    ox_put_bytes(&tensor, OX_TENSOR_TYPE_SHAPE, cs_strbuf_str(shape));
    ox_put_bytes(&type, OX_TYPE_OF_TENSOR, cs_strbuf_str(&tensor));
    ox_put_text(&port, OX_PORT_NAME, "x");
    ox_put_bytes(&port, OX_PORT_TYPE, cs_strbuf_str(&type));
    return ox_port_parse(cs_strbuf_str(&port), ret, NULL);
}

static void open_dimensions_have_a_name_or_none(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) shape = CS_STRBUF_INIT;
    ox_port p;
    put_dim(&shape, 0, "batch");
    put_dim(&shape, 3, NULL);
    put_dim(&shape, -1, NULL);
    assert_int_equal(parse_port(&shape, &p), 0);
    assert_true(p.has_shape && p.rank == 3 && p.dtype == OX_F32);
    assert_true(p.dim[0] == -1 && p.dim[1] == 3 && p.dim[2] == -1);
    assert_int_equal(p.dim_name[0].len, 5);
    for (int i = 0; i < 4; i++)
        put_dim(&shape, 1, NULL);
    assert_int_equal(parse_port(&shape, &p), CS_E_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_has_its_names_and_attributes),
        cmocka_unit_test(a_subgraph_is_noticed_not_read),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(open_dimensions_have_a_name_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
