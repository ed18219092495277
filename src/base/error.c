#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Large enough that a message naming a 4 KB path still ends in its cause. */
#define RAW_MAX 6144

/* Copies src as one safe line. When it does not fit, the middle gives way:
 * the start says what failed, the end says why. */
static void copy_line(char *dst, size_t size, const char *src, size_t len)
{
    static const char gap[] = "\xe2\x80\xa6"; /* … */
    size_t room = size - 1;
    if (cs_utf8_escaped_len(src, len) <= room) {
        cs_utf8_escape(dst, size, src, len);
        return;
    }
    size_t head = (room - (sizeof(gap) - 1)) / 2;
    size_t tail = room - (sizeof(gap) - 1) - head;
    size_t n = cs_utf8_escape(dst, head + 1, src, len);
    memcpy(dst + n, gap, sizeof(gap) - 1);
    n += sizeof(gap) - 1;
    size_t from = cs_utf8_escaped_suffix(src, len, tail);
    cs_utf8_escape(dst + n, tail + 1, src + from, len - from);
}

static void set_place(cs_errinfo *info, const char *file)
{
    if (file)
        copy_line(info->place, sizeof(info->place), file, strlen(file));
    else
        info->place[0] = '\0';
}

int cs_vfail(cs_errinfo *info, int code, cs_place at, const char *fmt,
             va_list args)
{
    if (!info)
        return code;
    char raw[RAW_MAX];
    int n = vsnprintf(raw, sizeof(raw), cs_msg(info->lang, fmt), args);
    size_t len = n < 0 ? 0 : CS_MIN((size_t)n, sizeof(raw) - 1);
    copy_line(info->message, sizeof(info->message), raw, len);
    info->code = code;
    info->msgid = fmt;
    info->line = at.line;
    info->column = at.column;
    set_place(info, at.file);
    return code;
}

int cs_fail(cs_errinfo *info, int code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    cs_vfail(info, code, (cs_place){0}, fmt, args);
    va_end(args);
    return code;
}

int cs_fail_at(cs_errinfo *info, int code, cs_place at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    cs_vfail(info, code, at, fmt, args);
    va_end(args);
    return code;
}

static void append_cause(cs_errinfo *info, const char *cause)
{
    char joined[2 * CS_ERR_MESSAGE_MAX];
    int n = snprintf(joined, sizeof(joined), "%s: %s", info->message, cause);
    size_t len = n < 0 ? 0 : CS_MIN((size_t)n, sizeof(joined) - 1);
    char message[CS_ERR_MESSAGE_MAX];
    copy_line(message, sizeof(message), joined, len);
    memcpy(info->message, message, sizeof(message));
}

int cs_fail_errno(cs_errinfo *info, int err, const char *fmt, ...)
{
    int code = cs_err_from_errno(err);
    if (!info)
        return code;
    va_list args;
    va_start(args, fmt);
    cs_vfail(info, code, (cs_place){0}, fmt, args);
    va_end(args);
    append_cause(info, cs_errno_text(info->lang, err));
    return code;
}

int cs_fail_nomem(cs_errinfo *info)
{
    return cs_fail(info, CS_E_NOMEM, "out of memory");
}

void cs_errinfo_set_place(cs_errinfo *info, const char *file)
{
    if (info && info->code && !info->place[0])
        set_place(info, file);
}

void cs_errinfo_clear(cs_errinfo *info)
{
    if (info)
        *info = (cs_errinfo){.lang = info->lang};
}

char *cs_errinfo_format(const cs_errinfo *info, char *dst, size_t size)
{
    if (!info->place[0])
        snprintf(dst, size, "%s", info->message);
    else if (!info->line)
        snprintf(dst, size, "%s: %s", info->place, info->message);
    else if (!info->column)
        snprintf(dst, size, "%s:%u: %s", info->place, info->line,
                 info->message);
    else
        snprintf(dst, size, "%s:%u:%u: %s", info->place, info->line,
                 info->column, info->message);
    return dst;
}

