#include "base/arena.h"

#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"

/* Under AddressSanitizer, bytes not handed out yet are off limits. */
#if defined(__SANITIZE_ADDRESS__)
#define CS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CS_ASAN 1
#endif
#endif
#ifdef CS_ASAN
#include <sanitizer/asan_interface.h>
#define FORBID(p, n) __asan_poison_memory_region((p), (n))
#define PERMIT(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define FORBID(p, n) ((void)(p), (void)(n))
#define PERMIT(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN _Alignof(max_align_t)
#define FIRST_CHUNK 4096u
#define LARGEST_GROWTH ((size_t)1 << 20)

struct cs_arena_chunk {
    cs_arena_chunk *older;
    size_t size; /* bytes of payload */
    size_t used;
    _Alignas(max_align_t) unsigned char payload[];
};

void cs_arena_init(cs_arena *a, size_t limit)
{
    *a = (cs_arena){NULL, 0, limit};
}

static void free_chunks(cs_arena_chunk *chunk)
{
    while (chunk) {
        cs_arena_chunk *older = chunk->older;
        PERMIT(chunk->payload, chunk->size);
        cs_free(chunk);
        chunk = older;
    }
}

void cs_arena_done(cs_arena *a)
{
    free_chunks(a->chunks);
    a->chunks = NULL;
    a->used = 0;
}

void cs_arena_clear(cs_arena *a)
{
    cs_arena_chunk *kept = a->chunks;
    a->used = 0;
    if (!kept)
        return;
    free_chunks(kept->older);
    kept->older = NULL;
    kept->used = 0;
    FORBID(kept->payload, kept->size);
}

/* Chunks double up to 1 MiB, so that many small objects cost few calls and
 * one large object wastes little. */
static cs_arena_chunk *add_chunk(cs_arena *a, size_t need)
{
    size_t size =
        a->chunks ? CS_MIN(2 * a->chunks->size, LARGEST_GROWTH) : FIRST_CHUNK;
    size = CS_MAX(size, need);
    size_t total;
    if (!cs_add_size(sizeof(cs_arena_chunk), size, &total))
        return NULL;
    cs_arena_chunk *chunk = cs_malloc(total);
    if (!chunk)
        return NULL;
    *chunk = (cs_arena_chunk){.older = a->chunks, .size = size};
    FORBID(chunk->payload, size);
    a->chunks = chunk;
    return chunk;
}

void *cs_arena_alloc(cs_arena *a, size_t size)
{
    size_t need, total;
    if (!cs_align_size(size ? size : 1, ALIGN, &need) ||
        !cs_add_size(a->used, need, &total) || (a->limit && total > a->limit))
        return NULL;
    cs_arena_chunk *chunk = a->chunks;
    if (!chunk || chunk->size - chunk->used < need)
        chunk = add_chunk(a, need);
    if (!chunk)
        return NULL;
    void *p = chunk->payload + chunk->used;
    PERMIT(p, size ? size : 1);
    chunk->used += need;
    a->used = total;
    return memset(p, 0, size ? size : 1);
}

void *cs_arena_array(cs_arena *a, size_t n, size_t size)
{
    size_t total;
    return cs_mul_size(n, size, &total) ? cs_arena_alloc(a, total) : NULL;
}

char *cs_arena_strcopy(cs_arena *a, cs_str s)
{
    size_t size;
    if (!cs_add_size(s.len, 1, &size))
        return NULL;
    char *copy = cs_arena_alloc(a, size);
    if (copy && s.len)
        memcpy(copy, s.data, s.len);
    return copy;
}

char *cs_arena_strdup(cs_arena *a, const char *s)
{
    return cs_arena_strcopy(a, cs_str_of(s));
}

char *cs_arena_printf(cs_arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *text = n < 0 ? NULL : cs_arena_alloc(a, (size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}
