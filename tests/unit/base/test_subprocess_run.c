#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "support/seccomp.h"
#include "support/test.h"
#include "support/tmp.h"

#define SHELL(script) ((const char *const[]){"sh", "-c", script, NULL})
#define FOR_EVER (-1)
#define MIB ((size_t)1 << 20)

static int run(const char *script, const char *input, size_t size, size_t max,
               int64_t timeout_ns, cs_proc_result *ret, cs_errinfo *info)
{
    cs_proc_spec spec = {.argv = SHELL(script)};
    return cs_proc_run(&spec, input, size, max, timeout_ns, ret, info);
}

static void expect_no_children(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static pid_t pid_on_line(const char *text, int line)
{
    pid_t pid = 0;
    for (; line > 0; line--)
        text = strchr(text, '\n') + 1;
    for (; *text >= '0' && *text <= '9'; text++)
        pid = pid * 10 + (*text - '0');
    assert_true(pid > 1 && *text == '\n');
    return pid;
}

static void both_outputs_and_the_status_are_captured(void **state)
{
    (void)state;
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(
        run("echo out; echo err >&2; exit 4", NULL, 0, MIB, FOR_EVER, &r, NULL),
        0);
    assert_int_equal(r.status, 4);
    assert_string_equal(r.out.data, "out\n");
    assert_string_equal(r.err.data, "err\n");
}

static void big_outputs_on_both_pipes_do_not_block_each_other(void **state)
{
    (void)state;
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(
        run("head -c 3000000 /dev/zero >&2 & head -c 2000000 /dev/zero; wait",
            NULL, 0, 4 * MIB, FOR_EVER, &r, NULL),
        0);
    assert_int_equal(r.status, 0);
    assert_int_equal(r.out.len, 2000000);
    assert_int_equal(r.err.len, 3000000);
}

static void input_comes_back_through_cat(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) in = CS_STRBUF_INIT;
    for (size_t i = 0; i < 3 * MIB; i++)
        cs_strbuf_putc(&in, (char)(i * 31 % 251));
    assert_int_equal(cs_strbuf_check(&in), 0);
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(run("cat", in.data, in.len, in.len, FOR_EVER, &r, NULL),
                     0);
    assert_int_equal(r.out.len, in.len);
    assert_memory_equal(r.out.data, in.data, in.len);
    assert_int_equal(r.err.len, 0);
}

static void a_child_that_never_reads_does_not_hold_us(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) in = CS_STRBUF_INIT;
    assert_int_equal(cs_strbuf_pad(&in, 'x', MIB), 0);
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(run("echo done", in.data, in.len, 100, FOR_EVER, &r, NULL),
                     0);
    assert_string_equal(r.out.data, "done\n");
    cs_proc_result_done(&r);
    /* Closed at once, while the child goes on. */
    assert_int_equal(run("exec <&-; read x </dev/null; echo on", in.data,
                         in.len, 100, FOR_EVER, &r, NULL),
                     0);
    assert_string_equal(r.out.data, "on\n");
}

static void a_child_that_closes_its_outputs_may_go_on(void **state)
{
    const char *path = tmp_path(*state, "after");
    char script[8300];
    snprintf(script, sizeof(script), "exec >&- 2>&-; : >%s; exit 3", path);
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(run(script, NULL, 0, 0, FOR_EVER, &r, NULL), 0);
    assert_int_equal(r.status, 3);
    assert_int_equal(access(path, F_OK), 0);
}

static void without_input_the_child_reads_nothing(void **state)
{
    (void)state;
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(run("cat; echo end", NULL, 0, 100, FOR_EVER, &r, NULL), 0);
    assert_string_equal(r.out.data, "end\n");
    cs_proc_result_done(&r);
    assert_int_equal(run("cat; echo end", "", 0, 100, FOR_EVER, &r, NULL), 0);
    assert_string_equal(r.out.data, "end\n");
}

static void a_descriptor_may_be_the_input(void **state)
{
    CS_AUTO_FD fd =
        open(tmp_write(*state, "in", "from a file"), O_RDONLY | O_CLOEXEC);
    cs_proc_spec spec = {.argv = SHELL("cat"), .in = CS_STDIO_FD, .in_fd = fd};
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(cs_proc_run(&spec, NULL, 0, 100, FOR_EVER, &r, NULL), 0);
    assert_string_equal(r.out.data, "from a file");
}

