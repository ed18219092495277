/* Heap allocation with one door, so that a test can refuse each allocation in
 * the program once. Failure is an expected failure: callers return CS_E_NOMEM.
 *
 * With CS_TRACK_ALLOC (dev and sanitizer builds) every call site registers
 * itself in a linker section; the allocation-failure test proves that each of
 * them has been refused and survived. */
#ifndef CS_BASE_MEM_H
#define CS_BASE_MEM_H

#include "base/defs.h"

typedef struct cs_alloc_site {
    const char *file;
    int line;
} cs_alloc_site;

#ifdef CS_TRACK_ALLOC
#define CS_ALLOC_SITE                                                          \
    ({                                                                         \
        static const cs_alloc_site cs_site_                                    \
            __attribute__((section("cs_alloc_sites"), used,                    \
                           aligned(sizeof(void *)))) = {__FILE__, __LINE__};   \
        &cs_site_;                                                             \
    })
#else
#define CS_ALLOC_SITE ((const cs_alloc_site *)0)
#endif

/* All return NULL when memory is short; a size of 0 gives a unique pointer.
 * cs_calloc() and cs_realloc_array() refuse products that overflow. */
#define cs_malloc(size) cs_malloc_at((size), CS_ALLOC_SITE)
#define cs_calloc(n, size) cs_calloc_at((n), (size), CS_ALLOC_SITE)
#define cs_realloc_array(p, n, size)                                           \
    cs_realloc_array_at((p), (n), (size), CS_ALLOC_SITE)
#define cs_aligned_alloc(align, size)                                          \
    cs_aligned_alloc_at((align), (size), CS_ALLOC_SITE)
#define cs_memdup(p, size) cs_memdup_at((p), (size), CS_ALLOC_SITE)
#define cs_strdup(s) cs_strndup_at((s), SIZE_MAX, CS_ALLOC_SITE)
#define cs_strndup(s, n) cs_strndup_at((s), (n), CS_ALLOC_SITE)

/* One zeroed object of type T. */
#define cs_new0(T) ((T *)cs_calloc(1, sizeof(T)))

void *cs_malloc_at(size_t size, const cs_alloc_site *site) CS_MUST_CHECK;
void *cs_calloc_at(size_t n, size_t size, const cs_alloc_site *site)
    CS_MUST_CHECK;
void *cs_realloc_array_at(void *p, size_t n, size_t size,
                          const cs_alloc_site *site) CS_MUST_CHECK;
/* align: a power of two, at least sizeof(void *). Free with cs_free(). */
void *cs_aligned_alloc_at(size_t align, size_t size, const cs_alloc_site *site)
    CS_MUST_CHECK;
void *cs_memdup_at(const void *p, size_t size, const cs_alloc_site *site)
    CS_MUST_CHECK;
/* Copies at most n bytes of s and terminates the copy. */
char *cs_strndup_at(const char *s, size_t n, const cs_alloc_site *site)
    CS_MUST_CHECK;

void cs_free(void *p); /* NULL is fine */

/* Owned plain memory in a scope: CS_AUTO_MEM char *s = cs_strdup(…); */
static inline CS_UNUSED void cs_freep(void *pp)
{
    cs_free(*(void **)pp);
}
#define CS_AUTO_MEM __attribute__((cleanup(cs_freep)))

/* Test seam: when set, an allocation whose site the gate refuses fails.
 * Set it while no other thread allocates. NULL removes it. */
typedef bool cs_alloc_gate(const cs_alloc_site *site);
void cs_alloc_set_gate(cs_alloc_gate *allow);

#endif
