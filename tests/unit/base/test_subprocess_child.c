#include "base/subprocess_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "support/test.h"

/* What the child reports, zero when it said nothing, and how it ended. */
typedef struct outcome {
    cs_child_failure failure;
    int status;
} outcome;

static char *const no_env[] = {NULL};

static char *const *arguments(void)
{
    static char name[] = "sh";
    static char option[] = "-c";
    static char script[] = "exit 6";
    static char *const argv[] = {name, option, script, NULL};
    return argv;
}

static cs_child_plan good_plan(void)
{
    return (cs_child_plan){.program = "/bin/sh",
                           .argv = arguments(),
                           .env = no_env,
                           .stdio = {-1, -1, -1},
                           .fd_end = 100,
                           .parent = getpid()};
}

static outcome exec_plan(cs_child_plan plan)
{
    outcome o = {0};
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    plan.report = ends[1];
    pid_t pid = fork();
    if (pid == 0)
        cs_child_exec(&plan);
    cs_fd_done(&ends[1]);
    assert_true(cs_read_full(ends[0], &o.failure, sizeof(o.failure), "report",
                             NULL) >= 0);
    cs_fd_done(&ends[0]);
    assert_int_equal(waitpid(pid, &o.status, 0), pid);
    return o;
}

static void expect_report(cs_child_plan plan, cs_child_step step, int err)
{
    outcome o = exec_plan(plan);
    assert_int_equal(o.failure.step, step);
    assert_int_equal(o.failure.err, err);
    assert_true(WIFEXITED(o.status));
    assert_int_equal(WEXITSTATUS(o.status), 127);
}

static void a_program_that_runs_reports_nothing(void **state)
{
    (void)state;
    outcome o = exec_plan(good_plan());
    assert_int_equal(o.failure.step, 0);
    assert_true(WIFEXITED(o.status));
    assert_int_equal(WEXITSTATUS(o.status), 6);
}

static void each_step_reports_its_failure(void **state)
{
    (void)state;
    cs_child_plan plan = good_plan();
    plan.program = "/no/such";
    expect_report(plan, CS_CHILD_EXEC, ENOENT);
    plan = good_plan();
    plan.cwd = "/bin/sh";
    expect_report(plan, CS_CHILD_CWD, ENOTDIR);
    plan = good_plan();
    plan.stdio[1] = 999;
    expect_report(plan, CS_CHILD_SETUP, EBADF);
    plan = good_plan();
    plan.keep_fds = (const int[]){998};
    plan.keep_fd_count = 1;
    expect_report(plan, CS_CHILD_SETUP, EBADF);
}

static void a_child_whose_parent_has_gone_runs_nothing(void **state)
{
    (void)state;
    cs_child_plan plan = good_plan();
    plan.parent = getpid() + 1;
    outcome o = exec_plan(plan);
    assert_int_equal(o.failure.step, 0);
    assert_true(WIFEXITED(o.status));
    assert_int_equal(WEXITSTATUS(o.status), 127);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_runs_reports_nothing),
        cmocka_unit_test(each_step_reports_its_failure),
        cmocka_unit_test(a_child_whose_parent_has_gone_runs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
