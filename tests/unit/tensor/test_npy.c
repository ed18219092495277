#include "tensor/npy.h"

#include <string.h>

#include "support/test.h"
#include "support/tmp.h"

static cs_str file_of(char *dst, const char *header, size_t numbers)
{
    size_t n = strlen(header);
    memcpy(dst, "\x93NUMPY\x01\x00", 8);
    dst[8] = (char)(n & 0xff);
    dst[9] = (char)(n >> 8);
    memcpy(dst + 10, header, n);
    for (size_t i = 0; i < numbers; i++)
        dst[10 + n + i] = (char)i;
    return (cs_str){dst, 10 + n + numbers};
}

static void what_is_written_is_read_back(void **state)
{
    for (int d = 0; d < TN_DTYPES; d++) {
        CS_SCOPED(tn_tensor) a = TN_TENSOR_INIT;
        CS_SCOPED(tn_tensor) b = TN_TENSOR_INIT;
        const char *path = tmp_path(*state, "a.npy");
        assert_int_equal(
            tn_tensor_init(&a, (tn_dtype)d, &TN_SHAPE(2, 3, 5), NULL), 0);
        memset(tn_data(&a), 1, tn_bytes(&a));
        int r = tn_npy_write(path, &a, NULL);
        assert_int_equal(r, d == TN_BF16 ? CS_E_UNSUPPORTED : 0);
        if (r < 0)
            continue;
        assert_int_equal(tn_npy_read(path, &b, NULL), 0);
        assert_int_equal(b.dtype, d);
        assert_true(tn_shape_equal(&a.shape, &b.shape));
        assert_memory_equal(tn_data(&a), tn_data(&b), tn_bytes(&a));
    }
}

static void fortran_order_turns_the_axes(void **state)
{
    (void)state;
    char bytes[256];
    cs_str file = file_of(bytes,
                          "{'descr': '|u1', 'fortran_order': True, "
                          "'shape': (2, 3), }\n",
                          6);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) c = TN_TENSOR_INIT;
    assert_int_equal(tn_npy_parse(file, "f", &t, NULL), 0);
    assert_int_equal(tn_copy(&t, TN_U8, &c, NULL), 0);
    const uint8_t want[] = {0, 2, 4, 1, 3, 5};
    assert_memory_equal(tn_data(&c), want, sizeof(want));
}

static void scalars_and_empty_arrays(void **state)
{
    (void)state;
    char bytes[256];
    CS_SCOPED(tn_tensor) one = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) none = TN_TENSOR_INIT;
    cs_str file = file_of(
        bytes, "{'descr': '<f8', 'fortran_order': False, 'shape': ()}", 8);
    assert_int_equal(tn_npy_parse(file, "f", &one, NULL), 0);
    assert_int_equal(one.shape.rank, 0);
    file = file_of(
        bytes, "{'descr': '<f8', 'fortran_order': False, 'shape': (0,)}", 0);
    assert_int_equal(tn_npy_parse(file, "f", &none, NULL), 0);
    assert_int_equal(tn_count(&none), 0);
}

static void bad_files_are_refused(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1)}",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, "
        "'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, "
        "'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, "
        "'shape': (4611686018427387905,)}",
        "",
    };
    char bytes[512];
    for (size_t i = 0; i < CS_COUNTOF(headers); i++) {
        tn_tensor t = TN_TENSOR_INIT;
        cs_str file = file_of(bytes, headers[i], 4);
        assert_true(tn_npy_parse(file, "f", &t, NULL) < 0);
        assert_null(t.buffer);
    }
}

static void cut_anywhere_it_is_refused(void **state)
{
    (void)state;
    char bytes[256];
    cs_str file = file_of(
        bytes, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 8);
    for (size_t n = 0; n < file.len; n++) {
        tn_tensor t = TN_TENSOR_INIT;
        assert_true(tn_npy_parse((cs_str){bytes, n}, "f", &t, NULL) < 0);
    }
    CS_SCOPED(tn_tensor) whole = TN_TENSOR_INIT;
    assert_int_equal(tn_npy_parse(file, "f", &whole, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_back, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test(fortran_order_turns_the_axes),
        cmocka_unit_test(scalars_and_empty_arrays),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(cut_anywhere_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
