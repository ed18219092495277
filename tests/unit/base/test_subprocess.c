#include "base/subprocess.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "support/seccomp.h"
#include "support/test.h"
#include "support/tmp.h"

#define SHELL(script) ((const char *const[]){"sh", "-c", script, NULL})
#define FOR_EVER (-1)

static size_t open_descriptors(void)
{
    CS_SCOPED(cs_dir_list) l = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read("/proc/self/fd", &l, NULL), 0);
    return l.len;
}

static int status_of(const char *script)
{
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {.argv = SHELL(script)};
    int status = -1;
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    assert_int_equal(cs_proc_wait(p, FOR_EVER, &status, NULL), 0);
    return status;
}

static void exit_statuses_arrive(void **state)
{
    (void)state;
    assert_int_equal(status_of("exit 0"), 0);
    assert_int_equal(status_of("exit 7"), 7);
    assert_int_equal(status_of("exit 255"), 255);
}

static void a_signal_counts_from_128(void **state)
{
    (void)state;
    assert_int_equal(status_of("kill -TERM $$"), 128 + SIGTERM);
    assert_int_equal(status_of("kill -KILL $$"), 128 + SIGKILL);
}

static void a_second_wait_gives_the_same_status(void **state)
{
    (void)state;
    int status = -1;
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {.argv = SHELL("exit 9")};
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cs_proc_wait(p, FOR_EVER, &status, NULL), 0);
        assert_int_equal(status, 9);
    }
    assert_int_equal(cs_proc_signal(p, SIGTERM), CS_E_NOTFOUND);
}

