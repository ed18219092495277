#include "base/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/program.h"
#include "base/subprocess_child.h"

/* How often to look after a child where pidfd_open() is missing. */
#define LOOK_AGAIN_NS (5 * CS_NS_PER_MS)

struct cs_proc {
    char *name; /* argv[0], for messages */
    pid_t pid;
    int pidfd;    /* -1 where the kernel has none */
    int stdio[3]; /* our ends, or -1 */
    bool ended;   /* reaped; pid is no longer ours */
    int status;
};

/* What only the start needs. */
typedef struct launch {
    const cs_proc_spec *spec;
    char *program;
    int child[3];  /* the child's ends, or -1: inherit */
    int report[2]; /* tells the parent why exec() failed */
} launch;

static void launch_done(launch *l)
{
    for (int i = 0; i < 3; i++)
        cs_fd_done(&l->child[i]);
    cs_fd_done(&l->report[0]);
    cs_fd_done(&l->report[1]);
    cs_free(l->program);
}

/* The child arranges 0, 1 and 2 by dup2(); what it takes them from must not be
 * among them, as happens when the parent runs with one of them closed. */
static int raise_fd(int *fd)
{
    if (*fd < 0 || *fd > 2)
        return *fd < 0 ? -1 : 0;
    int raised = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
    cs_fd_done(fd);
    *fd = raised;
    return raised < 0 ? -1 : 0;
}

static int open_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    return raise_fd(&ends[0]) < 0 || raise_fd(&ends[1]) < 0 ? -1 : 0;
}

/* Stream i of the child. On failure launch_done() closes what was opened. */
static int open_stream(launch *l, cs_proc *p, int i, cs_stdio kind, int fd)
{
    int ends[2] = {-1, -1};
    int r = 0;
    switch (kind) {
    case CS_STDIO_INHERIT:
        return 0;
    case CS_STDIO_NULL:
        l->child[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
        return raise_fd(&l->child[i]);
    case CS_STDIO_FD:
        l->child[i] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        return l->child[i] < 0 ? -1 : 0;
    case CS_STDIO_PIPE:
        r = open_pipe(ends);
        l->child[i] = ends[i == 0 ? 0 : 1];
        p->stdio[i] = ends[i == 0 ? 1 : 0];
    }
    return r;
}

static int open_streams(launch *l, cs_proc *p, cs_errinfo *info)
{
    const cs_proc_spec *s = l->spec;
    /* First, while no descriptor of ours can be taken for one of them. */
    for (size_t i = 0; i < s->keep_fd_count; i++) {
        if (fcntl(s->keep_fds[i], F_GETFD) < 0)
            return cs_fail_errno(info, errno,
                                 "cannot run '%s' with descriptor %d", p->name,
                                 s->keep_fds[i]);
    }
    if (open_stream(l, p, 0, s->in, s->in_fd) < 0 ||
        open_stream(l, p, 1, s->out, s->out_fd) < 0 ||
        open_stream(l, p, 2, s->err, s->err_fd) < 0 || open_pipe(l->report) < 0)
        return cs_fail_errno(info, errno, "cannot run '%s'", p->name);
    return 0;
}

/* The one place that looks at our environment: the child inherits it. */
static const char *search_path(const cs_proc_spec *spec)
{
    if (!spec->env)
        return getenv("PATH");
    for (size_t i = 0; spec->env[i]; i++) {
        if (strncmp(spec->env[i], "PATH=", 5) == 0)
            return spec->env[i] + 5;
    }
    return NULL;
}

/* Where descriptors must be marked one by one, limits in the billions, as in
 * some containers, would take minutes. */
#define FD_END_MAX (1u << 20)

static unsigned fd_end(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_max > FD_END_MAX)
        return FD_END_MAX;
    return (unsigned)limit.rlim_max;
}

static cs_child_plan plan_of(const launch *l)
{
    const cs_proc_spec *s = l->spec;
    /* exec() takes pointers to char for history's sake and changes nothing. */
    union {
        const char *const *given;
        char *const *taken;
    } argv = {.given = s->argv}, env = {.given = s->env};
    return (cs_child_plan){
        .program = l->program,
        .argv = argv.taken,
        .env = s->env ? env.taken : environ,
        .cwd = s->cwd,
        .stdio = {l->child[0], l->child[1], l->child[2]},
        .keep_fds = s->keep_fds,
        .keep_fd_count = s->keep_fd_count,
        .report = l->report[1],
        .fd_end = fd_end(),
        .parent = getpid(),
    };
}

/* Signals stay blocked across the fork: a handler of ours must not run in the
 * child. Returns the pid or a negative errno value. */
static pid_t fork_child(const launch *l)
{
    cs_child_plan plan = plan_of(l);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        cs_child_exec(&plan);
    int err = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid < 0 ? -err : pid;
}

static int explain(const launch *l, const cs_proc *p,
                   const cs_child_failure *failure, cs_errinfo *info)
{
    if (failure->step == CS_CHILD_CWD)
        return cs_fail_errno(info, failure->err,
                             "cannot run '%s' in the directory '%s'", p->name,
                             l->spec->cwd);
    if (failure->err == ENOEXEC)
        return cs_fail(info, CS_E_FORMAT,
                       "cannot run '%s': it is not a program", p->name);
    return cs_fail_errno(info, failure->err, "cannot run '%s'", p->name);
}

