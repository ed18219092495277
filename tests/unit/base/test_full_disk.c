/* A disk that is really full: a 64 KiB tmpfs in a mount namespace of our own.
 * Mirrors no single file of src/base. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/dir.h"
#include "base/file.h"
#include "support/namespace.h"
#include "support/test.h"
#include "support/tmp.h"

#define OLD "the old content"
#define TOO_MUCH ((size_t)256 << 10)

/* The steps of a check in a child; a result says which one failed. */
enum {
    MOUNT = 1,
    FIRST_WRITE,
    WRONG_CODE,
    WRONG_STATUS,
    WRONG_MESSAGE,
    OLD_FILE_CHANGED,
    TEMPORARY_LEFT,
    NOT_USABLE_AFTER,
};

static bool has_content(const char *path, const char *text)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    return cs_file_read(path, 1000, &b, NULL) == 0 && strcmp(b.data, text) == 0;
}

static bool holds_only(const char *dir, const char *name)
{
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    return cs_dir_read(dir, &l, NULL) == 0 && l.len == 1 &&
           strcmp(l.names[0], name) == 0;
}

static int overfill(const char *dir, int code, const char *cause)
{
    static const char block[4096];
    const char *path = tmp_path(dir, "file");
    cs_errinfo info = {0};
    CS_AUTO(cs_atomic_file) f = NULL;
    int r = cs_atomic_file_open(path, 0600, &f, &info);
    for (size_t n = 0; r == 0 && n < TOO_MUCH; n += sizeof(block))
        r = cs_atomic_file_write(f, block, sizeof(block), &info);
    if (r != code || cs_atomic_file_commit(f, NULL) != code)
        return WRONG_CODE;
    if (cs_exit_status(info.code) != 3)
        return WRONG_STATUS;
    char expected[CS_ERR_MESSAGE_MAX];
    snprintf(expected, sizeof(expected), "cannot write '%s': %s", path, cause);
    return strcmp(info.message, expected) != 0 ? WRONG_MESSAGE : 0;
}

static int check(const char *dir, int code, const char *cause)
{
    const char *path = tmp_path(dir, "file");
    if (cs_file_write(path, OLD, strlen(OLD), 0600, NULL) < 0)
        return FIRST_WRITE;
    int r = overfill(dir, code, cause);
    if (r)
        return r;
    if (!has_content(path, OLD))
        return OLD_FILE_CHANGED;
    if (!holds_only(dir, "file"))
        return TEMPORARY_LEFT;
    if (cs_file_write(path, "small", 5, 0600, NULL) < 0 ||
        !has_content(path, "small"))
        return NOT_USABLE_AFTER;
    return 0;
}

static int fill_a_small_disk(const char *dir)
{
    if (mount("none", dir, "tmpfs", 0, "size=64k") < 0)
        return MOUNT;
    return check(dir, CS_E_NOSPACE, "the disk is full");
}

/* Not even a name fits: the failure comes when the temporary is created. */
static int fill_all_inodes(const char *dir)
{
    cs_errinfo info = {0};
    if (mount("none", dir, "tmpfs", 0, "nr_inodes=2") < 0)
        return MOUNT;
    const char *path = tmp_path(dir, "file");
    tmp_write(dir, "file", OLD);
    if (cs_file_write(path, "x", 1, 0600, &info) != CS_E_NOSPACE)
        return WRONG_CODE;
    if (cs_mkdir_p(tmp_path(dir, "sub"), 0700, NULL) != CS_E_NOSPACE)
        return WRONG_CODE;
    return has_content(path, OLD) ? 0 : OLD_FILE_CHANGED;
}

static int read_only_disk(const char *dir)
{
    cs_errinfo info = {0};
    if (mount("none", dir, "tmpfs", 0, NULL) < 0)
        return MOUNT;
    tmp_write(dir, "file", OLD);
    if (mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
        return MOUNT;
    const char *path = tmp_path(dir, "file");
    if (cs_file_write(path, "x", 1, 0600, &info) != CS_E_ACCESS)
        return WRONG_CODE;
    if (!strstr(info.message, "the file system is read-only"))
        return WRONG_MESSAGE;
    return cs_remove_tree(path, NULL) == CS_E_ACCESS ? 0 : WRONG_CODE;
}

/* What can be had without privileges: a file that may not grow. */
static int hit_the_size_limit(const char *dir)
{
    struct rlimit limit = {(rlim_t)64 << 10, (rlim_t)64 << 10};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        return MOUNT;
    return check(dir, CS_E_LIMIT, "the file would be larger than is allowed");
}

static void run_on_a_disk(void **state, int (*body)(const char *), char name)
{
    const char text[] = {name, '\0'};
    const char *dir = tmp_path(*state, text);
    assert_int_equal(mkdir(dir, 0700), 0);
    int r = namespace_run(body, dir);
    if (r < 0) {
        print_message("NOT PROVEN: this kernel lets us mount nothing, so no "
                      "disk could be filled; only the size limit was tested\n");
        skip();
    }
    assert_int_equal(r, 0);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    run_on_a_disk(state, fill_a_small_disk, 'f');
}

static void a_disk_without_inodes_leaves_the_old_file(void **state)
{
    run_on_a_disk(state, fill_all_inodes, 'i');
}

static void a_read_only_disk_leaves_the_old_file(void **state)
{
    run_on_a_disk(state, read_only_disk, 'r');
}

static void a_file_that_may_not_grow_leaves_the_old_file(void **state)
{
    const char *dir = tmp_path(*state, "limited");
    assert_int_equal(mkdir(dir, 0700), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(hit_the_size_limit(dir));
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(a_disk_without_inodes_leaves_the_old_file),
        cmocka_unit_test(a_read_only_disk_leaves_the_old_file),
        cmocka_unit_test(a_file_that_may_not_grow_leaves_the_old_file),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
