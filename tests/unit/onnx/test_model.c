#include "onnx/model.h"

#include "models.h"
#include "onnx/format.h"
#include "support/tmp.h"

/* Of one node with one weight, and a count of batches. */
static void put_small(cs_strbuf *bytes)
{
    ox_writer w;
    wt_sink to = wt_sink_memory(bytes);
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "a.weight", TN_SHAPE(2, 2), 1, 2, 3, 4);
    node(&w, "MatMul", "x a.weight", "y");
    ox_output_port(&w, "y", &TN_SHAPE(1, 2));
    ox_note(&w, "a.num_batches_tracked", "7");
    ox_note(&w, "author", "nobody");
    assert_int_equal(ox_writer_put(&w, "small", &to, NULL), 0);
    ox_writer_done(&w);
}

static void a_model_is_read(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    put_small(&b);
    assert_int_equal(parse_bytes(&b, &m, NULL), 0);
    assert_true(m.ir_version == 8 && m.opset == 17);
    assert_true(cs_str_is(m.producer, "consilium"));
    assert_true(cs_str_is(m.graph_name, "small"));
    assert_int_equal(m.nodes.len, 1);
    assert_int_equal(m.inputs.len, 1);
    assert_true(m.inputs.items[0].dim[1] == 2);
    const tn_tensor *t = wt_dict_find(&m.weights, CS_STR("a.weight"));
    assert_true(tn_f32(t)[3] == 4);
}

static void counts_of_batches_are_weights_again(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    put_small(&b);
    assert_int_equal(parse_bytes(&b, &m, NULL), 0);
    assert_int_equal(ox_weights(&m, &d, NULL), 0);
    ox_model_done(&m); /* the tensors outlive it */
    assert_int_equal(wt_dict_count(&d), 2);
    const tn_tensor *t = wt_dict_find(&d, CS_STR("a.num_batches_tracked"));
    assert_true(t->dtype == TN_I64 && t->shape.rank == 0);
    assert_true(*(const int64_t *)tn_data(t) == 7);
    assert_int_equal(wt_dict_note_count(&d), 1);
}

/* A file cut anywhere is refused, or is a smaller model; never a crash. */
static void a_file_cut_anywhere_is_no_model(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    size_t refusals = 0;
    put_small(&b);
    size_t whole = b.len;
    for (size_t n = 1; n < whole; n++) {
        CS_SCOPED(ox_model) m = OX_MODEL_INIT;
        cs_errinfo info = {0};
        b.len = n;
        int r = parse_bytes(&b, &m, &info);
        refusals += r < 0;
        assert_true(r == 0 || (info.code == r && !m.file));
    }
    b.len = whole;
    assert_int_equal(refusals, whole - 1);
}

/* One field of the graph, `n` times. */
static void put_graph(cs_strbuf *b, uint32_t field, const char *bytes, int n)
{
    CS_SCOPED(cs_strbuf) graph = CS_STRBUF_INIT;
    for (int i = 0; i < n; i++)
        ox_put_text(&graph, field, bytes);
    ox_put_bytes(b, OX_MODEL_GRAPH, cs_strbuf_str(&graph));
}

static void refuse(cs_strbuf *b, int code, const char *part)
{
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    cs_errinfo info = {0};
    assert_int_equal(parse_bytes(b, &m, &info), code);
    if (!strstr(info.message, part))
        fail_msg("'%s' is not in: %s", part, info.message);
    assert_string_equal(info.place, "m.onnx");
    cs_strbuf_clear(b);
}

static void what_is_no_model_is_refused(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    ox_put_int(&b, OX_MODEL_IR_VERSION, 8);
    refuse(&b, CS_E_FORMAT, "no graph");
    put_graph(&b, OX_GRAPH_NAME, "a", 1);
    put_graph(&b, OX_GRAPH_NAME, "a", 1);
    refuse(&b, CS_E_FORMAT, "two graphs");
    put_graph(&b, OX_GRAPH_SPARSE, "", 1);
    refuse(&b, CS_E_UNSUPPORTED, "sparse");
    /* An initializer without a name, and two of one name. */
    put_graph(&b, OX_GRAPH_INITIALIZER, "\x10\x01\x22\x04....", 1);
    refuse(&b, CS_E_FORMAT, "");
    put_graph(&b, OX_GRAPH_INITIALIZER, "\x10\x01\x42\x01t\x22\x04....", 2);
    refuse(&b, CS_E_EXISTS, "t");
    cs_strbuf_add(&b, "hello, is this a model?");
    refuse(&b, CS_E_FORMAT, "");
}

static void initialized_inputs_are_none(void **state)
{
    (void)state;
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    ox_input_port(&w, "a", &TN_SHAPE(2));
    NUMBERS(&w, "a", TN_SHAPE(2), 1);
    assert_int_equal(finish(&w, &m, NULL), 0);
    assert_int_equal(m.inputs.len, 1);
    assert_true(cs_str_is(m.inputs.items[0].name, "x"));
}

static void models_are_told_by_their_ending(void **state)
{
    (void)state;
    assert_true(ox_is_path("a/b.onnx"));
    assert_false(ox_is_path("onnx"));
    assert_false(ox_is_path("b.onnx.pth"));
}

static void a_file_is_named_in_errors(void **state)
{
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    cs_errinfo info = {0};
    const char *path = tmp_write(*state, "a.onnx", "hello");
    assert_int_equal(ox_model_read(path, &m, &info), CS_E_FORMAT);
    assert_string_equal(info.place, path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_read),
        cmocka_unit_test(counts_of_batches_are_weights_again),
        cmocka_unit_test(a_file_cut_anywhere_is_no_model),
        cmocka_unit_test(what_is_no_model_is_refused),
        cmocka_unit_test(initialized_inputs_are_none),
        cmocka_unit_test(models_are_told_by_their_ending),
        cmocka_unit_test(a_file_is_named_in_errors),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
