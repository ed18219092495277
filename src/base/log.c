#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log_line.h"
#include "base/mem.h"

struct cs_log {
    pthread_mutex_t lock;
    cs_log_level level;
    cs_log_format format;
    const cs_clock *clock;
    char *path; /* NULL: fd is borrowed */
    int fd;
    uint64_t size, max_size; /* of the file */
    unsigned keep;
    bool regular;  /* our own plain file: others neither rotate nor shrink */
    bool torn;     /* the output ends in half a line */
    uint64_t lost; /* lines that could not be written */
    unsigned char key[CS_LOG_KEY_SIZE];
};

/* --- the file --- */

/* On failure the file that is open stays so. */
static int open_file(cs_log *log, int flags, cs_errinfo *info)
{
    int fd = CS_RETRY(open(
        log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | flags,
        0640));
    if (fd < 0)
        return cs_fail_errno(info, errno, "cannot open the log '%s'",
                             log->path);
    struct stat st;
    log->regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    log->size = log->regular ? (uint64_t)st.st_size : 0;
    log->torn = log->torn && log->size > 0;
    cs_fd_done(&log->fd);
    log->fd = fd;
    return 0;
}

#define NAME_EXTRA 12

static bool is_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* path.<i>; number 0 is the path itself. */
static void make_name(const cs_log *log, unsigned i, char *dst, size_t room)
{
    if (i)
        snprintf(dst, room, "%s.%u", log->path, i);
    else
        snprintf(dst, room, "%s", log->path);
}

/* path.2 becomes path.3, path.1 path.2, path itself path.1; but only up to the
 * first free number, so that trying again after a failure drops no further old
 * file. */
static bool shift_files(const cs_log *log)
{
    size_t room = strlen(log->path) + NAME_EXTRA;
    CS_AUTO_MEM char *from = cs_malloc(room);
    CS_AUTO_MEM char *to = cs_malloc(room);
    if (!from || !to)
        return false;
    unsigned last = 0;
    do
        make_name(log, ++last, to, room);
    while (last < log->keep && is_there(to));
    for (unsigned i = last; i > 0; i--) {
        make_name(log, i, to, room);
        make_name(log, i - 1, from, room);
        if (rename(from, to) != 0 && errno != ENOENT)
            return false;
    }
    return true;
}

/* A step that fails leaves things as they are: the log goes on in the file that
 * is open, only larger, and the next line tries again. A path without a file
 * (a tool took it, or the last try could not open a new one) is opened only. */
static void rotate(cs_log *log)
{
    if (log->keep == 0)
        open_file(log, O_TRUNC, NULL); /* not unlink(): opening may fail */
    else if (!is_there(log->path) || shift_files(log))
        open_file(log, 0, NULL);
}

/* --- writing --- */

/* Where the end of the file is asked for: others may have emptied the file, or
 * added lines that must stay. */
static bool take_back(const cs_log *log, ssize_t n)
{
    off_t end = lseek(log->fd, 0, SEEK_CUR);
    struct stat st;
    return log->regular && end >= n && fstat(log->fd, &st) == 0 &&
           st.st_size == end && ftruncate(log->fd, end - n) == 0;
}

static bool write_bytes(cs_log *log, const char *bytes, size_t n)
{
    ssize_t done = CS_RETRY(write(log->fd, bytes, n));
    if (done <= 0)
        return false;
    if (done < (ssize_t)n && take_back(log, done))
        return false;
    log->size += (uint64_t)done;
    log->torn = done < (ssize_t)n;
    return !log->torn;
}

/* Half a line that cannot be taken back gets an end of its own, so that it
 * spoils no other. */
static bool write_line(cs_log *log, const char *line, size_t n)
{
    if (log->regular && log->max_size && log->size > 0 &&
        log->size + n > log->max_size)
        rotate(log);
    if (log->torn && !write_bytes(log, "\n", 1))
        return false;
    return write_bytes(log, line, n);
}

static void report_loss(cs_log *log, int64_t wall_ns)
{
    char line[CS_LOG_LINE_MAX];
    const cs_log_field lines = CS_LOG_INT("lines", (int64_t)log->lost);
    const cs_log_event e = {wall_ns, CS_LOG_WARNING, "log-lines-lost", &lines,
                            1};
    size_t n = cs_log_line(&e, log->format, log->key, line);
    if (write_line(log, line, n))
        log->lost = 0;
}

void cs_log_fields(cs_log *log, cs_log_level level, const char *event,
                   const cs_log_field *fields, size_t n)
{
    if (!log || level < log->level)
        return;
    char line[CS_LOG_LINE_MAX];
    pthread_mutex_lock(&log->lock);
    /* Taken inside, so that lines stand in the order of their times. */
    const cs_log_event e = {cs_wall_ns(log->clock), level, event, fields, n};
    if (log->lost)
        report_loss(log, e.wall_ns);
    size_t len = cs_log_line(&e, log->format, log->key, line);
    if (log->lost || !write_line(log, line, len))
        log->lost++;
    pthread_mutex_unlock(&log->lock);
}

uint64_t cs_log_lost(cs_log *log)
{
    if (!log)
        return 0;
    pthread_mutex_lock(&log->lock);
    uint64_t lost = log->lost;
    pthread_mutex_unlock(&log->lock);
    return lost;
}

/* --- life --- */

int cs_log_reopen(cs_log *log, cs_errinfo *info)
{
    if (!log)
        return 0;
    pthread_mutex_lock(&log->lock);
    int r = log->path ? open_file(log, 0, info) : 0;
    pthread_mutex_unlock(&log->lock);
    return r;
}

int cs_log_new(const cs_log_spec *spec, cs_log **ret, cs_errinfo *info)
{
    if (spec->keep > CS_LOG_KEEP_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "at most %u old log files can be kept, not %u",
                       CS_LOG_KEEP_MAX, spec->keep);
    CS_AUTO(cs_log) log = cs_new0(cs_log);
    if (!log)
        return cs_fail_nomem(info);
    pthread_mutex_init(&log->lock, NULL);
    log->level = spec->level;
    log->format = spec->format;
    log->clock = spec->clock ? spec->clock : cs_clock_system();
    log->fd = spec->path ? -1 : spec->fd;
    log->max_size = spec->max_size;
    log->keep = spec->keep;
    randombytes_buf(log->key, sizeof(log->key));
    if (spec->path) {
        log->path = cs_strdup(spec->path);
        int r = log->path ? open_file(log, 0, info) : cs_fail_nomem(info);
        if (r < 0)
            return r;
    }
    *ret = CS_TAKE(log);
    return 0;
}

void cs_log_free(cs_log *log)
{
    if (!log)
        return;
    if (log->path && log->fd >= 0)
        close(log->fd);
    cs_free(log->path);
    pthread_mutex_destroy(&log->lock);
    sodium_memzero(log->key, sizeof(log->key));
    cs_free(log);
}
