#include "support/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>

static struct {
    const char *call; /* NULL: none */
    unsigned left;
    int err;
    bool met;
} fault;

void faults_arm(const char *call, unsigned nth, int err)
{
    fault.call = call;
    fault.left = nth;
    fault.err = err;
    fault.met = false;
}

bool faults_disarm(void)
{
    fault.call = NULL;
    return fault.met;
}

/* Whether this call is the one; errno is then set, or the size halved. */
static bool strikes(const char *call, size_t *size)
{
    if (!fault.call || strcmp(fault.call, call) != 0 || --fault.left > 0)
        return false;
    fault.call = NULL;
    fault.met = true;
    if (fault.err == FAULT_KILL)
        raise(SIGKILL);
    if (fault.err == FAULT_SHORT && size) {
        *size = (*size + 1) / 2;
        return false;
    }
    errno = fault.err;
    return true;
}

/* NOLINTBEGIN(cert-dcl51-cpp): these names are the linker's. */

/* The linker gives calls of NAME to __wrap_NAME, and NAME as __real_NAME. */
#define WRAP(type, name, params, args)                                         \
    type __real_##name params;                                                 \
    type __wrap_##name params;                                                 \
    type __wrap_##name params                                                  \
    {                                                                          \
        return strikes(#name, NULL) ? -1 : __real_##name args;                 \
    }

WRAP(int, fsync, (int fd), (fd))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid))
WRAP(int, fstat, (int fd, struct stat *st), (fd, st))
WRAP(int, fstatat, (int at, const char *path, struct stat *st, int flags),
     (at, path, st, flags))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, unlinkat, (int at, const char *path, int flags), (at, path, flags))
WRAP(int, renameat, (int a, const char *from, int b, const char *to),
     (a, from, b, to))
WRAP(ssize_t, readlink, (const char *path, char *dst, size_t size),
     (path, dst, size))
WRAP(ssize_t, getrandom, (void *dst, size_t size, unsigned flags),
     (dst, size, flags))

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    bool struck = strikes("close", NULL);
    int err = errno;
    int r = __real_close(fd);
    if (!struck)
        return r;
    errno = err;
    return -1;
}

#define WRAP_TRANSFER(name, pointer)                                           \
    ssize_t __real_##name(int fd, pointer p, size_t size);                     \
    ssize_t __wrap_##name(int fd, pointer p, size_t size);                     \
    ssize_t __wrap_##name(int fd, pointer p, size_t size)                      \
    {                                                                          \
        return strikes(#name, &size) ? -1 : __real_##name(fd, p, size);        \
    }

WRAP_TRANSFER(read, void *)
WRAP_TRANSFER(write, const void *)

/* The mode is passed on even where the caller gave none: the kernel looks at
 * it only where it must be there. */
static mode_t mode_of(int flags, va_list args)
{
    bool given = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    return given ? va_arg(args, mode_t) : 0;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return strikes("open", NULL) ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return strikes("openat", NULL) ? -1 : __real_openat(at, path, flags, mode);
}

void *__real_mmap(void *at, size_t size, int prot, int flags, int fd, off_t o);
void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t o);
void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t o)
{
    return strikes("mmap", NULL) ? MAP_FAILED
                                 : __real_mmap(at, size, prot, flags, fd, o);
}

/* NOLINTEND(cert-dcl51-cpp) */
