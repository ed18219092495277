#include "base/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"

/* A rename elsewhere makes openat2() give up with EAGAIN, not the caller. */
#define RACE_TRIES 64

/* 0, or the errno value that tells why the name is refused unopened. */
static int check_name(const char *name)
{
    if (!name[0])
        return ENOENT;
    if (name[0] == '/')
        return EXDEV;
    cs_str rest = cs_str_of(name);
    cs_str part;
    bool more = true;
    while (more) {
        more = cs_str_cut(rest, '/', &part, &rest);
        if (cs_str_is(part, ".."))
            return EXDEV;
    }
    return 0;
}

/* The openers return a descriptor or a negative errno value. */

static int open_by_kernel(int dirfd, const char *name, int flags, unsigned mode)
{
    bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    struct open_how how = {
        /* With O_PATH, O_NOFOLLOW would open a link instead of refusing it. */
        .flags = (unsigned)(flags & ~O_NOFOLLOW),
        .mode = creates ? mode & 07777 : 0,
        .resolve =
            RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    for (int i = 0; i < RACE_TRIES; i++) {
        long fd = syscall(SYS_openat2, dirfd, name, &how, sizeof(how));
        if (fd >= 0)
            return (int)fd;
        if (errno != EINTR && errno != EAGAIN)
            break;
    }
    return -errno;
}

/* O_DIRECTORY makes the kernel say ENOTDIR of a symbolic link. */
static int reason(int dirfd, const char *part, int err)
{
    struct stat st;
    if (err == ENOTDIR && fstatat(dirfd, part, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISLNK(st.st_mode))
        return ELOOP;
    return err;
}

static int open_part(int dirfd, const char *part, int flags, unsigned mode)
{
    CS_AUTO_FD fd = CS_RETRY(openat(dirfd, part, flags | O_NOFOLLOW, mode));
    if (fd < 0)
        return -reason(dirfd, part, errno);
    struct stat st;
    if ((flags & O_PATH) && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode))
        return -ELOOP;
    return cs_fd_take(&fd);
}

/* The next part of *name, copied to `part`; *name moves past it and the '/'
 * that follow. */
static int next_part(const char **name, char part[CS_PATH_PART_MAX + 1])
{
    size_t len = strcspn(*name, "/");
    if (len > CS_PATH_PART_MAX)
        return -ENAMETOOLONG;
    memcpy(part, *name, len);
    part[len] = '\0';
    *name += len + strspn(*name + len, "/");
    return 0;
}

static int open_by_parts(int dirfd, const char *name, int flags, unsigned mode)
{
    CS_AUTO_FD held = -1;
    int at = dirfd;
    char part[CS_PATH_PART_MAX + 1];
    if (strlen(name) > CS_PATH_NAME_MAX)
        return -ENAMETOOLONG;
    bool as_dir = name[strlen(name) - 1] == '/';
    if (as_dir && (flags & O_CREAT))
        return -EISDIR;
    for (;;) {
        int r = next_part(&name, part);
        if (r < 0)
            return r;
        if (!*name)
            return open_part(at, part, flags | (as_dir ? O_DIRECTORY : 0),
                             mode);
        r = open_part(at, part, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        if (r < 0)
            return r;
        cs_fd_done(&held);
        held = at = r;
    }
}

int cs_open_beneath(int dirfd, const char *name, int flags, unsigned mode,
                    cs_errinfo *info)
{
    int fd = -check_name(name);
    flags |= O_CLOEXEC;
    if (fd == 0)
        fd = open_by_kernel(dirfd, name, flags, mode);
    /* A seccomp filter says ENOSYS or EPERM; a true EPERM comes back. */
    if (fd == -ENOSYS || fd == -EPERM)
        fd = open_by_parts(dirfd, name, flags, mode);
    return fd < 0 ? cs_fail_errno(info, -fd, "cannot open '%s'", name) : fd;
}
