/* An arena: memory of one lifetime (a request, a parsed file, a graph build),
 * given back all at once. Not for use by two threads at the same time.
 * Everything handed out is zeroed and aligned for any scalar type. */
#ifndef CS_BASE_ARENA_H
#define CS_BASE_ARENA_H

#include <stdarg.h>

#include "base/defs.h"
#include "base/str.h"

typedef struct cs_arena_chunk cs_arena_chunk;

typedef struct cs_arena {
    cs_arena_chunk *chunks; /* newest first */
    size_t used;            /* bytes handed out, alignment included */
    size_t limit;           /* refuse beyond this many; 0: no limit */
} cs_arena;

#define CS_ARENA_INIT                                                          \
    {                                                                          \
        NULL, 0, 0                                                             \
    }

void cs_arena_init(cs_arena *a, size_t limit);
void cs_arena_done(cs_arena *a);
/* Forgets everything handed out; keeps one chunk for the next round. */
void cs_arena_clear(cs_arena *a);

/* NULL when memory is short or the limit is reached. */
void *cs_arena_alloc(cs_arena *a, size_t size) CS_MUST_CHECK;
/* n * size bytes, the product checked. */
void *cs_arena_array(cs_arena *a, size_t n, size_t size) CS_MUST_CHECK;
#define cs_arena_new(a, T) ((T *)cs_arena_alloc((a), sizeof(T)))

/* Terminated copies. */
char *cs_arena_strdup(cs_arena *a, const char *s) CS_MUST_CHECK;
char *cs_arena_strcopy(cs_arena *a, cs_str s) CS_MUST_CHECK;
char *cs_arena_printf(cs_arena *a, const char *fmt, ...) CS_PRINTF(2, 3)
    CS_MUST_CHECK;

#endif
