/* Errors: a function that can fail returns 0 (or a count) or a negative
 * cs_err; the layer that knows most also fills the optional cs_errinfo.
 *
 * The owner of a cs_errinfo zeroes it and sets `lang`; every message written
 * into it is in that language. Messages are one line: control characters and
 * bytes that are not UTF-8 are shown as \xNN, long ones lose their middle.
 * `msgid` is the untranslated format, which holds no data and is therefore
 * safe to log. A NULL info is allowed everywhere. Nothing here allocates. */
#ifndef CS_BASE_ERROR_H
#define CS_BASE_ERROR_H

#include <stdarg.h>

#include "base/defs.h"
#include "base/message.h"

typedef enum cs_err {
    CS_OK = 0,
    CS_E_NOMEM = -1,
    CS_E_IO = -2,     /* the device or the network failed */
    CS_E_FORMAT = -3, /* bytes that are not what they should be */
    CS_E_RANGE = -4,  /* a value outside its allowed range */
    CS_E_NOTFOUND = -5,
    CS_E_EXISTS = -6,
    CS_E_ACCESS = -7,  /* the system refuses: permissions */
    CS_E_NOSPACE = -8, /* disk or quota full */
    CS_E_LIMIT = -9,   /* larger than a limit set to protect us */
    CS_E_UNSAFE = -10, /* a path that leaves its directory, and the like */
    CS_E_USAGE = -11,  /* a command line that cannot be understood */
    CS_E_TIMEOUT = -12,
    CS_E_CANCELLED = -13,
    CS_E_UNSUPPORTED = -14, /* valid, but not on this machine or build */
    CS_E_FAILED = -15,      /* a check or a child process said no */
} cs_err;

#define CS_ERR_MESSAGE_MAX 512
#define CS_ERR_PLACE_MAX 192

typedef struct cs_errinfo {
    cs_lang lang;      /* set by the owner */
    int code;          /* cs_err of the failure; 0: none yet */
    const char *msgid; /* format literal of the failure */
    unsigned line;     /* 1-based position in `place`; 0: unknown */
    unsigned column;
    char place[CS_ERR_PLACE_MAX]; /* file or stream; "" : none */
    char message[CS_ERR_MESSAGE_MAX];
} cs_errinfo;

/* A position in a text. `file` is borrowed and may be NULL. */
typedef struct cs_place {
    const char *file;
    unsigned line, column;
} cs_place;

/* Inside a call that reports a failure write this, not a compound literal:
 * the tool that collects messages counts the commas between braces. */
static inline cs_place cs_at(const char *file, unsigned line, unsigned column)
{
    return (cs_place){file, line, column};
}

/* Records a failure and returns `code`, so that callers can
 * `return cs_fail(info, CS_E_RANGE, "…", …)`. `fmt` is a literal in English
 * and the key of its translation. */
int cs_fail(cs_errinfo *info, int code, const char *fmt, ...) CS_PRINTF(3, 4);
int cs_fail_at(cs_errinfo *info, int code, cs_place at, const char *fmt, ...)
    CS_PRINTF(4, 5);
int cs_vfail(cs_errinfo *info, int code, cs_place at, const char *fmt,
             va_list args) CS_PRINTF(4, 0);

/* As cs_fail(), for a failed system call: the code follows from `err` (an
 * errno value) and its cause is appended to the message. */
int cs_fail_errno(cs_errinfo *info, int err, const char *fmt, ...)
    CS_PRINTF(3, 4);

/* Shorthand for the failure that needs no words of its own. */
int cs_fail_nomem(cs_errinfo *info);

/* Names the file of a failure whose reporter knew only the line. */
void cs_errinfo_set_place(cs_errinfo *info, const char *file);

/* Forgets a failure that the caller has dealt with; keeps `lang`. */
void cs_errinfo_clear(cs_errinfo *info);

/* "place:line:column: message", as much as is known. Always terminated;
 * returns dst. */
char *cs_errinfo_format(const cs_errinfo *info, char *dst, size_t size);

int cs_err_from_errno(int err);

/* Stable upper-case name ("CS_E_NOSPACE"), for logs and JSON. */
const char *cs_err_name(int code);

/* What an errno value means, in `lang`; never NULL. */
const char *cs_errno_text(cs_lang lang, int err);

/* Exit status of a command that failed with `code`: 2 wrong usage, 3 an input
 * or output place that the user must mend, 1 everything else, 0 for code 0. */
int cs_exit_status(int code);

#endif