static void the_limit_is_inclusive_for_each_output(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(
        run("printf 12345; printf 54321 >&2", NULL, 0, 5, FOR_EVER, &r, NULL),
        0);
    assert_string_equal(r.out.data, "12345");
    assert_string_equal(r.err.data, "54321");
    static const char *const scripts[] = {"printf 123456", "printf 123456 >&2"};
    for (size_t i = 0; i < CS_COUNTOF(scripts); i++) {
        assert_int_equal(run(scripts[i], NULL, 0, 5, FOR_EVER, &r, &info),
                         CS_E_LIMIT);
        assert_string_equal(info.message,
                            "'sh' wrote more than 5 bytes and was stopped");
    }
    assert_string_equal(r.out.data, "12345");
}

static void endless_output_is_stopped(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_proc_result r = CS_PROC_RESULT_INIT;
    assert_int_equal(
        run("exec cat /dev/zero", NULL, 0, 300000, FOR_EVER, &r, &info),
        CS_E_LIMIT);
    assert_int_equal(r.out.len, 0);
    expect_no_children();
}

static void time_runs_out_for_the_whole_group(void **state)
{
    const char *path = tmp_path(*state, "pid");
    char script[8300];
    snprintf(script, sizeof(script), "sleep 1000 & echo $! >%s; wait", path);
    cs_errinfo info = {0};
    cs_proc_result r = CS_PROC_RESULT_INIT;
    int64_t start = cs_mono_ns(cs_clock_system());
    assert_int_equal(run(script, NULL, 0, 100, 300 * CS_NS_PER_MS, &r, &info),
                     CS_E_TIMEOUT);
    assert_string_equal(info.message,
                        "'sh' took longer than 300 ms and was stopped");
    assert_true(cs_mono_ns(cs_clock_system()) - start >= 300 * CS_NS_PER_MS);
    int status;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    assert_int_equal(cs_file_read(path, 100, &text, NULL), 0);
    pid_t grandchild = pid_on_line(text.data, 0);
    /* We are its subreaper, so that its end can be seen. */
    assert_int_equal(waitpid(grandchild, &status, 0), grandchild);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    expect_no_children();
}

static void a_talkative_child_cannot_talk_past_its_time(void **state)
{
    (void)state;
    cs_proc_result r = CS_PROC_RESULT_INIT;
    assert_int_equal(run("while :; do echo; done", NULL, 0, SIZE_MAX,
                         50 * CS_NS_PER_MS, &r, NULL),
                     CS_E_TIMEOUT);
    expect_no_children();
}

/* The grandchild holds the pipe, but nobody waits for it. */
static void what_the_child_leaves_behind_is_not_waited_for(void **state)
{
    (void)state;
    int status;
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    assert_int_equal(run("setsid sleep 1000 & echo $!; sleep 1000 & echo $!",
                         NULL, 0, 100, FOR_EVER, &r, NULL),
                     0);
    pid_t escaped = pid_on_line(r.out.data, 0);
    pid_t left = pid_on_line(r.out.data, 1);
    assert_int_equal(waitpid(left, &status, 0), left);
    assert_int_equal(status, SIGKILL);
    kill(escaped, SIGKILL);
    assert_int_equal(waitpid(escaped, &status, 0), escaped);
    expect_no_children();
}

static void a_failed_start_is_reported_as_such(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    cs_proc_result r = CS_PROC_RESULT_INIT;
    cs_proc_spec spec = {.argv = (const char *const[]){"no-such-tool", NULL}};
    assert_int_equal(cs_proc_run(&spec, NULL, 0, 100, FOR_EVER, &r, &info),
                     CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "cannot run 'no-such-tool'"));
}

