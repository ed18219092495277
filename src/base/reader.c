#include "base/reader.h"

#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"

#define FIRST_CAP ((size_t)64 << 10)

struct cs_reader {
    int fd;
    char *path;
    char *buf; /* buf[start, end) is read, but not yet handed out */
    size_t start, end, cap;
    bool at_end; /* the file has no more than is in buf */
    unsigned line;
};

int cs_reader_open(const char *path, cs_reader **ret, cs_errinfo *info)
{
    CS_AUTO(cs_reader) r = cs_new0(cs_reader);
    if (!r)
        return cs_fail_nomem(info);
    r->fd = cs_file_open_read(path, info);
    if (r->fd < 0)
        return r->fd;
    r->path = cs_strdup(path);
    r->buf = cs_malloc(FIRST_CAP);
    r->cap = FIRST_CAP;
    if (!r->path || !r->buf)
        return cs_fail_nomem(info);
    *ret = CS_TAKE(r);
    return 0;
}

int64_t cs_reader_read(cs_reader *r, void *dst, size_t size, cs_errinfo *info)
{
    size = CS_MIN(size, (size_t)INT64_MAX);
    size_t kept = CS_MIN(size, r->end - r->start);
    int64_t n = 0;
    if (size > kept)
        n = cs_read_full(r->fd, (char *)dst + kept, size - kept, r->path, info);
    if (n < 0)
        return n;
    if (kept)
        memcpy(dst, r->buf + r->start, kept);
    r->start += kept;
    return (int64_t)kept + n;
}

/* Makes room behind the kept bytes: by moving them to the front, or by
 * doubling when they fill the buffer. */
static int make_room(cs_reader *r)
{
    if (r->start > 0) {
        memmove(r->buf, r->buf + r->start, r->end - r->start);
        r->end -= r->start;
        r->start = 0;
    }
    if (r->end < r->cap)
        return 0;
    if (r->cap > SIZE_MAX / 2)
        return CS_E_NOMEM;
    char *buf = cs_realloc_array(r->buf, r->cap, 2);
    if (!buf)
        return CS_E_NOMEM;
    r->buf = buf;
    r->cap *= 2;
    return 0;
}

static int fill(cs_reader *r, cs_errinfo *info)
{
    if (make_room(r) < 0)
        return cs_fail_nomem(info);
    size_t room = r->cap - r->end;
    int64_t n = cs_read_full(r->fd, r->buf + r->end, room, r->path, info);
    if (n < 0)
        return (int)n;
    r->end += (size_t)n;
    r->at_end = (size_t)n < room;
    return 0;
}

/* Bytes before the next \n, or all that are kept. `seen` of them were searched
 * before. */
static size_t line_end(const cs_reader *r, size_t seen, bool *ret_found)
{
    const char *from = r->buf + r->start + seen;
    const char *nl = memchr(from, '\n', r->end - r->start - seen);
    *ret_found = nl != NULL;
    return nl ? (size_t)(nl - r->buf) - r->start : r->end - r->start;
}

int cs_reader_line(cs_reader *r, size_t max, cs_str *ret, cs_errinfo *info)
{
    bool found;
    size_t len = line_end(r, 0, &found);
    /* One byte more than `max` may yet be the \r of \r\n. */
    while (!found && !r->at_end && len <= max + (max < SIZE_MAX)) {
        int e = fill(r, info);
        if (e < 0)
            return e;
        len = line_end(r, len, &found);
    }
    if (!found && len == 0)
        return 0;
    const char *line = r->buf + r->start;
    size_t next = len + found;
    if (found && len > 0 && line[len - 1] == '\r')
        len--;
    if (len > max)
        return cs_fail_at(info, CS_E_LIMIT, cs_at(r->path, r->line + 1, 0),
                          "the line is longer than %zu bytes", max);
    r->start += next;
    r->line++;
    *ret = (cs_str){line, len};
    return 1;
}

unsigned cs_reader_line_number(const cs_reader *r)
{
    return r->line;
}

void cs_reader_free(cs_reader *r)
{
    if (!r)
        return;
    cs_fd_done(&r->fd);
    cs_free(r->buf);
    cs_free(r->path);
    cs_free(r);
}