int cs_err_from_errno(int err)
{
    switch (err) {
    case 0:
        return CS_OK;
    case ENOMEM:
        return CS_E_NOMEM;
    case ENOENT:
    case ENOTDIR:
    case ESRCH:
        return CS_E_NOTFOUND;
    case EEXIST:
    case ENOTEMPTY:
        return CS_E_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return CS_E_ACCESS;
    case ENOSPC:
    case EDQUOT:
        return CS_E_NOSPACE;
    case EFBIG:
    case ENAMETOOLONG:
    case EMFILE:
    case ENFILE:
        return CS_E_LIMIT;
    case ELOOP:
    case EXDEV: /* openat2() beneath a directory says so */
        return CS_E_UNSAFE;
    case EINVAL:
    case EISDIR:
    case EILSEQ:
        return CS_E_FORMAT;
    case ETIMEDOUT:
        return CS_E_TIMEOUT;
    case ECANCELED:
        return CS_E_CANCELLED;
    case ENOSYS:
    case EOPNOTSUPP:
        return CS_E_UNSUPPORTED;
    default:
        return CS_E_IO;
    }
}

#define EACH_ERR(X)                                                            \
    X(CS_OK)                                                                   \
    X(CS_E_NOMEM)                                                              \
    X(CS_E_IO)                                                                 \
    X(CS_E_FORMAT)                                                             \
    X(CS_E_RANGE)                                                              \
    X(CS_E_NOTFOUND)                                                           \
    X(CS_E_EXISTS)                                                             \
    X(CS_E_ACCESS)                                                             \
    X(CS_E_NOSPACE)                                                            \
    X(CS_E_LIMIT)                                                              \
    X(CS_E_UNSAFE)                                                             \
    X(CS_E_USAGE)                                                              \
    X(CS_E_TIMEOUT)                                                            \
    X(CS_E_CANCELLED)                                                          \
    X(CS_E_UNSUPPORTED)                                                        \
    X(CS_E_FAILED)

const char *cs_err_name(int code)
{
#define CASE_NAME(e)                                                           \
    case e:                                                                    \
        return #e;
    switch (code) {
        EACH_ERR(CASE_NAME)
    default:
        return "CS_E_UNKNOWN";
    }
#undef CASE_NAME
}

/* glibc words these in the process locale only; ours follow the reader. */
const char *cs_errno_text(cs_lang lang, int err)
{
    switch (err) {
    case ENOENT:
        return cs_msg(lang, "no such file or directory");
    case ENOTDIR:
        return cs_msg(lang, "a part of the path is not a directory");
    case EACCES:
    case EPERM:
        return cs_msg(lang, "permission denied");
    case EROFS:
        return cs_msg(lang, "the file system is read-only");
    case EEXIST:
        return cs_msg(lang, "it exists already");
    case ENOTEMPTY:
        return cs_msg(lang, "the directory is not empty");
    case EISDIR:
        return cs_msg(lang, "it is a directory");
    case ENOSPC:
        return cs_msg(lang, "the disk is full");
    case EDQUOT:
        return cs_msg(lang, "the disk quota is used up");
    case EFBIG:
        return cs_msg(lang, "the file would be larger than is allowed");
    case ENAMETOOLONG:
        return cs_msg(lang, "the name is too long");
    case ELOOP:
        return cs_msg(lang, "a symbolic link is not followed here");
    case EXDEV:
        return cs_msg(lang, "the path leaves its directory");
    case EMFILE:
    case ENFILE:
        return cs_msg(lang, "too many files are open");
    case EIO:
        return cs_msg(lang, "the device reports an error");
    case ENOMEM:
        return cs_msg(lang, "out of memory");
    case EPIPE:
        return cs_msg(lang, "the reader has gone");
    case ETIMEDOUT:
        return cs_msg(lang, "no answer in time");
    default:
        return strerrordesc_np(err) ? strerrordesc_np(err)
                                    : cs_msg(lang, "unknown system error");
    }
}

int cs_exit_status(int code)
{
    switch (code) {
    case CS_OK:
        return 0;
    case CS_E_USAGE:
        return 2;
    case CS_E_FORMAT:
    case CS_E_RANGE:
    case CS_E_NOTFOUND:
    case CS_E_EXISTS:
    case CS_E_ACCESS:
    case CS_E_NOSPACE:
    case CS_E_LIMIT:
    case CS_E_UNSAFE:
        return 3;
    default:
        return code > 0 ? 0 : 1;
    }
}
