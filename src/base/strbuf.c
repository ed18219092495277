#include "base/strbuf.h"

#include <stdio.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/mem.h"

char cs_strbuf_empty[1];

void cs_strbuf_init(cs_strbuf *b)
{
    *b = (cs_strbuf)CS_STRBUF_INIT;
}

void cs_strbuf_done(cs_strbuf *b)
{
    if (b->cap)
        cs_free(b->data);
    cs_strbuf_init(b);
}

void cs_strbuf_clear(cs_strbuf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->cap)
        b->data[0] = '\0';
}

char *cs_strbuf_take(cs_strbuf *b)
{
    char *data = NULL;
    if (!b->failed && cs_strbuf_reserve(b, 0) == 0) {
        data = b->data;
        cs_strbuf_init(b);
    }
    cs_strbuf_done(b);
    return data;
}

static int fail(cs_strbuf *b)
{
    b->failed = true;
    return CS_E_NOMEM;
}

int cs_strbuf_reserve(cs_strbuf *b, size_t extra)
{
    if (b->failed)
        return CS_E_NOMEM;
    size_t need;
    if (!cs_add_size(b->len, extra, &need) || !cs_add_size(need, 1, &need))
        return fail(b);
    if (need <= b->cap)
        return 0;
    size_t cap = CS_MAX(need, (size_t)64);
    if (b->cap <= SIZE_MAX / 2)
        cap = CS_MAX(cap, 2 * b->cap);
    char *data = cs_realloc_array(b->cap ? b->data : NULL, cap, 1);
    if (!data)
        return fail(b);
    if (!b->cap)
        data[0] = '\0';
    b->data = data;
    b->cap = cap;
    return 0;
}

int cs_strbuf_append(cs_strbuf *b, const void *p, size_t n)
{
    int r = cs_strbuf_reserve(b, n);
    if (r < 0)
        return r;
    if (n)
        memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
    return 0;
}

int cs_strbuf_add(cs_strbuf *b, const char *s)
{
    return cs_strbuf_append(b, s, strlen(s));
}

int cs_strbuf_add_str(cs_strbuf *b, cs_str s)
{
    return cs_strbuf_append(b, s.data, s.len);
}

int cs_strbuf_putc(cs_strbuf *b, char c)
{
    return cs_strbuf_append(b, &c, 1);
}

int cs_strbuf_pad(cs_strbuf *b, char c, size_t n)
{
    int r = cs_strbuf_reserve(b, n);
    if (r < 0)
        return r;
    memset(b->data + b->len, c, n);
    b->len += n;
    b->data[b->len] = '\0';
    return 0;
}

int cs_strbuf_vprintf(cs_strbuf *b, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    int r = n < 0 ? fail(b) : cs_strbuf_reserve(b, (size_t)n);
    if (r == 0) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
    return r;
}

int cs_strbuf_printf(cs_strbuf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int r = cs_strbuf_vprintf(b, fmt, args);
    va_end(args);
    return r;
}

int cs_strbuf_check(const cs_strbuf *b)
{
    return b->failed ? CS_E_NOMEM : 0;
}
