#include "base/dir.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "support/namespace.h"
#include "support/test.h"
#include "support/tmp.h"

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static size_t open_descriptors(void)
{
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read("/proc/self/fd", &l, NULL), 0);
    return l.len;
}

static void missing_directories_are_made(void **state)
{
    const char *path = tmp_path(*state, "a/b//c/");
    assert_int_equal(cs_mkdir_p(path, 0700, NULL), 0);
    assert_int_equal(mode_of(tmp_path(*state, "a")), 0700);
    assert_int_equal(mode_of(tmp_path(*state, "a/b/c")), 0700);
    assert_int_equal(cs_mkdir_p(path, 0700, NULL), 0);
}

static void a_directory_that_is_there_keeps_its_mode(void **state)
{
    const char *path = tmp_path(*state, "kept");
    assert_int_equal(mkdir(path, 0750), 0);
    assert_int_equal(cs_mkdir_p(path, 0700, NULL), 0);
    assert_int_equal(mode_of(path), 0750);
}

static void a_directory_may_be_reached_through_a_link(void **state)
{
    assert_int_equal(mkdir(tmp_path(*state, "real"), 0700), 0);
    assert_int_equal(symlink("real", tmp_path(*state, "via")), 0);
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "via/x"), 0700, NULL), 0);
    assert_true(exists(tmp_path(*state, "real/x")));
}

static void a_file_in_the_way_is_an_error(void **state)
{
    cs_errinfo info = {0};
    tmp_write(*state, "file", "");
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "file/x"), 0700, &info),
                     CS_E_NOTFOUND);
    assert_true(cs_str_ends_with(
        cs_str_of(info.message),
        CS_STR("/file': a part of the path is not a directory")));
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "file"), 0700, NULL),
                     CS_E_NOTFOUND);
    assert_int_equal(cs_mkdir_p("", 0700, NULL), CS_E_NOTFOUND);
}

static void a_temporary_directory_is_new_and_private(void **state)
{
    CS_AUTO_MEM char *a = NULL;
    CS_AUTO_MEM char *b = NULL;
    assert_int_equal(cs_mkdtemp(*state, "job-", &a, NULL), 0);
    assert_int_equal(cs_mkdtemp(*state, "job-", &b, NULL), 0);
    assert_string_not_equal(a, b);
    assert_int_equal(strlen(a), strlen(tmp_path(*state, "job-XXXXXX")));
    assert_memory_equal(a, tmp_path(*state, "job-"), strlen(a) - 6);
    assert_int_equal(mode_of(a), 0700);
}

static void a_temporary_directory_needs_its_parent(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    char *path = NULL;
    assert_int_equal(cs_mkdtemp("/nowhere", "x", &path, &info), CS_E_NOTFOUND);
    assert_string_equal(info.message, "cannot make a directory in '/nowhere': "
                                      "no such file or directory");
    assert_null(path);
}

static void names_are_listed_in_byte_order(void **state)
{
    static const char *const names[] = {".hidden", "10", "9", "B", "a", "é"};
    CS_AUTO_MEM char *dir = cs_strdup(tmp_path(*state, "list"));
    assert_int_equal(mkdir(dir, 0700), 0);
    for (size_t i = CS_COUNTOF(names); i-- > 0;)
        tmp_write(dir, names[i], "");
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &l, NULL), 0);
    assert_int_equal(l.len, CS_COUNTOF(names));
    for (size_t i = 0; i < l.len; i++)
        assert_string_equal(l.names[i], names[i]);
}

static void an_empty_directory_has_no_names(void **state)
{
    const char *dir = tmp_path(*state, "empty");
    assert_int_equal(mkdir(dir, 0700), 0);
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &l, NULL), 0);
    assert_int_equal(l.len, 0);
}

static void only_directories_are_listed(void **state)
{
    cs_errinfo info = {0};
    cs_dir_list l = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read("/nowhere", &l, &info), CS_E_NOTFOUND);
    assert_string_equal(info.message, "cannot list '/nowhere': "
                                      "no such file or directory");
    assert_int_equal(cs_dir_read(tmp_write(*state, "f", ""), &l, NULL),
                     CS_E_NOTFOUND);
}