static void expect_start_failure(cs_proc_spec spec, int code,
                                 const char *message)
{
    size_t before = open_descriptors();
    cs_errinfo info = {0};
    cs_proc *p = NULL;
    assert_int_equal(cs_proc_start(&spec, &p, &info), code);
    assert_null(p);
    assert_non_null(strstr(info.message, message));
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void a_missing_program_is_named(void **state)
{
    (void)state;
    cs_proc_spec spec = {.argv = (const char *const[]){"no-such-tool", NULL}};
    expect_start_failure(spec, CS_E_NOTFOUND,
                         "cannot run 'no-such-tool': no such program is "
                         "installed (PATH)");
    spec.argv = (const char *const[]){"/no/such", NULL};
    expect_start_failure(spec, CS_E_NOTFOUND,
                         "cannot run '/no/such': no such file or directory");
}

static void what_cannot_be_executed_fails_at_the_start(void **state)
{
    const char *text = tmp_write(*state, "text", "just words\n");
    cs_proc_spec spec = {.argv = (const char *const[]){text, NULL}};
    expect_start_failure(spec, CS_E_ACCESS, "/text': permission denied");
    assert_int_equal(chmod(text, 0700), 0);
    expect_start_failure(spec, CS_E_FORMAT, "/text': it is not a program");
    spec.argv = (const char *const[]){*state, NULL};
    expect_start_failure(spec, CS_E_ACCESS, "permission denied");
}

static void a_missing_directory_is_named(void **state)
{
    (void)state;
    cs_proc_spec spec = {.argv = SHELL("exit 0"), .cwd = "/no/where"};
    expect_start_failure(spec, CS_E_NOTFOUND,
                         "cannot run 'sh' in the directory '/no/where': "
                         "no such file or directory");
}

static void a_closed_descriptor_cannot_be_given(void **state)
{
    (void)state;
    cs_proc_spec spec = {
        .argv = SHELL("exit 0"), .out = CS_STDIO_FD, .out_fd = 999};
    expect_start_failure(spec, CS_E_IO, "cannot run 'sh': ");
    spec = (cs_proc_spec){.argv = SHELL("exit 0"),
                          .keep_fds = (const int[]){999},
                          .keep_fd_count = 1};
    expect_start_failure(spec, CS_E_IO, "cannot run 'sh' with descriptor 999");
}

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

static int run_to_status(const cs_proc_spec *spec)
{
    CS_AUTO(cs_proc) p = NULL;
    int status;
    if (cs_proc_start(spec, &p, NULL) < 0 ||
        cs_proc_wait(p, FOR_EVER, &status, NULL) < 0)
        return -1;
    return status;
}

static int ignore_and_block_signals(const char *ignored)
{
    (void)ignored;
    sigset_t all;
    sigfillset(&all);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    sigprocmask(SIG_SETMASK, &all, NULL);
    /* Signals 32 and up are left out: some are libc's own, which nobody else
     * can change and some programs that start us (make) leave ignored. */
    cs_proc_spec spec = {.argv = SHELL("test $(grep -cE "
                                       "'Sig(Blk|Ign):\t[0-9a-f]{9}0{7}$' "
                                       "/proc/self/status) = 2")};
    return run_to_status(&spec);
}

static void the_child_starts_with_default_signals(void **state)
{
    expect_in_a_fork(ignore_and_block_signals, *state);
}

static void waiting_ends_in_time_and_the_child_goes_on(void **state)
{
    (void)state;
    int status = -1;
    cs_errinfo info = {0};
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {.argv = (const char *const[]){"cat", NULL},
                         .in = CS_STDIO_PIPE,
                         .out = CS_STDIO_PIPE};
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    int64_t start = cs_mono_ns(cs_clock_system());
    assert_int_equal(cs_proc_wait(p, 30 * CS_NS_PER_MS, &status, &info),
                     CS_E_TIMEOUT);
    assert_true(cs_mono_ns(cs_clock_system()) - start >= 30 * CS_NS_PER_MS);
    assert_string_equal(info.message, "'cat' is still running");
    assert_int_equal(cs_proc_wait(p, 0, &status, NULL), CS_E_TIMEOUT);
    assert_int_equal(status, -1);
    assert_int_equal(cs_proc_err(p), -1);
    cs_proc_close_in(p);
    assert_int_equal(cs_proc_in(p), -1);
    assert_int_equal(cs_proc_wait(p, FOR_EVER, &status, NULL), 0);
    assert_int_equal(status, 0);
}

static pid_t read_pid(int fd)
{
    pid_t pid = 0;
    char c = '0';
    while (c != '\n') {
        pid = pid * 10 + (c - '0');
        assert_int_equal(read(fd, &c, 1), 1);
    }
    return pid;
}

/* Orphans become children of this process, so that their end can be seen. A
 * shell that waits may have been the quicker one to see it (ECHILD). */
static void expect_killed(pid_t pid)
{
    int status;
    pid_t reaped = waitpid(pid, &status, 0);
    if (reaped < 0) {
        assert_int_equal(errno, ECHILD);
        assert_int_equal(kill(pid, 0), -1);
        return;
    }
    assert_int_equal(reaped, pid);
    assert_true(WIFSIGNALED(status));
}

static void freeing_kills_the_whole_group(void **state)
{
    (void)state;
    cs_proc *p = NULL;
    cs_proc_spec spec = {.argv = SHELL("sleep 1000 & echo $!; wait"),
                         .out = CS_STDIO_PIPE};
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    pid_t grandchild = read_pid(cs_proc_out(p));
    assert_int_equal(getpgid(cs_proc_pid(p)), cs_proc_pid(p));
    assert_int_equal(getpgid(grandchild), cs_proc_pid(p));
    cs_proc_free(p);
    expect_killed(grandchild);
    cs_proc_free(NULL);
}

static void the_group_ends_with_the_child(void **state)
{
    (void)state;
    int status = -1;
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {.argv = SHELL("sleep 1000 & echo $!; exit 5"),
                         .out = CS_STDIO_PIPE};
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    pid_t grandchild = read_pid(cs_proc_out(p));
    assert_int_equal(cs_proc_wait(p, FOR_EVER, &status, NULL), 0);
    assert_int_equal(status, 5);
    expect_killed(grandchild);
}

static void a_signal_goes_to_the_whole_group(void **state)
{
    (void)state;
    int status = -1;
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {
        .argv = SHELL("trap 'exit 3' TERM; sleep 1000 & echo $!; wait"),
        .out = CS_STDIO_PIPE};
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    pid_t grandchild = read_pid(cs_proc_out(p));
    assert_int_equal(cs_proc_signal(p, SIGTERM), 0);
    assert_int_equal(cs_proc_wait(p, FOR_EVER, &status, NULL), 0);
    assert_int_equal(status, 3);
    expect_killed(grandchild);
}

static void a_signal_after_the_end_finds_nobody(void **state)
{
    (void)state;
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {.argv = SHELL("exit 0")};
    siginfo_t si;
    assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
    assert_int_equal(
        waitid(P_PID, (id_t)cs_proc_pid(p), &si, WEXITED | WNOWAIT), 0);
    assert_int_equal(cs_proc_signal(p, SIGTERM), CS_E_NOTFOUND);
}

static void the_child_ends_with_its_parent(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t middle = fork();
    if (middle == 0) {
        cs_proc *p = NULL;
        cs_proc_spec spec = {.argv = SHELL("exec sleep 1000")};
        if (cs_proc_start(&spec, &p, NULL) < 0 ||
            dprintf(ends[1], "%d\n", cs_proc_pid(p)) < 0)
            _exit(1);
        _exit(0);
    }
    pid_t orphan = read_pid(ends[0]);
    assert_int_equal(waitpid(middle, NULL, 0), middle);
    expect_killed(orphan);
    cs_fd_done(&ends[0]);
    cs_fd_done(&ends[1]);
}

static void many_runs_leave_neither_descriptors_nor_zombies(void **state)
{
    (void)state;
    size_t before = open_descriptors();
    for (int i = 0; i < 200; i++) {
        cs_proc *p = NULL;
        cs_proc_spec spec = {.argv = (const char *const[]){"true", NULL},
                             .in = CS_STDIO_PIPE,
                             .out = CS_STDIO_PIPE,
                             .err = CS_STDIO_NULL};
        int status = -1;
        assert_int_equal(cs_proc_start(&spec, &p, NULL), 0);
        if (i % 2)
            assert_int_equal(cs_proc_wait(p, FOR_EVER, &status, NULL), 0);
        cs_proc_free(p);
    }
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static int wait_without_pidfd(const char *ignored)
{
    (void)ignored;
    int status = -1;
    CS_AUTO(cs_proc) p = NULL;
    cs_proc_spec spec = {.argv = SHELL("read x; exit 6"), .in = CS_STDIO_PIPE};
    if (!seccomp_forbid(SYS_pidfd_open, ENOSYS) ||
        cs_proc_start(&spec, &p, NULL) < 0 || cs_proc_pidfd(p) != -1)
        return 1;
    if (cs_proc_wait(p, 20 * CS_NS_PER_MS, &status, NULL) != CS_E_TIMEOUT)
        return 2;
    cs_proc_close_in(p);
    if (cs_proc_wait(p, FOR_EVER, &status, NULL) < 0 || status != 6)
        return 3;
    return 0;
}

static void waiting_works_without_pidfd(void **state)
{
    expect_in_a_fork(wait_without_pidfd, *state);
}

static int setup(void **state)
{
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    return tmp_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_statuses_arrive),
        cmocka_unit_test(a_signal_counts_from_128),
        cmocka_unit_test(a_second_wait_gives_the_same_status),
        cmocka_unit_test(a_missing_program_is_named),
        cmocka_unit_test(what_cannot_be_executed_fails_at_the_start),
        cmocka_unit_test(a_missing_directory_is_named),
        cmocka_unit_test(a_closed_descriptor_cannot_be_given),
        cmocka_unit_test(the_child_starts_with_default_signals),
        cmocka_unit_test(waiting_ends_in_time_and_the_child_goes_on),
        cmocka_unit_test(freeing_kills_the_whole_group),
        cmocka_unit_test(the_group_ends_with_the_child),
        cmocka_unit_test(a_signal_goes_to_the_whole_group),
        cmocka_unit_test(a_signal_after_the_end_finds_nobody),
        cmocka_unit_test(the_child_ends_with_its_parent),
        cmocka_unit_test(many_runs_leave_neither_descriptors_nor_zombies),
        cmocka_unit_test(waiting_works_without_pidfd),
    };
    return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
