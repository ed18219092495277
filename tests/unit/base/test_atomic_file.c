#include "base/atomic_file.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "support/test.h"
#include "support/tmp.h"

static int put(const char *path, const char *text, cs_errinfo *info)
{
    return cs_file_write(path, text, strlen(text), 0640, info);
}

static void expect_content(const char *path, const char *text)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, 1 << 20, &b, NULL), 0);
    assert_string_equal(b.data, text);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static size_t temporaries(const char *dir)
{
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    size_t n = 0;
    assert_int_equal(cs_dir_read(dir, &l, NULL), 0);
    for (size_t i = 0; i < l.len; i++)
        n += cs_atomic_file_is_temporary(l.names[i]);
    return n;
}

static void a_new_file_has_its_content_and_mode(void **state)
{
    const char *path = tmp_path(*state, "new");
    mode_t before = umask(077);
    assert_int_equal(put(path, "hello", NULL), 0);
    umask(before);
    expect_content(path, "hello");
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(temporaries(*state), 0);
}

static void an_old_file_is_replaced_and_keeps_its_mode(void **state)
{
    const char *path = tmp_write(*state, "old", "before");
    assert_int_equal(chmod(path, 0604), 0);
    assert_int_equal(put(path, "after", NULL), 0);
    expect_content(path, "after");
    assert_int_equal(mode_of(path), 0604);
}

static void an_open_reader_keeps_the_old_content(void **state)
{
    char text[8] = "";
    const char *path = tmp_write(*state, "held", "before");
    CS_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(put(path, "after", NULL), 0);
    assert_int_equal(read(fd, text, sizeof(text)), 6);
    assert_string_equal(text, "before");
}

static void an_empty_file_can_be_written(void **state)
{
    const char *path = tmp_write(*state, "emptied", "x");
    assert_int_equal(cs_file_write(path, NULL, 0, 0600, NULL), 0);
    expect_content(path, "");
}

static void nothing_shows_before_the_commit(void **state)
{
    const char *path = tmp_write(*state, "steps", "old");
    CS_AUTO(cs_atomic_file) f = NULL;
    assert_int_equal(cs_atomic_file_open(path, 0600, &f, NULL), 0);
    assert_int_equal(cs_atomic_file_write(f, "ne", 2, NULL), 0);
    assert_int_equal(cs_atomic_file_write(f, "", 0, NULL), 0);
    assert_int_equal(cs_atomic_file_write(f, "w", 1, NULL), 0);
    expect_content(path, "old");
    assert_int_equal(temporaries(*state), 1);
    assert_int_equal(cs_atomic_file_commit(f, NULL), 0);
    expect_content(path, "new");
    assert_int_equal(temporaries(*state), 0);
}

static void the_temporary_is_private_while_it_grows(void **state)
{
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    CS_AUTO(cs_atomic_file) f = NULL;
    const char *path = tmp_path(*state, "secret");
    assert_int_equal(cs_atomic_file_open(path, 0666, &f, NULL), 0);
    assert_int_equal(cs_dir_read(*state, &l, NULL), 0);
    assert_true(cs_atomic_file_is_temporary(l.names[0]));
    assert_int_equal(mode_of(tmp_path(*state, l.names[0])), 0600);
}

static void without_a_commit_nothing_is_left(void **state)
{
    const char *path = tmp_path(*state, "dropped");
    cs_atomic_file *f = NULL;
    assert_int_equal(cs_atomic_file_open(path, 0600, &f, NULL), 0);
    assert_int_equal(cs_atomic_file_write(f, "x", 1, NULL), 0);
    cs_atomic_file_free(f);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(temporaries(*state), 0);
    cs_atomic_file_free(NULL);
}

static void the_longest_name_works_and_a_longer_one_is_refused(void **state)
{
    char name[NAME_MAX + 2];
    cs_errinfo info = {0};
    memset(name, 'n', sizeof(name));
    name[NAME_MAX + 1] = '\0';
    assert_int_equal(put(tmp_path(*state, name), "x", &info), CS_E_LIMIT);
    assert_true(cs_str_ends_with(cs_str_of(info.message),
                                 CS_STR("nnn': the name is too long")));
    name[NAME_MAX] = '\0';
    assert_int_equal(put(tmp_path(*state, name), "x", NULL), 0);
    assert_int_equal(put(tmp_path(*state, name), "y", NULL), 0);
    expect_content(tmp_path(*state, name), "y");
    assert_int_equal(temporaries(*state), 0);
}

