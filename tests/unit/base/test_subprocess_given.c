/* What a child is given: descriptors, environment, directory. Mirrors no single
 * file of src/base. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "support/seccomp.h"
#include "support/test.h"
#include "support/tmp.h"

#define SHELL(script) ((const char *const[]){"sh", "-c", script, NULL})
#define FOR_EVER (-1)

/* Runs `body` in a fork, for what would spoil this process. */
static void expect_in_a_fork(int (*body)(const char *), const char *arg)
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(body(arg));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* What a child with this spec writes on its standard output. */
static void expect_output(cs_proc_spec spec, const char *expected)
{
    char out[4096] = "";
    int status = -1;
    CS_AUTO(cs_proc) p = NULL;
    spec.out = CS_STDIO_PIPE;
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    assert_true(cs_read_full(cs_proc_out(p), out, sizeof(out) - 1, "", NULL) >=
                0);
    assert_int_equal(cs_proc_wait(p, FOR_EVER, &status, NULL), 0);
    assert_int_equal(status, 0);
    assert_string_equal(out, expected);
}

static void the_child_works_where_it_is_told(void **state)
{
    const char *dir = tmp_path(*state, "work");
    char expected[4096];
    assert_int_equal(mkdir(dir, 0700), 0);
    snprintf(expected, sizeof(expected), "%s\n", dir);
    expect_output((cs_proc_spec){.argv = SHELL("pwd -P"), .cwd = dir},
                  expected);
}

static void a_given_environment_is_all_there_is(void **state)
{
    (void)state;
    cs_proc_spec spec = {
        .argv = (const char *const[]){"env", NULL},
        .env = (const char *const[]){"A=1", "PATH=/usr/bin:/bin", NULL}};
    expect_output(spec, "A=1\nPATH=/usr/bin:/bin\n");
    spec.env = (const char *const[]){"A=1", "PATH=/nowhere", NULL};
    cs_errinfo info = {0};
    cs_proc *p = NULL;
    assert_int_equal(cs_proc_start(&spec, &p, &info), CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "cannot run 'env'"));
}

static void a_string_reaches_the_program_unchanged(void **state)
{
    (void)state;
    static const char odd[] = "$HOME `x` \"'\\ * ; & \n 肺";
    cs_proc_spec spec = {.argv =
                             (const char *const[]){"printf", "%s", odd, NULL}};
    expect_output(spec, odd);
}

/* ls itself opens one more, the lowest that is free. */
static void no_descriptor_leaks_into_the_child(void **state)
{
    (void)state;
    CS_AUTO_FD leaky = open("/dev/null", O_RDONLY);
    CS_AUTO_FD high = fcntl(leaky, F_DUPFD, 700);
    assert_int_equal(high, 700);
    cs_proc_spec spec = {
        .argv = (const char *const[]){"ls", "/proc/self/fd", NULL}};
    expect_output(spec, "0\n1\n2\n3\n");
    spec.keep_fds = (const int[]){700};
    spec.keep_fd_count = 1;
    expect_output(spec, "0\n1\n2\n3\n700\n");
}

static void a_kept_descriptor_is_the_same_file(void **state)
{
    const char *path = tmp_write(*state, "kept", "from the file");
    CS_AUTO_FD low = open(path, O_RDONLY | O_CLOEXEC);
    CS_AUTO_FD fd = fcntl(low, F_DUPFD_CLOEXEC, 9);
    assert_int_equal(fd, 9);
    cs_proc_spec spec = {.argv = SHELL("cat <&9"),
                         .keep_fds = (const int[]){9},
                         .keep_fd_count = 1};
    expect_output(spec, "from the file");
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void the_null_device_is_empty_and_swallows(void **state)
{
    (void)state;
    expect_output((cs_proc_spec){.argv = SHELL("cat; echo lost >&2"),
                                 .in = CS_STDIO_NULL,
                                 .err = CS_STDIO_NULL},
                  "");
}

static void given_descriptors_may_cross(void **state)
{
    const char *path = tmp_path(*state, "both");
    CS_AUTO_FD fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    cs_proc_spec spec = {.argv = SHELL("cat; echo out; echo err >&2"),
                         .in = CS_STDIO_FD,
                         .in_fd = fd,
                         .out = CS_STDIO_FD,
                         .out_fd = fd,
                         .err = CS_STDIO_FD,
                         .err_fd = fd};
    CS_AUTO(cs_proc) p = NULL;
    int status = -1;
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    assert_int_equal(cs_proc_wait(p, FOR_EVER, &status, NULL), 0);
    assert_int_equal(status, 0);
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, 100, &b, NULL), 0);
    assert_string_equal(b.data, "out\nerr\n");
}

