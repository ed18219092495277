#include "base/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "support/seccomp.h"
#include "support/test.h"
#include "support/tmp.h"

/* In the fixture: in/file, in/sub/file, out/secret, and in `in` the links
 * up -> .., out -> ../out, secret -> ../out/secret, here -> sub,
 * dangling -> nowhere, absolute -> /etc. */
typedef struct open_case {
    const char *name;
    int flags;
    int code; /* 0: opens */
} open_case;

#define CREATE (O_WRONLY | O_CREAT)

static const open_case cases[] = {
    {"file", O_RDONLY, 0},
    {"sub/file", O_RDONLY, 0},
    {"sub//file", O_RDONLY, 0},
    {"./sub/./file", O_RDONLY, 0},
    {"sub", O_RDONLY | O_DIRECTORY, 0},
    {"sub/", O_RDONLY, 0},
    {".", O_RDONLY | O_DIRECTORY, 0},
    {"file", O_PATH, 0},
    {"sub/new", CREATE, 0},
    {"sub/new", CREATE | O_EXCL, CS_E_EXISTS},
    {"..file", O_RDONLY, CS_E_NOTFOUND},
    {"", O_RDONLY, CS_E_NOTFOUND},
    {"missing", O_RDONLY, CS_E_NOTFOUND},
    {"missing/new", CREATE, CS_E_NOTFOUND},
    {"file/below", O_RDONLY, CS_E_NOTFOUND},
    {"file/", O_RDONLY, CS_E_NOTFOUND},
    {"file", O_RDONLY | O_DIRECTORY, CS_E_NOTFOUND},
    {"new/", CREATE, CS_E_FORMAT},
    {"sub", O_WRONLY, CS_E_FORMAT},
    {"/etc/passwd", O_RDONLY, CS_E_UNSAFE},
    {"/", O_RDONLY, CS_E_UNSAFE},
    {"..", O_RDONLY, CS_E_UNSAFE},
    {"../out/secret", O_RDONLY, CS_E_UNSAFE},
    {"sub/../file", O_RDONLY, CS_E_UNSAFE},
    {"sub/../../out/secret", O_RDONLY, CS_E_UNSAFE},
    {"secret", O_RDONLY, CS_E_UNSAFE},
    {"secret", CREATE | O_TRUNC, CS_E_UNSAFE},
    {"secret", O_PATH, CS_E_UNSAFE},
    {"secret", O_PATH | O_NOFOLLOW, CS_E_UNSAFE},
    {"dangling", CREATE, CS_E_UNSAFE},
    {"up/out/secret", O_RDONLY, CS_E_UNSAFE},
    {"out/secret", O_RDONLY, CS_E_UNSAFE},
    {"out", O_RDONLY | O_DIRECTORY, CS_E_UNSAFE},
    {"here/file", O_RDONLY, CS_E_UNSAFE},
    {"absolute/passwd", O_RDONLY, CS_E_UNSAFE},
};

static void make_link(void **state, const char *to, const char *name)
{
    assert_int_equal(symlink(to, tmp_path(*state, name)), 0);
}

static int setup(void **state)
{
    assert_int_equal(tmp_setup(state), 0);
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "in/sub"), 0700, NULL), 0);
    assert_int_equal(cs_mkdir_p(tmp_path(*state, "out"), 0700, NULL), 0);
    tmp_write(*state, "in/file", "inside");
    tmp_write(*state, "in/sub/file", "inside");
    tmp_write(*state, "out/secret", "outside");
    make_link(state, "..", "in/up");
    make_link(state, "../out", "in/out");
    make_link(state, "../out/secret", "in/secret");
    make_link(state, "sub", "in/here");
    make_link(state, "nowhere", "in/dangling");
    make_link(state, "/etc", "in/absolute");
    return 0;
}

