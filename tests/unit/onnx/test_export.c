#include "onnx/export.h"

#include <unistd.h>

#include "graphs.h"
#include "support/tmp.h"

static nn_value one(nn_graph *g, nn_value x)
{
    return nn_conv(g, "a", x, &(nn_conv_spec){.out = 2});
}

static void the_same_graph_gives_the_same_bytes(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 1, 2, 2};
    CS_SCOPED(made) m = make(3, dims, one);
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    wt_sink to = wt_sink_memory(&a);
    assert_int_equal(ox_export(m.graph, "net", &to, NULL), 0);
    to = wt_sink_memory(&b);
    assert_int_equal(ox_export(m.graph, "net", &to, NULL), 0);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
}

/* Twice the same value, a value on the way, and the input itself. */
static nn_value several(nn_graph *g, nn_value x)
{
    nn_value y = nn_dropout(g, 0.5, false, nn_relu(g, x));
    nn_value z = nn_relu(g, y);
    nn_output(g, z);
    nn_output(g, y);
    nn_output(g, x);
    return z;
}

static void outputs_may_be_the_same_value(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 1, 2, 2};
    CS_SCOPED(made) m = make(3, dims, several);
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    export_of(m.graph, &model);
    assert_int_equal(model.outputs.len, 4);
    assert_int_equal(operators(&model, "Identity"), 3);
    assert_true(cs_str_is(model.inputs.items[0].name, "image"));
    assert_int_equal(ox_import(&model, "m", NULL, &n, NULL), 0);
    assert_int_equal(n.outputs.len, 4);
    assert_string_equal(n.outputs.items[3].name, "output3");
    assert_int_equal(nn_graph_output(n.graph, 0), nn_graph_output(n.graph, 3));
    assert_int_equal(nn_graph_output(n.graph, 2), 0);
}

static nn_value shared(nn_graph *g, nn_value x)
{
    return one(g, one(g, x));
}

static void a_shared_layer_is_written_once(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 1, 2, 2};
    CS_SCOPED(made) m = make(3, dims, shared);
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    comes_back(&m, dims, &model);
    assert_int_equal(wt_dict_count(&model.weights), 2);
    assert_true(cs_str_is(model.nodes.items[0].name, "a"));
    assert_true(cs_str_is(model.nodes.items[1].name, "a_2"));
}

static nn_value flat(nn_graph *g, nn_value x)
{
    nn_value y = nn_linear(g, "fc", nn_global_mean(g, x), 2);
    return nn_add(g, nn_relu(g, y), nn_global_mean(g, x));
}

static void flatness_ends_where_an_image_joins(void **state)
{
    (void)state;
    const tk_dims dims = {1, 2, 1, 2, 2};
    CS_SCOPED(made) m = make(3, dims, flat);
    bool *values = NULL;
    assert_int_equal(ox_flat_values(m.graph, &values, NULL), 0);
    size_t n = nn_graph_nodes(m.graph);
    assert_int_equal(n, 6);
    assert_false(values[0] || values[1]);
    assert_true(values[2]); /* the linear layer, then its activation */
    assert_true(values[4] != values[3]);
    assert_false(values[5]);
    cs_free(values);
}

static void a_file_is_replaced_whole(void **state)
{
    const tk_dims dims = {1, 2, 1, 2, 2};
    CS_SCOPED(made) m = make(3, dims, one);
    CS_SCOPED(ox_model) model = OX_MODEL_INIT;
    const char *path = tmp_write(*state, "a.onnx", "before");
    assert_int_equal(ox_export_file(m.graph, "net", path, NULL), 0);
    assert_int_equal(ox_model_read(path, &model, NULL), 0);
    assert_int_equal(
        ox_export_file(m.graph, "net", tmp_path(*state, "no/a.onnx"), NULL),
        CS_E_NOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_graph_gives_the_same_bytes),
        cmocka_unit_test(outputs_may_be_the_same_value),
        cmocka_unit_test(a_shared_layer_is_written_once),
        cmocka_unit_test(flatness_ends_where_an_image_joins),
        cmocka_unit_test(a_file_is_replaced_whole),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
