#include "weights/load.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"

static void a_file_becomes_a_buffer(void **state)
{
    WT_AUTO_BUFFER b = NULL;
    assert_int_equal(wt_load(tmp_write(*state, "a", "weights"), &b, NULL), 0);
    assert_int_equal(tn_buffer_size(b), 7);
    assert_memory_equal(tn_buffer_data(b), "weights", 7);
}

static void what_is_no_file_of_weights_is_refused(void **state)
{
    WT_AUTO_BUFFER b = NULL;
    cs_errinfo info = {0};
    assert_int_equal(wt_load(tmp_path(*state, "no"), &b, &info), CS_E_NOTFOUND);
    assert_int_equal(wt_load(*state, &b, &info), CS_E_FORMAT);
    assert_int_equal(wt_load(tmp_write(*state, "e", ""), &b, &info),
                     CS_E_FORMAT);
    assert_non_null(strstr(info.message, "is empty"));
    const char *sparse = tmp_path(*state, "sparse");
    int fd = open(sparse, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    int r = ftruncate(fd, (off_t)WT_FILE_MAX + 1);
    close(fd);
    if (r == 0)
        assert_int_equal(wt_load(sparse, &b, &info), CS_E_LIMIT);
    assert_null(b);
}

static void bytes_become_a_buffer(void **state)
{
    (void)state;
    WT_AUTO_BUFFER b = NULL;
    WT_AUTO_BUFFER none = NULL;
    assert_int_equal(wt_load_bytes(CS_STR("ab"), &b, NULL), 0);
    assert_memory_equal(tn_buffer_data(b), "ab", 2);
    assert_int_equal(wt_load_bytes(CS_STR(""), &none, NULL), 0);
    assert_int_equal(tn_buffer_size(none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_becomes_a_buffer, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_file_of_weights_is_refused,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test(bytes_become_a_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