static bool is_as_expected(int dir, const open_case *c)
{
    cs_errinfo info = {0};
    if (!(c->flags & O_EXCL)) /* that case needs what the one before made */
        unlinkat(dir, "sub/new", 0);
    CS_AUTO_FD fd = cs_open_beneath(dir, c->name, c->flags, 0640, &info);
    if (c->code < 0)
        return fd == c->code && info.code == c->code &&
               strncmp(info.message, "cannot open ", 12) == 0;
    return fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* Number of the first case that is not as expected, from 1; 0 when none. */
static int first_surprise(const char *fixture)
{
    CS_AUTO_FD dir =
        open(tmp_path(fixture, "in"), O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        if (!is_as_expected(dir, &cases[i])) {
            fprintf(stderr, "surprising: '%s'\n", cases[i].name);
            return (int)i + 1;
        }
    }
    return 0;
}

static int without_openat2(int (*body)(const char *), const char *fixture,
                           unsigned err)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(seccomp_forbid(SYS_openat2, err) ? body(fixture) : 255);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void names_open_beneath_and_nowhere_else(void **state)
{
    assert_int_equal(first_surprise(*state), 0);
}

static void the_same_holds_where_openat2_is_missing(void **state)
{
    assert_int_equal(without_openat2(first_surprise, *state, ENOSYS), 0);
}

static void the_same_holds_where_openat2_is_forbidden(void **state)
{
    assert_int_equal(without_openat2(first_surprise, *state, EPERM), 0);
}

static void the_reason_of_a_refusal_is_told(void **state)
{
    cs_errinfo info = {0};
    CS_AUTO_FD dir = open(tmp_path(*state, "in"), O_PATH | O_CLOEXEC);
    cs_open_beneath(dir, "here/file", O_RDONLY, 0, &info);
    assert_string_equal(info.message,
                        "cannot open 'here/file': a symbolic link "
                        "is not followed here");
    cs_open_beneath(dir, "../out/secret", O_RDONLY, 0, &info);
    assert_string_equal(info.message, "cannot open '../out/secret': the path "
                                      "leaves its directory");
}

static void what_is_opened_is_what_was_named(void **state)
{
    char text[16] = "";
    CS_AUTO_FD dir = open(tmp_path(*state, "in"), O_PATH | O_CLOEXEC);
    CS_AUTO_FD fd = cs_open_beneath(dir, "sub/file", O_RDONLY, 0, NULL);
    assert_int_equal(cs_read_full(fd, text, sizeof(text), "file", NULL), 6);
    assert_string_equal(text, "inside");
}

static void a_new_file_gets_its_mode(void **state)
{
    struct stat st;
    mode_t before = umask(0);
    CS_AUTO_FD dir = open(tmp_path(*state, "in"), O_PATH | O_CLOEXEC);
    CS_AUTO_FD fd = cs_open_beneath(dir, "sub/made", CREATE, 0640, NULL);
    umask(before);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

static int first_surprise_of_long_names(const char *ignored)
{
    char name[5000];
    (void)ignored;
    memset(name, 'n', sizeof(name));
    name[256] = '\0';
    if (cs_open_beneath(AT_FDCWD, name, O_RDONLY, 0, NULL) != CS_E_LIMIT)
        return 1;
    for (size_t i = 0; i < sizeof(name); i++)
        name[i] = i % 2 ? '/' : '.';
    name[4097] = '\0';
    if (cs_open_beneath(AT_FDCWD, name, O_RDONLY, 0, NULL) != CS_E_LIMIT)
        return 2;
    name[4095] = '\0';
    int fd = cs_open_beneath(AT_FDCWD, name, O_RDONLY, 0, NULL);
    return fd < 0 || close(fd) < 0 ? 3 : 0;
}

static void long_names_are_refused_both_ways(void **state)
{
    assert_int_equal(first_surprise_of_long_names(*state), 0);
    assert_int_equal(
        without_openat2(first_surprise_of_long_names, *state, ENOSYS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_open_beneath_and_nowhere_else),
        cmocka_unit_test(the_same_holds_where_openat2_is_missing),
        cmocka_unit_test(the_same_holds_where_openat2_is_forbidden),
        cmocka_unit_test(the_reason_of_a_refusal_is_told),
        cmocka_unit_test(what_is_opened_is_what_was_named),
        cmocka_unit_test(a_new_file_gets_its_mode),
        cmocka_unit_test(long_names_are_refused_both_ways),
    };
    return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
