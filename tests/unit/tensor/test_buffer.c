#include "tensor/buffer.h"

#include <string.h>

#include "support/test.h"

static void memory_is_aligned_and_zero(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 1, 63, 4096, (size_t)5 << 20};
    for (size_t i = 0; i < CS_COUNTOF(sizes); i++) {
        tn_buffer *b = NULL;
        assert_int_equal(tn_buffer_new(sizes[i], &b, NULL), 0);
        unsigned char *p = tn_buffer_data(b);
        assert_int_equal((uintptr_t)p % TN_ALIGN, 0);
        assert_int_equal(tn_buffer_size(b), sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(p[k], 0);
        memset(p, 0xa5, sizes[i]);
        assert_null(tn_buffer_unref(b));
    }
}

static void the_last_reference_frees(void **state)
{
    (void)state;
    tn_buffer *b = NULL;
    assert_int_equal(tn_buffer_new(8, &b, NULL), 0);
    assert_ptr_equal(tn_buffer_ref(b), b);
    tn_buffer_unref(b);
    memset(tn_buffer_data(b), 0xa5, tn_buffer_size(b)); /* still there */
    tn_buffer_unref(b);
    assert_null(tn_buffer_unref(NULL));
}

static void too_much_is_an_error(void **state)
{
    (void)state;
    tn_buffer *b = NULL;
    cs_errinfo info = {0};
    assert_int_equal(tn_buffer_new(SIZE_MAX, &b, &info), CS_E_NOMEM);
    assert_int_equal(tn_buffer_new(SIZE_MAX / 4, &b, &info), CS_E_NOMEM);
    assert_null(b);
}

static char lent[16];
static int given_back;

static void give_back(void *data, size_t size)
{
    assert_ptr_equal(data, lent);
    assert_int_equal(size, sizeof(lent));
    given_back++;
}

static void lent_memory_is_given_back_once(void **state)
{
    (void)state;
    tn_buffer *b = NULL;
    assert_int_equal(tn_buffer_over(lent, sizeof(lent), give_back, &b, NULL),
                     0);
    assert_ptr_equal(tn_buffer_data(b), lent);
    assert_int_equal(tn_buffer_size(b), sizeof(lent));
    tn_buffer_ref(b);
    tn_buffer_unref(b);
    assert_int_equal(given_back, 0);
    tn_buffer_unref(b);
    assert_int_equal(given_back, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_zero),
        cmocka_unit_test(the_last_reference_frees),
        cmocka_unit_test(too_much_is_an_error),
        cmocka_unit_test(lent_memory_is_given_back_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
