#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/subprocess.h"

#define CHUNK ((size_t)64 << 10)
/* How often to look after a child that cannot be polled. */
#define LOOK_AGAIN_NS (5 * CS_NS_PER_MS)

typedef struct exchange {
    cs_proc *proc;
    const char *name;
    const unsigned char *input;
    size_t input_left;
    int out, err; /* borrowed from proc; -1 at their end */
    size_t max;
    int64_t timeout_ns, start_ns;
    bool ended;
    cs_proc_result result;
    cs_errinfo *info;
} exchange;

/* A write whose SIGPIPE, if any, is swallowed in this thread. The disposition
 * belongs to the whole process and is not ours to change. */
static ssize_t write_quietly(int fd, const void *data, size_t size)
{
    sigset_t pipe_set;
    sigset_t before;
    sigset_t pending;
    sigemptyset(&pipe_set);
    sigaddset(&pipe_set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_set, &before);
    sigpending(&pending);
    ssize_t n = write(fd, data, size);
    int err = errno;
    if (n < 0 && err == EPIPE && !sigismember(&pending, SIGPIPE)) {
        struct timespec now = {0, 0};
        while (sigtimedwait(&pipe_set, NULL, &now) < 0 && errno == EINTR)
            ;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = err;
    return n;
}

static int feed(exchange *x)
{
    int fd = cs_proc_in(x->proc);
    ssize_t n = 0;
    if (x->input_left > 0)
        n = write_quietly(fd, x->input, x->input_left);
    if (n > 0) {
        x->input += n;
        x->input_left -= (size_t)n;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n < 0 && errno != EPIPE)
        return cs_fail_errno(x->info, errno, "cannot write to '%s'", x->name);
    if (n < 0 || x->input_left == 0)
        cs_proc_close_in(x->proc);
    return 0;
}

/* Takes what one read() gives; *fd becomes -1 at the end. 1 when there may be
 * more, 0 when there is nothing now. */
static int drain(exchange *x, int *fd, cs_strbuf *to)
{
    size_t room = CS_MIN(CHUNK, x->max - to->len);
    room += room < CHUNK; /* the byte too many shows here */
    if (cs_strbuf_reserve(to, room) < 0)
        return cs_fail_nomem(x->info);
    ssize_t n = read(*fd, to->data + to->len, room);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    if (n < 0)
        return cs_fail_errno(x->info, errno, "cannot read from '%s'", x->name);
    if (n == 0)
        *fd = -1;
    if ((size_t)n > x->max - to->len)
        return cs_fail(x->info, CS_E_LIMIT,
                       "'%s' wrote more than %zu bytes and was stopped",
                       x->name, x->max);
    to->len += (size_t)n;
    to->data[to->len] = '\0';
    return n > 0;
}

static int drain_all(exchange *x, int *fd, cs_strbuf *to)
{
    int r = 1;
    while (r > 0 && *fd >= 0)
        r = drain(x, fd, to);
    return r;
}

/* Nanoseconds that poll() may sleep; negative: no limit. */
static int64_t patience(const exchange *x)
{
    int64_t ns = -1;
    if (x->timeout_ns >= 0) {
        int64_t spent = cs_mono_ns(cs_clock_system()) - x->start_ns;
        ns = CS_MAX(x->timeout_ns - spent, (int64_t)0);
    }
    if (cs_proc_pidfd(x->proc) < 0)
        ns = ns < 0 ? LOOK_AGAIN_NS : CS_MIN(ns, LOOK_AGAIN_NS);
    return ns;
}

static int wait_for_something(exchange *x, struct pollfd fds[4])
{
    fds[0] = (struct pollfd){.fd = cs_proc_in(x->proc), .events = POLLOUT};
    fds[1] = (struct pollfd){.fd = x->out, .events = POLLIN};
    fds[2] = (struct pollfd){.fd = x->err, .events = POLLIN};
    fds[3] = (struct pollfd){.fd = cs_proc_pidfd(x->proc), .events = POLLIN};
    int64_t ns = patience(x);
    struct timespec ts = {ns / CS_NS_PER_S, ns % CS_NS_PER_S};
    int n = ppoll(fds, 4, ns < 0 ? NULL : &ts, NULL);
    if (n < 0 && errno != EINTR)
        return cs_fail_errno(x->info, errno, "cannot wait for '%s'", x->name);
    if (n < 0)
        memset(fds, 0, 4 * sizeof(fds[0]));
    return 0;
}

/* Every turn looks at the clock, so that a child cannot talk its way past the
 * time it has. */
static int check_time(exchange *x)
{
    if (x->timeout_ns < 0 ||
        cs_mono_ns(cs_clock_system()) - x->start_ns < x->timeout_ns)
        return 0;
    return cs_fail(x->info, CS_E_TIMEOUT,
                   "'%s' took longer than %lld ms and was stopped", x->name,
                   (long long)(x->timeout_ns / CS_NS_PER_MS));
}

static int look_for_end(exchange *x)
{
    int r = cs_proc_wait(x->proc, 0, &x->result.status, NULL);
    if (r == CS_E_TIMEOUT)
        return 0;
    x->ended = r == 0;
    return r < 0 ? cs_fail(x->info, r, "cannot wait for '%s'", x->name) : 0;
}

static int turn(exchange *x)
{
    struct pollfd fds[4];
    int r = wait_for_something(x, fds);
    if (r == 0 && fds[0].revents)
        r = feed(x);
    if (r >= 0 && fds[1].revents)
        r = drain(x, &x->out, &x->result.out);
    if (r >= 0 && fds[2].revents)
        r = drain(x, &x->err, &x->result.err);
    if (r >= 0)
        r = look_for_end(x);
    if (r >= 0 && !x->ended)
        r = check_time(x);
    return r;
}

/* Until the child ends. What it wrote is then in the pipes; whoever else may
 * still hold them open is not waited for. */
static int converse(exchange *x)
{
    int r = 0;
    while (r >= 0 && !x->ended)
        r = turn(x);
    if (r >= 0)
        r = drain_all(x, &x->out, &x->result.out);
    if (r >= 0)
        r = drain_all(x, &x->err, &x->result.err);
    return r < 0 ? r : 0;
}

static int make_nonblocking(const cs_proc *p)
{
    const int fds[] = {cs_proc_in(p), cs_proc_out(p), cs_proc_err(p)};
    for (size_t i = 0; i < CS_COUNTOF(fds); i++) {
        if (fds[i] >= 0 && fcntl(fds[i], F_SETFL, O_NONBLOCK) < 0)
            return -errno;
    }
    return 0;
}

int cs_proc_run(const cs_proc_spec *spec, const void *input, size_t input_size,
                size_t max, int64_t timeout_ns, cs_proc_result *ret,
                cs_errinfo *info)
{
    cs_proc_spec s = *spec;
    s.out = s.err = CS_STDIO_PIPE;
    if (input)
        s.in = CS_STDIO_PIPE;
    else if (s.in != CS_STDIO_FD)
        s.in = CS_STDIO_NULL;
    int64_t start = cs_mono_ns(cs_clock_system());
    CS_AUTO(cs_proc) p = NULL;
    int r = cs_proc_start(&s, &p, info);
    if (r < 0)
        return r;
    r = make_nonblocking(p);
    if (r < 0)
        return cs_fail_errno(info, -r, "cannot wait for '%s'", s.argv[0]);
    exchange x = {.proc = p,
                  .name = s.argv[0],
                  .input = input,
                  .input_left = input_size,
                  .out = cs_proc_out(p),
                  .err = cs_proc_err(p),
                  .max = max,
                  .timeout_ns = timeout_ns,
                  .start_ns = start,
                  .result = CS_PROC_RESULT_INIT,
                  .info = info};
    r = converse(&x);
    if (r < 0)
        cs_proc_result_done(&x.result);
    else
        *ret = x.result;
    return r;
}

void cs_proc_result_done(cs_proc_result *r)
{
    cs_strbuf_done(&r->out);
    cs_strbuf_done(&r->err);
    r->status = 0;
}
