#include "train/appended.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"

static int cut(int fd, const char *path, uint64_t keep, cs_errinfo *info)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return cs_fail_errno(info, errno, "cannot look at '%s'", path);
    if (!S_ISREG(st.st_mode))
        return cs_fail(info, CS_E_FORMAT, "'%s' is not a regular file", path);
    if ((uint64_t)st.st_size > keep && ftruncate(fd, (off_t)keep) < 0)
        return cs_fail_errno(info, errno, "cannot shorten '%s'", path);
    if (lseek(fd, 0, SEEK_END) < 0)
        return cs_fail_errno(info, errno, "cannot write '%s'", path);
    return 0;
}

int tr_appended_open(tr_appended *a, const char *path, uint64_t keep,
                     cs_errinfo *info)
{
    CS_AUTO_MEM char *copy = cs_strdup(path);
    if (!copy)
        return cs_fail_nomem(info);
    CS_AUTO_FD fd =
        CS_RETRY(open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0644));
    if (fd < 0)
        return cs_fail_errno(info, errno, "cannot write '%s'", path);
    int r = cut(fd, path, keep, info);
    if (r < 0)
        return r;
    a->fd = cs_fd_take(&fd);
    a->path = CS_TAKE(copy);
    return 0;
}

int tr_appended_write(tr_appended *a, cs_str text, cs_errinfo *info)
{
    return cs_write_all(a->fd, text.data, text.len, a->path, info);
}

int tr_appended_sync(tr_appended *a, cs_errinfo *info)
{
    if (a->fd >= 0 && CS_RETRY(fsync(a->fd)) < 0)
        return cs_fail_errno(info, errno, "cannot write '%s'", a->path);
    return 0;
}

void tr_appended_done(tr_appended *a)
{
    cs_fd_done(&a->fd);
    cs_free(a->path);
    a->path = NULL;
}
