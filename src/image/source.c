#include "image/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/checked.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"

/* Vectors of this many bytes are loaded from voxels. */
#define MAPPED_ALIGN 32
/* Below that, reading costs less than a mapping. */
#define MAPPED_FROM ((size_t)256 << 10)

static int set_size(im_source *s, cs_errinfo *info)
{
    struct stat st;
    if (fstat(s->fd, &st) < 0)
        return cs_fail_errno(info, errno, "cannot read '%s'", s->name.data);
    if (!S_ISREG(st.st_mode))
        return cs_fail(info, CS_E_FORMAT, "'%s' is not a regular file",
                       s->name.data);
    s->size = (size_t)st.st_size;
    return 0;
}

int im_source_open(im_source *s, const char *path, cs_errinfo *info)
{
    if (cs_strbuf_add(&s->name, path) < 0)
        return cs_fail_nomem(info);
    s->fd = cs_file_open_read(path, info);
    return s->fd < 0 ? s->fd : set_size(s, info);
}

/* --- beside a header --- */

static int check_name(const char *header, const char *field, cs_str name,
                      cs_errinfo *info)
{
    if (cs_path_check_relative(name, NULL) == 0)
        return 0;
    return cs_fail(info, CS_E_UNSAFE,
                   "%s: %s '%.*s' may lead out of the header's folder; put "
                   "the file beside the header and write its plain name",
                   header, field, CS_STR_ARG(name));
}

static int open_folder(const char *header, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) folder = CS_STRBUF_INIT;
    if (cs_strbuf_add_str(&folder, cs_path_dir(cs_str_of(header))) < 0)
        return cs_fail_nomem(info);
    int fd = CS_RETRY(
        open(folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK));
    return fd >= 0
               ? fd
               : cs_fail_errno(info, errno, "cannot open '%s'", folder.data);
}

static int set_name(im_source *s, const char *header, cs_str name)
{
    cs_str folder = cs_path_dir(cs_str_of(header));
    if (cs_str_is(folder, ".") && header[0] != '.')
        folder.len = 0;
    return cs_path_join(&s->name, folder, name);
}

int im_source_beside(im_source *s, const char *header, const char *field,
                     cs_str name, cs_errinfo *info)
{
    int r = check_name(header, field, name, info);
    if (r < 0)
        return r;
    if (set_name(s, header, name) < 0)
        return cs_fail_nomem(info);
    CS_SCOPED(cs_strbuf) relative = CS_STRBUF_INIT;
    if (cs_strbuf_add_str(&relative, name) < 0)
        return cs_fail_nomem(info);
    CS_AUTO_FD folder = open_folder(header, info);
    if (folder < 0)
        return folder;
    s->fd = cs_open_beneath(folder, relative.data,
                            O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, info);
    if (s->fd == CS_E_NOTFOUND)
        return cs_fail(info, CS_E_NOTFOUND,
                       "%s: %s names '%.*s', and there is no such file", header,
                       field, CS_STR_ARG(name));
    if (s->fd == CS_E_UNSAFE)
        return cs_fail(info, CS_E_UNSAFE,
                       "%s: %s '%.*s' is a symbolic link; put the file itself "
                       "beside the header",
                       header, field, CS_STR_ARG(name));
    return s->fd < 0 ? s->fd : set_size(s, info);
}

void im_source_done(im_source *s)
{
    if (s->fd >= 0)
        cs_fd_done(&s->fd);
    cs_strbuf_done(&s->name);
    *s = (im_source)IM_SOURCE_INIT;
}

/* --- bytes --- */

int im_source_check(const im_source *s, size_t offset, size_t size,
                    const char *fields, cs_errinfo *info)
{
    size_t end;
    if (!cs_add_size(offset, size, &end) || end > s->size)
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' is too short: %s ask for %zu bytes from byte %zu "
                       "on, it has %zu",
                       s->name.data,
                       cs_msg(info ? info->lang : CS_LANG_EN, fields), size,
                       offset, s->size);
    return 0;
}

/* No more than this at a time: the kernel moves at most 2 GiB. */
#define PIECE ((size_t)1 << 30)

int im_source_read(const im_source *s, size_t offset, void *to, size_t size,
                   cs_errinfo *info)
{
    unsigned char *p = to;
    for (size_t done = 0; done < size;) {
        size_t piece = CS_MIN(size - done, PIECE);
        ssize_t n =
            CS_RETRY(pread(s->fd, p + done, piece, (off_t)(offset + done)));
        if (n < 0)
            return cs_fail_errno(info, errno, "cannot read '%s'", s->name.data);
        if (n == 0)
            return cs_fail(info, CS_E_IO, "'%s' became shorter while read",
                           s->name.data);
        done += (size_t)n;
    }
    return 0;
}

static void unmap(void *data, size_t size)
{
    munmap(data, size);
}

static int map(const im_source *s, int protection, size_t size, tn_buffer **ret,
               cs_errinfo *info)
{
    void *p = mmap(NULL, size, protection, MAP_PRIVATE, s->fd, 0);
    if (p == MAP_FAILED)
        return cs_fail_errno(info, errno, "cannot map '%s' into memory",
                             s->name.data);
    int r = tn_buffer_over(p, size, unmap, ret, info);
    if (r < 0)
        munmap(p, size);
    return r;
}

int im_source_map(const im_source *s, tn_buffer **ret, cs_errinfo *info)
{
    if (s->size == 0)
        return cs_fail(info, CS_E_FORMAT, "'%s' is empty", s->name.data);
    return map(s, PROT_READ, s->size, ret, info);
}

int im_source_buffer(const im_source *s, size_t offset, size_t size,
                     tn_buffer **ret, size_t *ret_offset, cs_errinfo *info)
{
    if (size >= MAPPED_FROM && offset % MAPPED_ALIGN == 0) {
        *ret_offset = offset;
        return map(s, PROT_READ | PROT_WRITE, offset + size, ret, info);
    }
    tn_buffer *b = NULL;
    int r = tn_buffer_new(size, &b, info);
    if (r == 0)
        r = im_source_read(s, offset, tn_buffer_data(b), size, info);
    if (r < 0) {
        tn_buffer_unref(b);
        return r;
    }
    *ret = b;
    *ret_offset = 0;
    return 0;
}
