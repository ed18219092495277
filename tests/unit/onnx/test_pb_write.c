#include "onnx/pb_write.h"

#include "onnx/pb_read.h"
#include "support/test.h"

static void bytes_are_those_of_the_format(void **state)
{
    (void)state;
    static const unsigned char wanted[] = {0x08, 0x96, 0x01, 0x15, 0,   0,
                                           0x80, 0x3f, 0x1a, 2,    'h', 'i',
                                           0x20, 1,    0x20, 2};
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    ox_put_int(&b, 1, 150);
    ox_put_float(&b, 2, 1);
    ox_put_text(&b, 3, "hi");
    ox_put_ints(&b, 4, (const int64_t[]){1, 2}, 2);
    assert_int_equal(b.len, sizeof(wanted));
    assert_memory_equal(b.data, wanted, sizeof(wanted));
}

static void the_reader_reads_what_is_written(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 127, 128, -1, INT64_MAX, INT64_MIN};
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    for (size_t i = 0; i < CS_COUNTOF(values); i++)
        ox_put_int(&b, 1000000, values[i]);
    ox_put_head(&b, 1, 3);
    cs_strbuf_add(&b, "abc");
    ox_reader r = ox_read(cs_strbuf_str(&b));
    ox_field f;
    for (size_t i = 0; i < CS_COUNTOF(values); i++) {
        int64_t v = 0;
        assert_int_equal(ox_next(&r, &f, NULL), 1);
        assert_int_equal(f.number, 1000000);
        assert_int_equal(ox_get_int(&f, &v, NULL), 0);
        assert_true(v == values[i]);
    }
    assert_int_equal(ox_next(&r, &f, NULL), 1);
    assert_true(cs_str_is(f.bytes, "abc"));
    assert_int_equal(ox_next(&r, &f, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_those_of_the_format),
        cmocka_unit_test(the_reader_reads_what_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
