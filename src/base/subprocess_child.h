/* Private to subprocess.c: what happens between fork() and exec().
 *
 * Another thread may have held any lock at the fork, so the child calls only
 * async-signal-safe functions and allocates nothing: all that needs thought is
 * decided before, in the plan. */
#ifndef CS_BASE_SUBPROCESS_CHILD_H
#define CS_BASE_SUBPROCESS_CHILD_H

#include <sys/types.h>

#include "base/defs.h"

typedef struct cs_child_plan {
    const char *program; /* path */
    char *const *argv;
    char *const *env;
    const char *cwd; /* NULL: stay */
    int stdio[3];    /* what 0, 1, 2 will be, each above 2; -1: as now */
    const int *keep_fds;
    size_t keep_fd_count;
    int report;      /* close-on-exec pipe for a cs_child_failure */
    unsigned fd_end; /* above all descriptors, where close_range() fails */
    pid_t parent;
} cs_child_plan;

typedef enum cs_child_step {
    CS_CHILD_SETUP = 1,
    CS_CHILD_CWD,
    CS_CHILD_EXEC,
} cs_child_step;

typedef struct cs_child_failure {
    cs_child_step step;
    int err; /* errno value */
} cs_child_failure;

/* Turns this process, which has all signals blocked, into the program. */
CS_NORETURN void cs_child_exec(const cs_child_plan *plan);

#endif