static void sigpipe_is_neither_raised_nor_swallowed_for_others(void **state)
{
    (void)state;
    sigset_t set;
    sigset_t before;
    sigset_t pending;
    struct sigaction action;
    CS_SCOPED(cs_strbuf) in = CS_STRBUF_INIT;
    assert_int_equal(cs_strbuf_pad(&in, 'x', MIB), 0);
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    /* SIGPIPE has its default action here: raised, it would end the test. */
    assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
    assert_ptr_equal(action.sa_handler, SIG_DFL);
    assert_int_equal(
        run("exec <&-; exit 0", in.data, in.len, 100, FOR_EVER, &r, NULL), 0);
    sigpending(&pending);
    assert_false(sigismember(&pending, SIGPIPE));
    cs_proc_result_done(&r);
    /* One that was pending before is another's business. */
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    raise(SIGPIPE);
    assert_int_equal(
        run("exec <&-; exit 0", in.data, in.len, 100, FOR_EVER, &r, NULL), 0);
    sigpending(&pending);
    assert_true(sigismember(&pending, SIGPIPE));
    int taken;
    assert_int_equal(sigwait(&set, &taken), 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void many_runs_leave_neither_descriptors_nor_zombies(void **state)
{
    (void)state;
    CS_SCOPED(cs_dir_list) before = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_dir_list) after = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read("/proc/self/fd", &before, NULL), 0);
    for (int i = 0; i < 200; i++) {
        CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
        cs_proc_spec spec = {.argv = (const char *const[]){"cat", NULL}};
        assert_int_equal(
            cs_proc_run(&spec, "abc", 3, i % 2 ? 2 : 3, FOR_EVER, &r, NULL),
            i % 2 ? CS_E_LIMIT : 0);
    }
    assert_int_equal(cs_dir_read("/proc/self/fd", &after, NULL), 0);
    assert_int_equal(after.len, before.len);
    expect_no_children();
}

/* Returns NULL when every run brought back this thread's own text. */
static void *run_often(void *name)
{
    cs_proc_spec spec = {.argv = (const char *const[]){"cat", NULL}};
    for (int i = 0; i < 20; i++) {
        CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
        if (cs_proc_run(&spec, name, strlen(name), 100, FOR_EVER, &r, NULL) ||
            r.status != 0 || strcmp(r.out.data, name) != 0)
            return name;
    }
    return NULL;
}

static void threads_run_children_side_by_side(void **state)
{
    (void)state;
    static char names[4][8] = {"first", "second", "third", "fourth"};
    pthread_t threads[CS_COUNTOF(names)];
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_often, names[i]),
                         0);
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        void *failed = names[i];
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    expect_no_children();
}

static int run_without_pidfd(void)
{
    CS_SCOPED(cs_proc_result) r = CS_PROC_RESULT_INIT;
    if (!seccomp_forbid(SYS_pidfd_open, EPERM) ||
        run("cat; exec >&- 2>&-; exit 8", "abc", 3, 3, FOR_EVER, &r, NULL) < 0)
        return 1;
    if (r.status != 8 || strcmp(r.out.data, "abc") != 0)
        return 2;
    return run("sleep 1000", NULL, 0, 3, 20 * CS_NS_PER_MS, &r, NULL) !=
           CS_E_TIMEOUT;
}

static void all_this_works_without_pidfd(void **state)
{
    (void)state;
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(run_without_pidfd());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int setup(void **state)
{
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    return tmp_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_outputs_and_the_status_are_captured),
        cmocka_unit_test(big_outputs_on_both_pipes_do_not_block_each_other),
        cmocka_unit_test(input_comes_back_through_cat),
        cmocka_unit_test(a_child_that_never_reads_does_not_hold_us),
        cmocka_unit_test(a_child_that_closes_its_outputs_may_go_on),
        cmocka_unit_test(without_input_the_child_reads_nothing),
        cmocka_unit_test(a_descriptor_may_be_the_input),
        cmocka_unit_test(the_limit_is_inclusive_for_each_output),
        cmocka_unit_test(endless_output_is_stopped),
        cmocka_unit_test(time_runs_out_for_the_whole_group),
        cmocka_unit_test(a_talkative_child_cannot_talk_past_its_time),
        cmocka_unit_test(what_the_child_leaves_behind_is_not_waited_for),
        cmocka_unit_test(a_failed_start_is_reported_as_such),
        cmocka_unit_test(sigpipe_is_neither_raised_nor_swallowed_for_others),
        cmocka_unit_test(many_runs_leave_neither_descriptors_nor_zombies),
        cmocka_unit_test(threads_run_children_side_by_side),
        cmocka_unit_test(all_this_works_without_pidfd),
    };
    return cmocka_run_group_tests(tests, setup, tmp_teardown);
}
