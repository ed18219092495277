/* Structured logging that cannot carry patient data.
 *
 *     cs_log(log, CS_LOG_INFO, "upload-finished",
 *            CS_LOG_TAG("site", site_id), CS_LOG_SIZE("bytes", n),
 *            CS_LOG_MASKED("name", file_name));
 *
 * The event is a literal, and every value has a type: numbers; `tag`, a short
 * plain word, anything else being replaced by a keyed hash; `masked`, always
 * the hash; an error, of which code, untranslated format and line are kept but
 * never the words filled in. There is no way to log free text. The key of the
 * hash is random for each logger: within one run equal texts give equal
 * hashes, and no list of names can be tried against a log.
 *
 * Event, keys and formats come from the program; should they hold control
 * characters or bytes that are not UTF-8, those are shown as \xNN, and beyond
 * 200, 60 and 256 bytes they are cut between characters. Every JSON line is one
 * object, as long as no key is used twice or is one of time, level, event, cut.
 *
 * A logger may be used by any thread. One line is one write(). Logging never
 * fails and never blocks on a full disk: lines that cannot be written, or only
 * in part, are counted, and the count is logged when writing works again. What
 * was written of half a line is taken back from a file, and elsewhere gets an
 * end of its own. SIGPIPE and SIGXFSZ are the caller's to ignore. NULL is a
 * logger that says nothing. */
#ifndef CS_BASE_LOG_H
#define CS_BASE_LOG_H

#include "base/clock.h"
#include "base/defs.h"
#include "base/error.h"

typedef enum cs_log_level {
    CS_LOG_DEBUG,
    CS_LOG_INFO,
    CS_LOG_WARNING,
    CS_LOG_ERROR,
} cs_log_level;

typedef enum cs_log_format { CS_LOG_TEXT, CS_LOG_JSON } cs_log_format;

typedef enum cs_log_field_kind {
    CS_LOG_KIND_INT,
    CS_LOG_KIND_FLOAT,
    CS_LOG_KIND_BOOL,
    CS_LOG_KIND_DURATION, /* nanoseconds; written as seconds */
    CS_LOG_KIND_TAG,
    CS_LOG_KIND_MASKED,
    CS_LOG_KIND_ERROR,
} cs_log_field_kind;

typedef struct cs_log_field {
    const char *key; /* literal */
    cs_log_field_kind kind;
    union {
        int64_t integer;
        double number;
        const char *text;        /* NULL is written as "" */
        const cs_errinfo *error; /* NULL is written as none (JSON: null) */
    };
} cs_log_field;

#define CS_LOG_FIELD_(k, what, member, v)                                      \
    ((cs_log_field){.key = "" k, .kind = CS_LOG_KIND_##what, .member = (v)})
#define CS_LOG_INT(k, v) CS_LOG_FIELD_(k, INT, integer, v)
#define CS_LOG_SIZE(k, v) CS_LOG_FIELD_(k, INT, integer, (int64_t)(v))
#define CS_LOG_FLOAT(k, v) CS_LOG_FIELD_(k, FLOAT, number, v)
#define CS_LOG_BOOL(k, v) CS_LOG_FIELD_(k, BOOL, integer, (v) ? 1 : 0)
#define CS_LOG_SECONDS(k, ns) CS_LOG_FIELD_(k, DURATION, integer, ns)
#define CS_LOG_TAG(k, v) CS_LOG_FIELD_(k, TAG, text, v)
#define CS_LOG_MASKED(k, v) CS_LOG_FIELD_(k, MASKED, text, v)
#define CS_LOG_FAILURE(info) CS_LOG_FIELD_("error", ERROR, error, info)

typedef struct cs_log_spec {
    cs_log_level level; /* nothing below it is written */
    cs_log_format format;
    const char *path;  /* NULL: to `fd` */
    int fd;            /* borrowed; -1: every line is lost */
    uint64_t max_size; /* rotate before a plain file would grow beyond; where
                          that fails the file grows on; 0: never */
    unsigned keep;     /* old files kept: path.1 (newest) to path.<keep>; 0: the
                          file is emptied instead */
    const cs_clock *clock; /* NULL: the system's */
} cs_log_spec;

#define CS_LOG_KEEP_MAX 1000u
#define CS_LOG_LINE_MAX 2048 /* longer lines lose their last fields */

typedef struct cs_log cs_log;

int cs_log_new(const cs_log_spec *spec, cs_log **ret, cs_errinfo *info);
void cs_log_free(cs_log *log); /* NULL is fine */
CS_DEFINE_AUTO(cs_log)

/* Opens the file anew, for tools that have moved it away; nothing for a log
 * without a path. On failure lines go on into the file that was open. */
int cs_log_reopen(cs_log *log, cs_errinfo *info);

/* Lines lost so far and not reported yet. */
uint64_t cs_log_lost(cs_log *log);

void cs_log_fields(cs_log *log, cs_log_level level, const char *event,
                   const cs_log_field *fields, size_t n);

#define cs_log(log, level, event, ...)                                         \
    do {                                                                       \
        const cs_log_field cs_fields_[] = {{.key = NULL}, __VA_ARGS__};        \
        cs_log_fields((log), (level), "" event, cs_fields_ + 1,                \
                      CS_COUNTOF(cs_fields_) - 1);                             \
    } while (0)

/* "debug", "info", "warning", "error"; ends with NULL: words of a setting. */
extern const char *const cs_log_level_words[];
extern const char *const cs_log_format_words[]; /* "text", "json" */

#endif