static int run_to_status(const cs_proc_spec *spec)
{
    CS_AUTO(cs_proc) p = NULL;
    int status;
    if (cs_proc_start(spec, &p, NULL) < 0 ||
        cs_proc_wait(p, FOR_EVER, &status, NULL) < 0)
        return -1;
    return status;
}

/* Our 1 is the child's 2 and the other way round. */
static int swap_outputs(const char *dir)
{
    int one = open(tmp_path(dir, "one"), O_WRONLY | O_CREAT, 0600);
    int two = open(tmp_path(dir, "two"), O_WRONLY | O_CREAT, 0600);
    if (dup2(one, 1) < 0 || dup2(two, 2) < 0)
        return 1;
    cs_proc_spec spec = {.argv = SHELL("echo to-1; echo to-2 >&2"),
                         .out = CS_STDIO_FD,
                         .out_fd = 2,
                         .err = CS_STDIO_FD,
                         .err_fd = 1};
    return run_to_status(&spec) == 0 ? 0 : 2;
}

static void standard_descriptors_may_be_swapped(void **state)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    expect_in_a_fork(swap_outputs, *state);
    assert_int_equal(cs_file_read(tmp_path(*state, "one"), 100, &b, NULL), 0);
    assert_int_equal(cs_file_read(tmp_path(*state, "two"), 100, &b, NULL), 0);
    assert_string_equal(b.data, "to-2\nto-1\n");
}

/* Then every new descriptor is one of 0, 1, 2. */
static int run_without_standard_descriptors(const char *ignored)
{
    (void)ignored;
    close(0);
    close(1);
    close(2);
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {.argv = SHELL("read x; echo out-$x; echo err-$x >&2"),
                         .in = CS_STDIO_PIPE,
                         .out = CS_STDIO_PIPE,
                         .err = CS_STDIO_PIPE};
    char out[32] = "";
    char err[32] = "";
    if (cs_proc_start(&spec, &p, NULL) < 0 ||
        cs_write_all(cs_proc_in(p), "in\n", 3, "", NULL) < 0 ||
        cs_read_full(cs_proc_out(p), out, sizeof(out) - 1, "", NULL) < 0 ||
        cs_read_full(cs_proc_err(p), err, sizeof(err) - 1, "", NULL) < 0)
        return 1;
    return strcmp(out, "out-in\n") != 0 || strcmp(err, "err-in\n") != 0;
}

static void
a_parent_without_standard_descriptors_has_children_with(void **state)
{
    expect_in_a_fork(run_without_standard_descriptors, *state);
}

static int list_without_close_range(const char *ignored)
{
    (void)ignored;
    char out[64] = "";
    int leaky = fcntl(0, F_DUPFD, 50);
    int kept = fcntl(0, F_DUPFD, 60);
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {.argv =
                             (const char *const[]){"ls", "/proc/self/fd", NULL},
                         .out = CS_STDIO_PIPE,
                         .keep_fds = &kept,
                         .keep_fd_count = 1};
    if (leaky != 50 || kept != 60 || !seccomp_forbid(SYS_close_range, ENOSYS) ||
        cs_proc_start(&spec, &p, NULL) < 0 ||
        cs_read_full(cs_proc_out(p), out, sizeof(out) - 1, "", NULL) < 0)
        return 1;
    return strcmp(out, "0\n1\n2\n3\n60\n") != 0;
}

static void no_descriptor_leaks_without_close_range_either(void **state)
{
    expect_in_a_fork(list_without_close_range, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_child_works_where_it_is_told),
        cmocka_unit_test(a_given_environment_is_all_there_is),
        cmocka_unit_test(a_string_reaches_the_program_unchanged),
        cmocka_unit_test(no_descriptor_leaks_into_the_child),
        cmocka_unit_test(a_kept_descriptor_is_the_same_file),
        cmocka_unit_test(the_null_device_is_empty_and_swallows),
        cmocka_unit_test(given_descriptors_may_cross),
        cmocka_unit_test(standard_descriptors_may_be_swapped),
        cmocka_unit_test(
            a_parent_without_standard_descriptors_has_children_with),
        cmocka_unit_test(no_descriptor_leaks_without_close_range_either),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
