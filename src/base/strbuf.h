/* A growing string. `data` is always terminated and never NULL, so that it can
 * be passed on as a C string (it may hold NUL bytes that were appended).
 *
 * A failed append leaves the content as it was and makes the buffer `failed`
 * for good (until cs_strbuf_clear()): a sequence of appends can be checked
 * once, at its end, with cs_strbuf_check(). */
#ifndef CS_BASE_STRBUF_H
#define CS_BASE_STRBUF_H

#include <stdarg.h>

#include "base/defs.h"
#include "base/str.h"

typedef struct cs_strbuf {
    char *data;
    size_t len;
    size_t cap; /* bytes owned, terminator included; 0: data is not owned */
    bool failed;
} cs_strbuf;

extern char cs_strbuf_empty[1]; /* what `data` points at before any append */

#define CS_STRBUF_INIT                                                         \
    {                                                                          \
        cs_strbuf_empty, 0, 0, false                                           \
    }

void cs_strbuf_init(cs_strbuf *b);
void cs_strbuf_done(cs_strbuf *b);
void cs_strbuf_clear(cs_strbuf *b); /* empty, not failed; keeps its memory */
char *cs_strbuf_take(cs_strbuf *b); /* cs_free() it; b is empty afterwards.
                                       NULL if failed or out of memory */

int cs_strbuf_reserve(cs_strbuf *b, size_t extra);
int cs_strbuf_append(cs_strbuf *b, const void *p, size_t n);
int cs_strbuf_add(cs_strbuf *b, const char *s);
int cs_strbuf_add_str(cs_strbuf *b, cs_str s);
int cs_strbuf_putc(cs_strbuf *b, char c);
int cs_strbuf_pad(cs_strbuf *b, char c, size_t n); /* n times c */
int cs_strbuf_printf(cs_strbuf *b, const char *fmt, ...) CS_PRINTF(2, 3);
int cs_strbuf_vprintf(cs_strbuf *b, const char *fmt, va_list args)
    CS_PRINTF(2, 0);

/* 0, or CS_E_NOMEM when any append since the last clear failed. */
int cs_strbuf_check(const cs_strbuf *b) CS_MUST_CHECK;

static inline cs_str cs_strbuf_str(const cs_strbuf *b)
{
    return (cs_str){b->data, b->len};
}

#endif