static void a_directory_is_synced(void **state)
{
    CS_AUTO_FD dir = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(cs_dir_sync(dir, *state, NULL), 0);
    assert_int_equal(cs_dir_sync(-1, "nothing", NULL), CS_E_IO);
    /* Not every file system can; this one says EINVAL. */
    CS_AUTO_FD proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(cs_dir_sync(proc, "/proc", NULL), 0);
}

static void a_tree_is_removed_with_all_kinds_of_entries(void **state)
{
    const char *top = tmp_path(*state, "tree");
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "tree/a/b"), 0700, NULL), 0);
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "tree/empty"), 0700, NULL), 0);
    tmp_write(*state, "tree/a/b/file", "x");
    tmp_write(*state, "tree/.hidden", "x");
    assert_int_equal(mkfifo(tmp_path(*state, "tree/a/fifo"), 0600), 0);
    assert_int_equal(cs_remove_tree(top, NULL), 0);
    assert_false(exists(top));
}

static void links_are_removed_and_not_followed(void **state)
{
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "t2/sub"), 0700, NULL), 0);
    assert_int_equal(mkdir(tmp_path(*state, "outside"), 0700), 0);
    tmp_write(*state, "outside/precious", "x");
    assert_int_equal(symlink("../outside", tmp_path(*state, "t2/up")), 0);
    assert_int_equal(
        symlink("../../outside/precious", tmp_path(*state, "t2/sub/up")), 0);
    assert_int_equal(symlink("t2", tmp_path(*state, "alias")), 0);
    assert_int_equal(cs_remove_tree(tmp_path(*state, "alias"), NULL), 0);
    assert_true(exists(tmp_path(*state, "t2/sub")));
    assert_int_equal(cs_remove_tree(tmp_path(*state, "t2"), NULL), 0);
    assert_false(exists(tmp_path(*state, "t2")));
    assert_true(exists(tmp_path(*state, "outside/precious")));
}

static void one_file_is_a_tree_and_nothing_is_one_too(void **state)
{
    const char *path = tmp_write(*state, "single", "x");
    assert_int_equal(cs_remove_tree(path, NULL), 0);
    assert_false(exists(path));
    assert_int_equal(cs_remove_tree(path, NULL), 0);
}

/* Deeper than a path may be long, and than descriptors may be open. */
static void a_very_deep_tree_is_removed_and_leaks_no_descriptor(void **state)
{
    const char *top = tmp_path(*state, "deep");
    size_t before = open_descriptors();
    assert_int_equal(mkdir(top, 0700), 0);
    int at = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < 3000; i++) {
        assert_int_equal(mkdirat(at, "d", 0700), 0);
        int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        cs_fd_done(&at);
        at = next;
        assert_true(at >= 0);
    }
    cs_fd_done(&at);
    assert_int_equal(cs_remove_tree(top, NULL), 0);
    assert_false(exists(top));
    assert_int_equal(open_descriptors(), before);
}

/* The name that the flattening would use is taken, by a full directory. */
static void deep_directories_find_a_free_name_at_the_top(void **state)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_strbuf_add(&path, tmp_path(*state, "taken"));
    for (int i = 0; i < 130; i++)
        cs_strbuf_add(&path, "/d");
    assert_int_equal(cs_mkdir_p(path.data, 0700, NULL), 0);
    assert_int_equal(
        cs_mkdir_p(tmp_path(*state, "taken/.cs-deep-0/x/y"), 0700, NULL), 0);
    tmp_write(*state, "taken/.cs-deep-1", "");
    assert_int_equal(cs_remove_tree(tmp_path(*state, "taken"), NULL), 0);
    assert_false(exists(tmp_path(*state, "taken")));
}

static void a_wide_tree_is_removed(void **state)
{
    CS_AUTO_MEM char *top = cs_strdup(tmp_path(*state, "wide"));
    char name[32];
    assert_int_equal(mkdir(top, 0700), 0);
    for (int i = 0; i < 1500; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        if (i % 3)
            tmp_write(top, name, "");
        else
            assert_int_equal(mkdir(tmp_path(top, name), 0700), 0);
    }
    assert_int_equal(cs_remove_tree(top, NULL), 0);
    assert_false(exists(top));
}

