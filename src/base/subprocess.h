/* Child processes, without a shell. The child gets exactly the descriptors it
 * is given (0, 1, 2 and those in `keep_fds`), default signal dispositions, an
 * empty signal mask and its own process group. A program that cannot be
 * executed is an error of the start, not an exit status.
 *
 * The group ends with the child: what the child leaves running in it is killed
 * when its end is noticed. The child itself ends with the thread that started
 * it, so start long-lived ones from a thread that stays. A cs_proc is used by
 * one thread at a time. */
#ifndef CS_BASE_SUBPROCESS_H
#define CS_BASE_SUBPROCESS_H

#include "base/defs.h"
#include "base/error.h"
#include "base/strbuf.h"

typedef enum cs_stdio {
    CS_STDIO_INHERIT = 0,
    CS_STDIO_NULL,
    CS_STDIO_PIPE, /* the parent holds the other end */
    CS_STDIO_FD,   /* the descriptor given */
} cs_stdio;

typedef struct cs_proc_spec {
    /* NULL-terminated. argv[0] is found on the PATH of `env` (program.h); one
     * with '/' that is not absolute is relative to `cwd`. */
    const char *const *argv;
    const char *const *env; /* NULL-terminated "K=V"; NULL: our own */
    const char *cwd;        /* NULL: ours */
    cs_stdio in, out, err;
    int in_fd, out_fd, err_fd; /* for CS_STDIO_FD; borrowed */
    const int *keep_fds;       /* stay open under their own numbers */
    size_t keep_fd_count;
} cs_proc_spec;

typedef struct cs_proc cs_proc;

/* Returns once the program runs. */
int cs_proc_start(const cs_proc_spec *spec, cs_proc **ret, cs_errinfo *info);
int cs_proc_pid(const cs_proc *p);

/* For poll(): readable once it has ended. -1 where the kernel has no such
 * thing (then cs_proc_wait() must be asked from time to time). Owned by p. */
int cs_proc_pidfd(const cs_proc *p);

/* Our ends of the pipes, or -1; owned by p. Writing to a child that has gone
 * raises SIGPIPE where the caller has not ignored it. */
int cs_proc_in(const cs_proc *p);
int cs_proc_out(const cs_proc *p);
int cs_proc_err(const cs_proc *p);
void cs_proc_close_in(cs_proc *p);

/* How it ended: exit status 0–255, or 128 + signal. Waits at most timeout_ns
 * (negative: for ever): CS_E_TIMEOUT, and the child goes on. */
int cs_proc_wait(cs_proc *p, int64_t timeout_ns, int *ret_status,
                 cs_errinfo *info);
/* A signal to its whole group; CS_E_NOTFOUND when it has ended. */
int cs_proc_signal(cs_proc *p, int signal);

/* Kills (SIGKILL, whole group) and reaps what still runs. NULL is fine. */
void cs_proc_free(cs_proc *p);
CS_DEFINE_AUTO(cs_proc)

typedef struct cs_proc_result {
    int status;    /* as of cs_proc_wait() */
    cs_strbuf out; /* captured, at most `max` bytes each */
    cs_strbuf err;
} cs_proc_result;

#define CS_PROC_RESULT_INIT                                                    \
    {                                                                          \
        0, CS_STRBUF_INIT, CS_STRBUF_INIT                                      \
    }

/* Runs to the end: feeds `input`, captures both outputs at once (no deadlock
 * however they interleave). With `input` NULL the child reads what the spec
 * gives by CS_STDIO_FD, or nothing; the spec's `out` and `err` do not count.
 * Input that the child does not read is no error. The child is killed and the
 * call fails with CS_E_TIMEOUT or CS_E_LIMIT when it takes longer than
 * timeout_ns (negative: no limit) or writes more than `max` bytes to either. */
int cs_proc_run(const cs_proc_spec *spec, const void *input, size_t input_size,
                size_t max, int64_t timeout_ns, cs_proc_result *ret,
                cs_errinfo *info);
void cs_proc_result_done(cs_proc_result *r);

#endif
