#include "base/subprocess_child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXIT_UNREPORTED 127

CS_NORETURN static void give_up(const cs_child_plan *plan, cs_child_step step)
{
    cs_child_failure failure = {.step = step, .err = errno};
    ssize_t n;
    do {
        n = write(plan->report, &failure, sizeof(failure));
    } while (n < 0 && errno == EINTR);
    _exit(EXIT_UNREPORTED);
}

/* exec() resets handlers, but not what is ignored. */
static void reset_signals(void)
{
    struct sigaction dfl = {.sa_handler = SIG_DFL};
    for (int s = 1; s < NSIG; s++)
        sigaction(s, &dfl, NULL); /* fails for SIGKILL and the like */
}

/* The parent may have died before the kernel was told to watch it. */
static int join_life_of_parent(const cs_child_plan *plan)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -1;
    if (getppid() != plan->parent)
        _exit(EXIT_UNREPORTED);
    return 0;
}

static int keep(int fd)
{
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

/* Marks instead of closing, so that the report survives until exec(). */
static void drop_all_above_stdio(const cs_child_plan *plan)
{
    if (syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    for (unsigned fd = 3; fd < plan->fd_end; fd++)
        fcntl((int)fd, F_SETFD, FD_CLOEXEC);
}

static int arrange_descriptors(const cs_child_plan *plan)
{
    for (int i = 0; i < 3; i++) {
        if (plan->stdio[i] < 0)
            keep(i); /* closed in the parent: closed here */
        else if (dup2(plan->stdio[i], i) < 0)
            return -1;
    }
    drop_all_above_stdio(plan);
    for (size_t i = 0; i < plan->keep_fd_count; i++) {
        if (keep(plan->keep_fds[i]) < 0)
            return -1;
    }
    return 0;
}

void cs_child_exec(const cs_child_plan *plan)
{
    sigset_t none;
    reset_signals();
    if (setpgid(0, 0) < 0 || join_life_of_parent(plan) < 0 ||
        arrange_descriptors(plan) < 0)
        give_up(plan, CS_CHILD_SETUP);
    if (plan->cwd && chdir(plan->cwd) < 0)
        give_up(plan, CS_CHILD_CWD);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(plan->program, plan->argv, plan->env);
    give_up(plan, CS_CHILD_EXEC);
}
