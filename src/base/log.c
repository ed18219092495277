#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    uint64_t lost; /* lines that could not be written */
    unsigned char key[CS_LOG_KEY_SIZE];
};

/* --- the file --- */

static int open_file(cs_log *log, cs_errinfo *info)
{
    int fd = open(log->path,
                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
    if (fd < 0)
        return cs_fail_errno(info, errno, "cannot open the log '%s'",
                             log->path);
    struct stat st;
    log->size = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
    if (log->fd >= 0)
        close(log->fd);
    log->fd = fd;
    return 0;
}

#define NAME_EXTRA 12

/* path.2 becomes path.3, path.1 path.2, path itself path.1. A step that fails
 * leaves that file where it is: the log goes on, only larger. */
static void rotate(cs_log *log)
{
    size_t room = strlen(log->path) + NAME_EXTRA;
    CS_AUTO_MEM char *from = cs_malloc(room);
    CS_AUTO_MEM char *to = cs_malloc(room);
    if (!from || !to)
        return;
    for (unsigned i = log->keep; i > 0; i--) {
        snprintf(to, room, "%s.%u", log->path, i);
        if (i > 1)
            snprintf(from, room, "%s.%u", log->path, i - 1);
        else
            snprintf(from, room, "%s", log->path);
        if (rename(from, to) != 0 && errno != ENOENT)
            return;
    }
    if (log->keep == 0 && unlink(log->path) != 0)
        return;
    open_file(log, NULL);
}

/* --- writing --- */

/* A line that only half fits is taken back where that can be done, so that no
 * torn line stays. */
static bool write_line(cs_log *log, const char *line, size_t n)
{
    if (log->path && log->max_size && log->size > 0 &&
        log->size + n > log->max_size)
        rotate(log);
    ssize_t done;
    do
        done = write(log->fd, line, n);
    while (done < 0 && errno == EINTR);
    if (done == (ssize_t)n) {
        log->size += n;
        return true;
    }
    if (done > 0 && log->path && ftruncate(log->fd, (off_t)log->size) != 0)
        log->size += (uint64_t)done;
    return false;
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
    pthread_mutex_lock(&log->lock);
    uint64_t lost = log->lost;
    pthread_mutex_unlock(&log->lock);
    return lost;
}

/* --- life --- */

int cs_log_reopen(cs_log *log, cs_errinfo *info)
{
    pthread_mutex_lock(&log->lock);
    int r = log->path ? open_file(log, info) : 0;
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
        int r = log->path ? open_file(log, info) : cs_fail_nomem(info);
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
