#include "train/session_folder.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"

static void a_folder_is_made_and_locked(void **state)
{
    const char *dir = tmp_path(*state, "a/b");
    cs_errinfo info = {.lang = CS_LANG_EN};
    int fd = -1;
    int other = -1;
    assert_int_equal(tr_folder_open(dir, false, &fd, &info), 0);
    assert_true(fd >= 0);
    assert_int_equal(tr_folder_open(dir, true, &other, &info), CS_E_ACCESS);
    assert_non_null(strstr(info.message, "another process is training in"));
    close(fd);
    assert_int_equal(tr_folder_open(dir, true, &other, &info), 0);
    close(other);
}

static void a_run_is_not_overwritten(void **state)
{
    static const char *const names[] = {"plan.yaml", "metrics.csv",
                                        TR_CHECKPOINT};
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        cs_errinfo info = {.lang = CS_LANG_EN};
        int fd = -1;
        const char *path = tmp_write(*state, names[i], "x");
        assert_true(tr_folder_has(path));
        assert_int_equal(tr_folder_open(*state, false, &fd, &info),
                         CS_E_EXISTS);
        assert_non_null(strstr(info.message, "holds a training already"));
        assert_int_equal(tr_folder_open(*state, true, &fd, &info), 0);
        close(fd);
        assert_int_equal(unlink(path), 0);
        assert_false(tr_folder_has(path));
    }
}

static void what_a_killed_writer_left_is_swept_away(void **state)
{
    int fd = -1;
    const char *left = tmp_write(*state, ".cs-tmp-0123456789abcdef", "half");
    const char *other = tmp_write(*state, "notes.txt", "mine");
    assert_int_equal(tr_folder_open(*state, false, &fd, NULL), 0);
    close(fd);
    assert_false(tr_folder_has(left));
    assert_true(tr_folder_has(other));
}

static void the_plan_is_kept_as_it_was(void **state)
{
    char text[] = "name: x\n# a remark\n";
    const tr_plan plan = {.text = text};
    struct stat st;
    assert_int_equal(tr_folder_keep_plan(*state, &plan, NULL), 0);
    assert_int_equal(stat(tmp_path(*state, "plan.yaml"), &st), 0);
    assert_int_equal(st.st_size, strlen(text));
}

static void a_file_in_the_place_of_the_folder_is_told(void **state)
{
    cs_errinfo info = {.lang = CS_LANG_EN};
    int fd = -1;
    const char *path = tmp_write(*state, "file", "x");
    assert_true(tr_folder_open(path, false, &fd, &info) < 0);
    assert_int_equal(fd, -1);
    assert_non_null(strstr(info.message, "file"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_folder_is_made_and_locked),
        TEST(a_run_is_not_overwritten),
        TEST(what_a_killed_writer_left_is_swept_away),
        TEST(the_plan_is_kept_as_it_was),
        TEST(a_file_in_the_place_of_the_folder_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
