#include "onnx/writer.h"

#include "models.h"

static void nodes_and_initializers_are_read_back(void **state)
{
    (void)state;
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 2));
    NUMBERS(&w, "t", TN_SHAPE(2, 1), 3, 4);
    open_node(&w, "Op", "x - t", "y");
    ox_attr_int(&w, "i", -5);
    ox_attr_float(&w, "f", 0.5F);
    ox_attr_text(&w, "s", "word");
    ATTR_INTS(&w, "l", 1, -1);
    ox_end(&w);
    assert_int_equal(finish(&w, &m, NULL), 0);
    const ox_node *n = &m.nodes.items[0];
    assert_true(cs_str_is(n->op, "Op") && n->n_inputs == 3);
    assert_int_equal(ox_find_attribute(n, "i")->integer, -5);
    assert_true(ox_find_attribute(n, "f")->number == 0.5F);
    assert_true(cs_str_is(ox_find_attribute(n, "s")->text, "word"));
    assert_int_equal(ox_find_attribute(n, "l")->ints[1], -1);
    const tn_tensor *t = wt_dict_find(&m.weights, CS_STR("t"));
    assert_true(tn_shape_equal(&t->shape, &TN_SHAPE(2, 1)));
    assert_true(tn_f32(t)[1] == 4);
}

static int count_bytes(void *to, const void *data, size_t size,
                       cs_errinfo *info)
{
    (void)data;
    (void)info;
    *(size_t *)to += size;
    return 0;
}

/* One tensor under many names: the file would have more than 2 GiB. */
static void more_than_two_gigabytes_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    cs_errinfo info = {0};
    size_t written = 0;
    ox_writer w;
    wt_sink to = {count_bytes, &written, 0};
    assert_int_equal(
        tn_tensor_init(&t, TN_F32, &TN_SHAPE((size_t)1 << 20), NULL), 0);
    start(&w, &TN_SHAPE(1, 2));
    for (int i = 0; i < 512; i++) {
        char name[16];
        snprintf(name, sizeof(name), "t%d", i);
        ox_tensor(&w, name, &t);
    }
    assert_int_equal(ox_writer_put(&w, "large", &to, &info), CS_E_LIMIT);
    assert_non_null(strstr(info.message, "at most 2 GiB"));
    assert_int_equal(written, 0);
    ox_writer_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_and_initializers_are_read_back),
        cmocka_unit_test(more_than_two_gigabytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
