#include "base/mapped.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"

int cs_map_file(const char *path, cs_mapped *ret, cs_errinfo *info)
{
    CS_AUTO_FD fd = cs_file_open_read(path, info);
    if (fd < 0)
        return fd;
    struct stat st;
    if (fstat(fd, &st) < 0)
        return cs_fail_errno(info, errno, "cannot read '%s'", path);
    cs_mapped m = CS_MAPPED_INIT;
    if (st.st_size > 0) {
        m.size = (size_t)st.st_size;
        m.base = mmap(NULL, m.size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (m.base == MAP_FAILED)
            return cs_fail_errno(info, errno, "cannot map '%s' into memory",
                                 path);
        m.data = m.base;
    }
    *ret = m;
    return 0;
}

void cs_mapped_done(cs_mapped *m)
{
    if (m->base)
        munmap(m->base, m->size);
    *m = (cs_mapped)CS_MAPPED_INIT;
}
