/* Descriptors owned by a scope:
 *
 *     CS_AUTO_FD fd = open(…);
 *     …
 *     return cs_fd_take(&fd);      handed on; the scope closes nothing
 *
 * Closing keeps errno and is never retried: Linux has freed the number even
 * when close() reports EINTR. */
#ifndef CS_BASE_FD_H
#define CS_BASE_FD_H

#include <errno.h>
#include <unistd.h>

#include "base/defs.h"

/* Closes *fd, if open, and makes it -1. */
static inline void cs_fd_done(int *fd)
{
    int saved = errno;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = saved;
}

static inline int cs_fd_take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

#define CS_AUTO_FD __attribute__((cleanup(cs_fd_done))) int

/* The result of a system call, made again as long as a signal interrupts it. */
#define CS_RETRY(call)                                                         \
    ({                                                                         \
        __auto_type cs_result_ = (call);                                       \
        while (cs_result_ < 0 && errno == EINTR)                               \
            cs_result_ = (call);                                               \
        cs_result_;                                                            \
    })

#endif
