#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"

#define TEMP_PREFIX ".cs-tmp-"
#define TEMP_DIGITS 16
#define TEMP_SIZE (sizeof(TEMP_PREFIX) + TEMP_DIGITS)
#define TEMP_TRIES 16
#define LINK_DEPTH_MAX 40 /* the kernel's own limit */

struct cs_atomic_file {
    char *path;   /* as given, for messages */
    char *target; /* the name in dirfd that will be replaced */
    int dirfd;
    int fd;               /* the temporary; -1 once closed */
    char temp[TEMP_SIZE]; /* its name in dirfd; "": none to remove */
    unsigned mode;
    bool replaces; /* the target exists and belongs to uid, gid */
    uid_t uid;
    gid_t gid;
    int error; /* of the first failed write */
};

bool cs_atomic_file_is_temporary(const char *name)
{
    size_t prefix = sizeof(TEMP_PREFIX) - 1;
    return strncmp(name, TEMP_PREFIX, prefix) == 0 &&
           strspn(name + prefix, "0123456789abcdef") == TEMP_DIGITS &&
           name[prefix + TEMP_DIGITS] == '\0';
}

/* Where the symbolic links in the last part of `path` lead, also when nothing
 * is there yet. Other parts are left to the kernel. */
static int follow_links(const char *path, cs_strbuf *out, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) next = CS_STRBUF_INIT;
    char target[PATH_MAX];
    cs_strbuf_add(out, path);
    for (int depth = 0; cs_strbuf_check(out) == 0; depth++) {
        ssize_t n = readlink(out->data, target, sizeof(target));
        if (n < 0)
            return 0; /* not a link; what else is wrong shows later */
        if (depth == LINK_DEPTH_MAX || n == sizeof(target))
            return cs_fail_errno(info, ELOOP, "cannot write '%s'", path);
        cs_strbuf_clear(&next);
        cs_path_join(&next, cs_path_dir(cs_strbuf_str(out)),
                     (cs_str){target, (size_t)n});
        cs_strbuf swap = *out;
        *out = next;
        next = swap;
    }
    return cs_fail_nomem(info);
}

static int open_dir(cs_atomic_file *f, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) real = CS_STRBUF_INIT;
    int r = follow_links(f->path, &real, info);
    if (r < 0)
        return r;
    if (cs_str_ends_with(cs_strbuf_str(&real), CS_STR("/")))
        return cs_fail_errno(info, EISDIR, "cannot write '%s'", f->path);
    cs_str base = cs_path_base(cs_strbuf_str(&real));
    cs_str dir = cs_path_dir(cs_strbuf_str(&real));
    CS_AUTO_MEM char *dir_path = cs_strndup(dir.data, dir.len);
    f->target = cs_strndup(base.data, base.len);
    if (!dir_path || !f->target)
        return cs_fail_nomem(info);
    f->dirfd = CS_RETRY(open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (f->dirfd < 0)
        return cs_fail_errno(info, errno, "cannot open the directory of '%s'",
                             f->path);
    return 0;
}

/* What is there now decides the mode, and whether it may be replaced at all:
 * rename() would put a file in the place of /dev/null. */
static int look_at_target(cs_atomic_file *f, cs_errinfo *info)
{
    struct stat st;
    if (fstatat(f->dirfd, f->target, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno == ENOENT && f->target[0])
            return 0;
        return cs_fail_errno(info, errno, "cannot write '%s'", f->path);
    }
    if (S_ISDIR(st.st_mode))
        return cs_fail_errno(info, EISDIR, "cannot write '%s'", f->path);
    if (!S_ISREG(st.st_mode))
        return cs_fail(info, CS_E_FORMAT, "'%s' is not a regular file",
                       f->path);
    f->mode = st.st_mode & 07777;
    f->replaces = true;
    f->uid = st.st_uid;
    f->gid = st.st_gid;
    return 0;
}

static int create_temporary(cs_atomic_file *f, cs_errinfo *info)
{
    for (int i = 0; i < TEMP_TRIES; i++) {
        uint64_t random;
        if (getrandom(&random, sizeof(random), 0) != sizeof(random))
            break;
        char name[TEMP_SIZE];
        snprintf(name, sizeof(name), TEMP_PREFIX "%016llx",
                 (unsigned long long)random);
        f->fd =
            openat(f->dirfd, name,
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (f->fd >= 0) {
            memcpy(f->temp, name, sizeof(name));
            return 0;
        }
        if (errno != EEXIST && errno != EINTR)
            break;
    }
    return cs_fail_errno(info, errno, "cannot create a temporary file for '%s'",
                         f->path);
}

int cs_atomic_file_open(const char *path, unsigned mode, cs_atomic_file **ret,
                        cs_errinfo *info)
{
    CS_AUTO(cs_atomic_file) f = cs_new0(cs_atomic_file);
    if (!f)
        return cs_fail_nomem(info);
    f->dirfd = f->fd = -1;
    f->mode = mode & 07777;
    f->path = cs_strdup(path);
    if (!f->path)
        return cs_fail_nomem(info);
    int r = open_dir(f, info);
    if (r == 0)
        r = look_at_target(f, info);
    if (r == 0)
        r = create_temporary(f, info);
    if (r == 0)
        *ret = CS_TAKE(f);
    return r;
}

int cs_atomic_file_write(cs_atomic_file *f, const void *data, size_t size,
                         cs_errinfo *info)
{
    int r = cs_write_all(f->fd, data, size, f->path, info);
    if (r < 0 && f->error == 0)
        f->error = r;
    return r;
}

/* A group that cannot be kept must not pass its rights on to ours. */
static void keep_owner(cs_atomic_file *f)
{
    struct stat st;
    if (!f->replaces || fstat(f->fd, &st) < 0)
        return;
    if (st.st_uid != f->uid && fchown(f->fd, f->uid, (gid_t)-1) < 0)
        f->mode &= ~06000u;
    if (st.st_gid != f->gid && fchown(f->fd, (uid_t)-1, f->gid) < 0)
        f->mode &= ~06070u;
}

static int finish_temporary(cs_atomic_file *f)
{
    keep_owner(f);
    if (fchmod(f->fd, f->mode) < 0 || CS_RETRY(fsync(f->fd)) < 0)
        return -errno;
    /* Some network file systems tell of a full disk only now. */
    if (close(cs_fd_take(&f->fd)) < 0 && errno != EINTR)
        return -errno;
    return 0;
}

int cs_atomic_file_commit(cs_atomic_file *f, cs_errinfo *info)
{
    if (f->error < 0)
        return cs_fail(
            info, f->error,
            "'%s' is not replaced: a part of it could not be written", f->path);
    int r = finish_temporary(f);
    if (r < 0)
        return cs_fail_errno(info, -r, "cannot write '%s'", f->path);
    if (renameat(f->dirfd, f->temp, f->dirfd, f->target) < 0)
        return cs_fail_errno(info, errno, "cannot replace '%s'", f->path);
    f->temp[0] = '\0';
    return cs_dir_sync(f->dirfd, f->path, info);
}

void cs_atomic_file_free(cs_atomic_file *f)
{
    if (!f)
        return;
    if (f->temp[0])
        unlinkat(f->dirfd, f->temp, 0);
    cs_fd_done(&f->fd);
    cs_fd_done(&f->dirfd);
    cs_free(f->target);
    cs_free(f->path);
    cs_free(f);
}
