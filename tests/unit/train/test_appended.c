#include "train/appended.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/file.h"
#include "support/test.h"
#include "support/tmp.h"

static void assert_holds(const char *path, const char *text)
{
    CS_SCOPED(cs_strbuf) have = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, 1 << 20, &have, NULL), 0);
    assert_string_equal(have.data, text);
}

static void what_is_kept_is_followed_by_what_is_written(void **state)
{
    const char *path = tmp_write(*state, "a", "one\ntwo\nthr");
    tr_appended a = TR_APPENDED_INIT;
    assert_int_equal(tr_appended_open(&a, path, 8, NULL), 0);
    assert_int_equal(tr_appended_write(&a, CS_STR("three\n"), NULL), 0);
    assert_int_equal(tr_appended_sync(&a, NULL), 0);
    tr_appended_done(&a);
    assert_holds(path, "one\ntwo\nthree\n");
}

static void a_shorter_file_is_not_lengthened(void **state)
{
    const char *path = tmp_write(*state, "a", "one\n");
    tr_appended a = TR_APPENDED_INIT;
    assert_int_equal(tr_appended_open(&a, path, 100, NULL), 0);
    tr_appended_done(&a);
    assert_holds(path, "one\n");
}

static void a_missing_file_is_made(void **state)
{
    const char *path = tmp_path(*state, "new");
    tr_appended a = TR_APPENDED_INIT;
    assert_int_equal(tr_appended_open(&a, path, 0, NULL), 0);
    assert_int_equal(tr_appended_write(&a, CS_STR("x"), NULL), 0);
    tr_appended_done(&a);
    assert_holds(path, "x");
}

static void what_is_no_file_is_refused(void **state)
{
    tr_appended a = TR_APPENDED_INIT;
    cs_errinfo info = {.lang = CS_LANG_EN};
    assert_true(tr_appended_open(&a, *state, 0, &info) < 0);
    assert_int_equal(tr_appended_open(&a, "/dev/null", 0, &info), CS_E_FORMAT);
    assert_int_equal(
        tr_appended_open(&a, tmp_path(*state, "no/where"), 0, &info),
        CS_E_NOTFOUND);
    assert_int_equal(a.fd, -1);
}

static void a_full_disk_is_told(void **state)
{
    const char *path = tmp_path(*state, "full");
    struct rlimit old, tiny;
    tr_appended a = TR_APPENDED_INIT;
    cs_errinfo info = {.lang = CS_LANG_EN};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tiny = old;
    tiny.rlim_cur = 4;
    assert_int_equal(tr_appended_open(&a, path, 0, NULL), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
    int r = tr_appended_write(&a, CS_STR("0123456789"), &info);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_true(r < 0);
    assert_non_null(strstr(info.message, path));
    tr_appended_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_is_kept_is_followed_by_what_is_written, tmp_setup,
            tmp_teardown),
        cmocka_unit_test_setup_teardown(a_shorter_file_is_not_lengthened,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(a_missing_file_is_made, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_refused, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