static void a_link_is_written_through(void **state)
{
    assert_int_equal(mkdir(tmp_path(*state, "etc"), 0700), 0);
    const char *real = tmp_write(*state, "etc/real", "old");
    assert_int_equal(symlink("etc/real", tmp_path(*state, "link")), 0);
    assert_int_equal(symlink("link", tmp_path(*state, "link2")), 0);
    assert_int_equal(put(tmp_path(*state, "link2"), "new", NULL), 0);
    expect_content(real, "new");
    struct stat st;
    assert_int_equal(lstat(tmp_path(*state, "link"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(lstat(tmp_path(*state, "link2"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
}

static void a_dangling_link_gets_its_target(void **state)
{
    CS_AUTO_MEM char *target = cs_strdup(tmp_path(*state, "absolute-target"));
    assert_int_equal(symlink(target, tmp_path(*state, "dangling")), 0);
    assert_int_equal(put(tmp_path(*state, "dangling"), "x", NULL), 0);
    expect_content(target, "x");
    assert_int_equal(mode_of(target), 0640);
}

static void links_in_a_circle_are_refused(void **state)
{
    cs_errinfo info = {0};
    assert_int_equal(symlink("b", tmp_path(*state, "a")), 0);
    assert_int_equal(symlink("a", tmp_path(*state, "b")), 0);
    assert_int_equal(put(tmp_path(*state, "a"), "x", &info), CS_E_UNSAFE);
    assert_int_equal(temporaries(*state), 0);
}

static void a_directory_is_not_replaced(void **state)
{
    cs_errinfo info = {0};
    const char *path = tmp_path(*state, "dir");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(put(path, "x", &info), CS_E_FORMAT);
    assert_true(cs_str_ends_with(cs_str_of(info.message),
                                 CS_STR("/dir': it is a directory")));
    assert_int_equal(put(tmp_path(*state, "dir/"), "x", NULL), CS_E_FORMAT);
    assert_int_equal(put(tmp_path(*state, "new-dir/"), "x", NULL), CS_E_FORMAT);
    assert_int_equal(put(tmp_path(*state, "dir/."), "x", NULL), CS_E_FORMAT);
    assert_int_equal(put("/", "x", NULL), CS_E_FORMAT);
    assert_int_equal(temporaries(*state), 0);
}

static void devices_and_pipes_are_not_replaced(void **state)
{
    cs_errinfo info = {0};
    struct stat st;
    const char *fifo = tmp_path(*state, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(put(fifo, "x", &info), CS_E_FORMAT);
    assert_true(cs_str_ends_with(cs_str_of(info.message),
                                 CS_STR("/fifo' is not a regular file")));
    assert_int_equal(lstat(fifo, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    assert_int_equal(put("/dev/null", "x", NULL), CS_E_FORMAT);
}

static void a_directory_that_appears_later_is_not_replaced_either(void **state)
{
    cs_errinfo info = {0};
    const char *path = tmp_path(*state, "race");
    cs_atomic_file *f = NULL;
    assert_int_equal(cs_atomic_file_open(path, 0600, &f, NULL), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(cs_atomic_file_commit(f, &info), CS_E_FORMAT);
    cs_atomic_file_free(f);
    assert_non_null(strstr(info.message, "/race': it is a directory"));
    assert_int_equal(temporaries(*state), 0);
}

static void a_missing_directory_is_named(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    assert_int_equal(put("/nowhere/x", "x", &info), CS_E_NOTFOUND);
    assert_string_equal(info.message,
                        "cannot open the directory of '/nowhere/x': "
                        "no such file or directory");
    assert_int_equal(put("", "x", NULL), CS_E_NOTFOUND);
}

static void a_name_without_directory_is_here(void **state)
{
    char here[PATH_MAX];
    assert_non_null(getcwd(here, sizeof(here)));
    assert_int_equal(chdir(*state), 0);
    assert_int_equal(put("bare", "x", NULL), 0);
    assert_int_equal(chdir(here), 0);
    expect_content(tmp_path(*state, "bare"), "x");
}

static void owner_and_group_are_kept_where_we_may(void **state)
{
    struct stat st;
    const char *path = tmp_write(*state, "owned", "old");
    bool given = chown(path, 12345, 54321) == 0;
    assert_true(given || geteuid() != 0);
    assert_int_equal(chmod(path, 0660), 0);
    assert_int_equal(put(path, "new", NULL), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_uid, given ? 12345 : geteuid());
    assert_int_equal(st.st_mode & 07777, 0660);
}

static void temporaries_are_known_by_name(void **state)
{
    (void)state;
    assert_true(cs_atomic_file_is_temporary(".cs-tmp-0123456789abcdef"));
    assert_false(cs_atomic_file_is_temporary(".cs-tmp-0123456789abcde"));
    assert_false(cs_atomic_file_is_temporary(".cs-tmp-0123456789abcdef0"));
    assert_false(cs_atomic_file_is_temporary(".cs-tmp-0123456789ABCDEF"));
    assert_false(cs_atomic_file_is_temporary(".cs-tmp-"));
    assert_false(cs_atomic_file_is_temporary("cs-tmp-0123456789abcdef"));
    assert_false(cs_atomic_file_is_temporary(""));
}

/* --- other processes --- */

/* Content number i: i * 37 % 20000 + 1 times the letter i % 26. */
static size_t fill(char *text, unsigned i)
{
    size_t size = i * 37 % 20000 + 1;
    memset(text, 'a' + (int)(i % 26), size);
    return size;
}

static bool is_whole(const cs_strbuf *b, unsigned rounds)
{
    static char text[20001];
    for (unsigned i = 0; i < rounds; i++) {
        if (b->len == i * 37 % 20000 + 1 && b->data[0] == 'a' + (int)(i % 26)) {
            size_t size = fill(text, i);
            return memcmp(b->data, text, size) == 0;
        }
    }
    return false;
}

/* Writes contents 0 to rounds - 1, saying so on `told` after each. */
CS_NORETURN static void write_contents(const char *path, unsigned rounds,
                                       int told)
{
    static char text[20001];
    for (unsigned i = 0; i < rounds; i++) {
        size_t size = fill(text, i);
        if (cs_file_write(path, text, size, 0600, NULL) < 0 ||
            write(told, "", 1) != 1)
            _exit(1);
    }
    _exit(0);
}

static pid_t start_writer(const char *path, unsigned rounds, int *ret_told)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid == 0)
        write_contents(path, rounds, ends[1]);
    cs_fd_done(&ends[1]);
    *ret_told = ends[0];
    return pid;
}

static void a_reader_never_sees_half_a_file(void **state)
{
    enum { ROUNDS = 1000 };
    const char *path = tmp_path(*state, "shared");
    char first;
    int told;
    int status = -1;
    pid_t pid = start_writer(path, ROUNDS, &told);
    assert_int_equal(read(told, &first, 1), 1);
    unsigned seen = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
        assert_int_equal(cs_file_read(path, 1 << 20, &b, NULL), 0);
        assert_true(is_whole(&b, ROUNDS));
        seen++;
    }
    assert_int_equal(status, 0);
    assert_true(seen > 0);
    cs_fd_done(&told);
    assert_int_equal(temporaries(*state), 0);
}

static void remove_temporaries(const char *dir)
{
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(dir, &l, NULL), 0);
    for (size_t i = 0; i < l.len; i++) {
        if (cs_atomic_file_is_temporary(l.names[i]))
            assert_int_equal(unlink(tmp_path(dir, l.names[i])), 0);
    }
}

static void a_writer_killed_in_the_middle_leaves_the_old_file(void **state)
{
    const char *path = tmp_write(*state, "victim", "old content");
    char told;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        cs_atomic_file *f = NULL;
        if (cs_atomic_file_open(path, 0600, &f, NULL) == 0 &&
            cs_atomic_file_write(f, "half of the new", 15, NULL) == 0 &&
            write(ends[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ends[0], &told, 1), 1);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    expect_content(path, "old content");
    assert_int_equal(temporaries(*state), 1);
    remove_temporaries(*state);
    cs_fd_done(&ends[0]);
    cs_fd_done(&ends[1]);
}

/* Each writer dies somewhere in its work, wherever it happens to be. */
static void a_writer_killed_anywhere_leaves_a_whole_file(void **state)
{
    enum { KILLS = 25, ROUNDS = 100000 };
    const char *path = tmp_path(*state, "victim2");
    for (int k = 0; k < KILLS; k++) {
        char told;
        int fd;
        pid_t pid = start_writer(path, ROUNDS, &fd);
        for (int i = 0; i <= k % 5; i++)
            assert_int_equal(read(fd, &told, 1), 1);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        cs_fd_done(&fd);
        CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
        assert_int_equal(cs_file_read(path, 1 << 20, &b, NULL), 0);
        assert_true(is_whole(&b, ROUNDS));
    }
    assert_in_range(temporaries(*state), 0, KILLS);
    remove_temporaries(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_file_has_its_content_and_mode),
        cmocka_unit_test(an_old_file_is_replaced_and_keeps_its_mode),
        cmocka_unit_test(an_open_reader_keeps_the_old_content),
        cmocka_unit_test(an_empty_file_can_be_written),
        cmocka_unit_test(nothing_shows_before_the_commit),
        cmocka_unit_test(the_temporary_is_private_while_it_grows),
        cmocka_unit_test(without_a_commit_nothing_is_left),
        cmocka_unit_test(the_longest_name_works_and_a_longer_one_is_refused),
        cmocka_unit_test(a_link_is_written_through),
        cmocka_unit_test(a_dangling_link_gets_its_target),
        cmocka_unit_test(links_in_a_circle_are_refused),
        cmocka_unit_test(a_directory_is_not_replaced),
        cmocka_unit_test(devices_and_pipes_are_not_replaced),
        cmocka_unit_test(a_directory_that_appears_later_is_not_replaced_either),
        cmocka_unit_test(a_missing_directory_is_named),
        cmocka_unit_test(a_name_without_directory_is_here),
        cmocka_unit_test(owner_and_group_are_kept_where_we_may),
        cmocka_unit_test(temporaries_are_known_by_name),
        cmocka_unit_test(a_reader_never_sees_half_a_file),
        cmocka_unit_test(a_writer_killed_in_the_middle_leaves_the_old_file),
        cmocka_unit_test(a_writer_killed_anywhere_leaves_a_whole_file),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