static int fork_and_hear(launch *l, cs_proc *p, cs_errinfo *info)
{
    pid_t pid = fork_child(l);
    if (pid < 0)
        return cs_fail_errno(info, -pid, "cannot run '%s'", p->name);
    p->pid = pid;
    p->ended = false;
    /* The child does the same; whoever comes first. */
    setpgid(pid, pid);
    p->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    cs_fd_done(&l->report[1]);
    cs_child_failure failure;
    int64_t n =
        cs_read_full(l->report[0], &failure, sizeof(failure), p->name, info);
    if (n == (int64_t)sizeof(failure))
        return explain(l, p, &failure, info);
    return n < 0 ? (int)n : 0;
}

int cs_proc_start(const cs_proc_spec *spec, cs_proc **ret, cs_errinfo *info)
{
    CS_AUTO(cs_proc) p = cs_new0(cs_proc);
    if (!p)
        return cs_fail_nomem(info);
    p->pidfd = p->stdio[0] = p->stdio[1] = p->stdio[2] = -1;
    p->ended = true; /* nothing to reap yet */
    p->name = cs_strdup(spec->argv[0]);
    if (!p->name)
        return cs_fail_nomem(info);
    CS_SCOPED(launch)
    l = {.spec = spec, .child = {-1, -1, -1}, .report = {-1, -1}};
    int r = cs_program_find(p->name, search_path(spec), &l.program, info);
    if (r == 0)
        r = open_streams(&l, p, info);
    if (r == 0)
        r = fork_and_hear(&l, p, info);
    if (r == 0)
        *ret = CS_TAKE(p);
    return r;
}

int cs_proc_pid(const cs_proc *p)
{
    return p->pid;
}

int cs_proc_pidfd(const cs_proc *p)
{
    return p->pidfd;
}

int cs_proc_in(const cs_proc *p)
{
    return p->stdio[0];
}

int cs_proc_out(const cs_proc *p)
{
    return p->stdio[1];
}

int cs_proc_err(const cs_proc *p)
{
    return p->stdio[2];
}

void cs_proc_close_in(cs_proc *p)
{
    cs_fd_done(&p->stdio[0]);
}

/* Whether it has ended, leaving it to be reaped: until then its number, and so
 * that of its group, belongs to nobody else. Negative errno value on failure.
 */
static int has_ended(const cs_proc *p)
{
    siginfo_t si = {.si_pid = 0};
    int r =
        CS_RETRY(waitid(P_PID, (id_t)p->pid, &si, WEXITED | WNOWAIT | WNOHANG));
    return r < 0 ? -errno : si.si_pid != 0;
}

/* Waits until it ends or `ns` have passed (negative: no limit), perhaps less.
 */
static void sleep_until_end(const cs_proc *p, int64_t ns)
{
    if (p->pidfd < 0)
        ns = ns < 0 ? LOOK_AGAIN_NS : CS_MIN(ns, LOOK_AGAIN_NS);
    struct timespec ts = {ns / CS_NS_PER_S, ns % CS_NS_PER_S};
    struct pollfd fd = {.fd = p->pidfd, .events = POLLIN};
    ppoll(&fd, 1, ns < 0 ? NULL : &ts, NULL);
}

/* Blocks until it has ended. Kills the rest of its group first, while the
 * number of the group cannot be another's. */
static int reap(cs_proc *p)
{
    int status;
    kill(-p->pid, SIGKILL);
    pid_t r = CS_RETRY(waitpid(p->pid, &status, 0));
    p->ended = true;
    if (r < 0)
        return -errno;
    p->status =
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return 0;
}

int cs_proc_wait(cs_proc *p, int64_t timeout_ns, int *ret_status,
                 cs_errinfo *info)
{
    const cs_clock *clock = cs_clock_system();
    int64_t start = cs_mono_ns(clock);
    int r = 1;
    while (!p->ended && (r = has_ended(p)) == 0) {
        int64_t rest = timeout_ns;
        if (timeout_ns >= 0)
            rest = timeout_ns - (cs_mono_ns(clock) - start);
        if (timeout_ns >= 0 && rest <= 0)
            return cs_fail(info, CS_E_TIMEOUT, "'%s' is still running",
                           p->name);
        sleep_until_end(p, rest);
    }
    if (r > 0 && !p->ended)
        r = reap(p);
    if (r < 0)
        return cs_fail_errno(info, -r, "cannot wait for '%s'", p->name);
    *ret_status = p->status;
    return 0;
}

int cs_proc_signal(cs_proc *p, int signal)
{
    if (p->ended || has_ended(p) != 0)
        return CS_E_NOTFOUND;
    return kill(-p->pid, signal) < 0 ? cs_err_from_errno(errno) : 0;
}

void cs_proc_free(cs_proc *p)
{
    if (!p)
        return;
    if (!p->ended) {
        kill(p->pid, SIGKILL); /* in case it has left its group */
        reap(p);
    }
    cs_fd_done(&p->pidfd);
    for (int i = 0; i < 3; i++)
        cs_fd_done(&p->stdio[i]);
    cs_free(p->name);
    cs_free(p);
}
