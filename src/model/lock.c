#include "model/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "base/path.h"

int md_lock(const char *dir, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_path_join(&path, cs_str_of(dir), CS_STR(".lock"));
    if (cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    CS_AUTO_FD fd = CS_RETRY(
        open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (fd < 0 || CS_RETRY(flock(fd, LOCK_EX)) < 0)
        return cs_fail_errno(info, errno, "cannot lock '%s'", path.data);
    return cs_fd_take(&fd);
}
