#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/fd.h"

/* First reservation at most: a sparse file may claim any size. */
#define TRUSTED_SIZE ((size_t)16 << 20)

int cs_file_open_read(const char *path, cs_errinfo *info)
{
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    CS_AUTO_FD fd =
        CS_RETRY(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat st;
    if (fd < 0 && errno != ENXIO)
        return cs_fail_errno(info, errno, "cannot open '%s'", path);
    if (fd >= 0 && fstat(fd, &st) < 0)
        return cs_fail_errno(info, errno, "cannot open '%s'", path);
    /* ENXIO: a socket, or a device without a driver. */
    if (fd < 0 || !S_ISREG(st.st_mode))
        return cs_fail(info, CS_E_FORMAT, "'%s' is not a regular file", path);
    return cs_fd_take(&fd);
}

/* After EAGAIN. The outcome does not matter: the transfer is tried again and
 * reports whatever is wrong. */
static void wait_for(int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};
    poll(&p, 1, -1);
}

int64_t cs_read_full(int fd, void *dst, size_t size, const char *name,
                     cs_errinfo *info)
{
    unsigned char *p = dst;
    size_t got = 0;
    size = CS_MIN(size, (size_t)INT64_MAX);
    while (got < size) {
        ssize_t n = read(fd, p + got, size - got);
        if (n > 0)
            got += (size_t)n;
        else if (n == 0)
            break;
        else if (errno == EAGAIN)
            wait_for(fd, POLLIN);
        else if (errno != EINTR)
            return cs_fail_errno(info, errno, "cannot read '%s'", name);
    }
    return (int64_t)got;
}

int cs_write_all(int fd, const void *data, size_t size, const char *name,
                 cs_errinfo *info)
{
    const unsigned char *p = data;
    while (size > 0) {
        ssize_t n = write(fd, p, size);
        if (n > 0) {
            p += n;
            size -= (size_t)n;
        } else if (n == 0) { /* progress is never made: no endless loop */
            return cs_fail_errno(info, EIO, "cannot write '%s'", name);
        } else if (errno == EAGAIN) {
            wait_for(fd, POLLOUT);
        } else if (errno != EINTR) {
            return cs_fail_errno(info, errno, "cannot write '%s'", name);
        }
    }
    return 0;
}

/* Reads to the end or to `max` + 1 bytes, growing as bytes come. */
static int64_t read_into(int fd, const char *path, size_t hint, size_t max,
                         cs_strbuf *out, cs_errinfo *info)
{
    size_t most = max < SIZE_MAX ? max + 1 : SIZE_MAX;
    size_t got = 0;
    size_t room = CS_MIN(hint, TRUSTED_SIZE) + 1; /* the end shows at once */
    for (;;) {
        room = CS_MIN(room, most - got);
        if (room == 0)
            return (int64_t)got;
        if (cs_strbuf_reserve(out, room) < 0)
            return cs_fail_nomem(info);
        int64_t n = cs_read_full(fd, out->data + out->len, room, path, info);
        if (n < 0)
            return n;
        out->len += (size_t)n;
        got += (size_t)n;
        if ((size_t)n < room)
            return (int64_t)got;
        room = CS_MAX(got, (size_t)4096);
    }
}

int cs_file_read(const char *path, size_t max, cs_strbuf *out, cs_errinfo *info)
{
    CS_AUTO_FD fd = cs_file_open_read(path, info);
    if (fd < 0)
        return fd;
    struct stat st; /* the size is a hint only: files in /proc claim 0 */
    size_t hint =
        fstat(fd, &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
    size_t before = out->len;
    int64_t n = read_into(fd, path, hint, max, out, info);
    if (n >= 0 && (uint64_t)n > max)
        n = cs_fail(info, CS_E_LIMIT, "'%s' is larger than %zu bytes", path,
                    max);
    if (n < 0)
        out->len = before;
    if (out->cap)
        out->data[out->len] = '\0';
    return n < 0 ? (int)n : 0;
}

int cs_file_write(const char *path, const void *data, size_t size,
                  unsigned mode, cs_errinfo *info)
{
    CS_AUTO(cs_atomic_file) f = NULL;
    int r = cs_atomic_file_open(path, mode, &f, info);
    if (r == 0)
        r = cs_atomic_file_write(f, data, size, info);
    if (r == 0)
        r = cs_atomic_file_commit(f, info);
    return r;
}
