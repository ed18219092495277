#include "weights/load.h"

#include <string.h>
#include <sys/stat.h>

#include "base/checked.h"
#include "base/fd.h"
#include "base/file.h"

static int size_of(int fd, const char *path, size_t *ret, cs_errinfo *info)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return cs_fail_errno(info, errno, "cannot read '%s'", path);
    if (st.st_size == 0)
        return cs_fail(info, CS_E_FORMAT, "'%s' is empty", path);
    if ((uint64_t)st.st_size > WT_FILE_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "'%s' has %llu bytes; weights may have %llu", path,
                       (unsigned long long)st.st_size,
                       (unsigned long long)WT_FILE_MAX);
    *ret = (size_t)st.st_size;
    return 0;
}

int wt_load(const char *path, tn_buffer **ret, cs_errinfo *info)
{
    CS_AUTO_FD fd = cs_file_open_read(path, info);
    if (fd < 0)
        return fd;
    size_t size = 0;
    int r = size_of(fd, path, &size, info);
    if (r < 0)
        return r;
    WT_AUTO_BUFFER b = NULL;
    r = tn_buffer_new(size, &b, info);
    if (r < 0)
        return r;
    int64_t got = cs_read_full(fd, tn_buffer_data(b), size, path, info);
    if (got < 0)
        return (int)got;
    if ((uint64_t)got != size)
        return cs_fail(info, CS_E_FORMAT, "'%s' became shorter while read",
                       path);
    *ret = CS_TAKE(b);
    return 0;
}

int wt_load_bytes(cs_str bytes, tn_buffer **ret, cs_errinfo *info)
{
    int r = tn_buffer_new(bytes.len, ret, info);
    if (r == 0 && bytes.len > 0)
        memcpy(tn_buffer_data(*ret), bytes.data, bytes.len);
    return r;
}
