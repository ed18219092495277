#include <stdio.h>

#include "kit.h"
#include "weights/pth.h"

static void write_it(const wt_dict *d, cs_strbuf *out)
{
    wt_sink to = wt_sink_memory(out);
    assert_int_equal(wt_pth_put(d, &to, NULL), 0);
}

static void read_it(const cs_strbuf *bytes, wt_dict *ret)
{
    cs_errinfo info = {0};
    WT_AUTO_BUFFER file = NULL;
    assert_int_equal(wt_load_bytes(cs_strbuf_str(bytes), &file, NULL), 0);
    if (wt_pth_parse(file, "x", ret, &info) < 0)
        fail_msg("%s", info.message);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(wt_dict) back = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    kit_fill(&d);
    kit_add(&d, "long", TN_U8, &TN_SHAPE(70000, 2), 1);
    kit_add(&d, "longer", TN_U8, &TN_SHAPE(300), 1);
    write_it(&d, &out);
    read_it(&out, &back);
    kit_expect_same(&d, &back);
}

static void the_same_tensors_give_the_same_bytes(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(wt_dict) back = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) first = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) second = CS_STRBUF_INIT;
    kit_fill(&d);
    write_it(&d, &first);
    read_it(&first, &back);
    write_it(&back, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
}

static void many_tensors_come_in_batches(void **state)
{
    (void)state;
    static const int counts[] = {0, 1, 999, 1000, 1001, 2000};
    for (size_t k = 0; k < CS_COUNTOF(counts); k++) {
        CS_SCOPED(wt_dict) d = WT_DICT_INIT;
        CS_SCOPED(wt_dict) back = WT_DICT_INIT;
        CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
        for (int i = 0; i < counts[k]; i++) {
            char name[16];
            snprintf(name, sizeof(name), "t%d", i);
            kit_add(&d, name, TN_U8, &TN_SHAPE(1), (unsigned)i);
        }
        write_it(&d, &out);
        read_it(&out, &back);
        kit_expect_same(&d, &back);
    }
}

static void types_that_pytorch_lacks_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    cs_errinfo info = {0};
    kit_add(&d, "a", TN_U16, &TN_SHAPE(1), 0);
    wt_sink to = wt_sink_memory(&out);
    assert_int_equal(wt_pth_put(&d, &to, &info), CS_E_UNSUPPORTED);
    assert_string_equal(info.message, "PyTorch has no element type u16, which "
                                      "the tensor 'a' has");
    assert_int_equal(out.len, 0);
}

static int write_again(void *with)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    wt_sink to = wt_sink_memory(&out);
    return wt_pth_put(with, &to, NULL);
}

static void memory_may_run_out_at_any_point(void **state)
{
    (void)state;
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    kit_fill(&d);
    kit_refuse_each(write_again, &d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_same_tensors_give_the_same_bytes),
        cmocka_unit_test(many_tensors_come_in_batches),
        cmocka_unit_test(types_that_pytorch_lacks_are_refused),
        cmocka_unit_test(memory_may_run_out_at_any_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