static void dangerous_names_are_refused_untouched(void **state)
{
    cs_errinfo info = {0};
    const char *keep = tmp_write(*state, "keep", "x");
    assert_int_equal(cs_remove_tree("/", &info), CS_E_UNSAFE);
    assert_string_equal(info.message,
                        "'/' is not removed: name the directory itself");
    assert_int_equal(cs_remove_tree("", NULL), CS_E_UNSAFE);
    assert_int_equal(cs_remove_tree(tmp_path(*state, "."), NULL), CS_E_UNSAFE);
    assert_int_equal(cs_remove_tree(tmp_path(*state, "x/.."), NULL),
                     CS_E_UNSAFE);
    assert_int_equal(cs_remove_tree(tmp_path(*state, "./"), NULL), CS_E_UNSAFE);
    assert_true(exists(keep));
}

/* Returns the number of the check that failed. */
static int meet_another_file_system(const char *dir)
{
    cs_errinfo info = {0};
    const char *disk = tmp_path(dir, "tree/disk");
    const char *file = tmp_path(dir, "tree/disk/precious");
    if (cs_mkdir_p(disk, 0700, NULL) < 0 ||
        mount("none", disk, "tmpfs", 0, "size=64k") < 0)
        return 1;
    tmp_write(disk, "precious", "x");
    if (cs_remove_tree(tmp_path(dir, "tree"), &info) == 0)
        return 2;
    if (!exists(file))
        return 3;
    /* The mount point itself is busy before it is another file system. */
    if (strncmp(info.message, "cannot remove 'disk' in ", 24) != 0)
        return 4;
    return 0;
}

static void another_file_system_is_not_entered(void **state)
{
    int r = namespace_run(meet_another_file_system, *state);
    if (r < 0) {
        print_message("NOT PROVEN: no mount namespace to be had here\n");
        skip();
    }
    assert_int_equal(r, 0);
}

/* Within a chroot, so that a broken guard could harm the fixture only. */
static int meet_the_root_under_another_name(const char *dir)
{
    cs_errinfo info = {0};
    tmp_write(dir, "precious", "x");
    if (mkdir(tmp_path(dir, "again"), 0700) < 0 || chroot(dir) < 0 ||
        chdir("/") < 0 || mount(".", "/again", NULL, MS_BIND, NULL) < 0)
        return 1;
    if (cs_remove_tree("/again", &info) != CS_E_UNSAFE)
        return 2;
    if (!exists("/precious"))
        return 3;
    return strcmp(info.message, "'/again' is not removed: it is '/'") != 0;
}

static void the_root_is_not_removed_under_another_name(void **state)
{
    int r = namespace_run(meet_the_root_under_another_name, *state);
    if (r < 0) {
        print_message("NOT PROVEN: no mount namespace to be had here\n");
        skip();
    }
    assert_int_equal(r, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_directories_are_made),
        cmocka_unit_test(a_directory_that_is_there_keeps_its_mode),
        cmocka_unit_test(a_directory_may_be_reached_through_a_link),
        cmocka_unit_test(a_file_in_the_way_is_an_error),
        cmocka_unit_test(a_temporary_directory_is_new_and_private),
        cmocka_unit_test(a_temporary_directory_needs_its_parent),
        cmocka_unit_test(names_are_listed_in_byte_order),
        cmocka_unit_test(an_empty_directory_has_no_names),
        cmocka_unit_test(only_directories_are_listed),
        cmocka_unit_test(a_directory_is_synced),
        cmocka_unit_test(a_tree_is_removed_with_all_kinds_of_entries),
        cmocka_unit_test(links_are_removed_and_not_followed),
        cmocka_unit_test(one_file_is_a_tree_and_nothing_is_one_too),
        cmocka_unit_test(a_very_deep_tree_is_removed_and_leaks_no_descriptor),
        cmocka_unit_test(deep_directories_find_a_free_name_at_the_top),
        cmocka_unit_test(a_wide_tree_is_removed),
        cmocka_unit_test(dangerous_names_are_refused_untouched),
        cmocka_unit_test(another_file_system_is_not_entered),
        cmocka_unit_test(the_root_is_not_removed_under_another_name),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
