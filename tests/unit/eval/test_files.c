#include "eval/files.h"

#include <string.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "base/file.h"
#include "support/test.h"
#include "support/tmp.h"

static void add(ev_files *f, const char *name, const char *text)
{
    cs_strbuf *out = ev_files_add(f, name);
    assert_non_null(out);
    assert_int_equal(cs_strbuf_add(out, text), 0);
}

static void expect_file(const char *path, const char *text)
{
    CS_SCOPED(cs_strbuf) in = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, 100, &in, NULL), 0);
    assert_string_equal(in.data, text);
}

static void all_files_appear_in_a_new_directory(void **state)
{
    ev_files f = EV_FILES_INIT;
    add(&f, "a.txt", "first");
    add(&f, "b.txt", "second");
    const char *dir = tmp_path(*state, "x/y");
    assert_int_equal(ev_files_write(&f, dir, NULL), 0);
    expect_file(tmp_path(*state, "x/y/a.txt"), "first");
    expect_file(tmp_path(*state, "x/y/b.txt"), "second");
    ev_files_done(&f);
}

/* The second file's place is taken by a directory. */
static void one_that_cannot_be_written_keeps_all_away(void **state)
{
    ev_files f = EV_FILES_INIT;
    cs_dir_list list = CS_DIR_LIST_INIT;
    add(&f, "a.txt", "new");
    add(&f, "b.txt", "new");
    tmp_write(*state, "a.txt", "old");
    assert_int_equal(mkdir(tmp_path(*state, "b.txt"), 0755), 0);
    assert_int_equal(ev_files_write(&f, *state, NULL), CS_E_FORMAT);
    expect_file(tmp_path(*state, "a.txt"), "old");
    assert_int_equal(cs_dir_read(*state, &list, NULL), 0);
    assert_int_equal(list.len, 2);
    cs_dir_list_done(&list);
    ev_files_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_files_appear_in_a_new_directory,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(
            one_that_cannot_be_written_keeps_all_away, tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
