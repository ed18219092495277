#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

static _Atomic(cs_alloc_gate *) current_gate;

void cs_alloc_set_gate(cs_alloc_gate *allow)
{
    atomic_store(&current_gate, allow);
}

/* No object may be larger: pointers into it would not subtract. Asking for
 * more would only make a sanitizer stop the program. */
#define LARGEST ((size_t)PTRDIFF_MAX)

static bool allowed(const cs_alloc_site *site, size_t size)
{
    if (size > LARGEST)
        return false;
    cs_alloc_gate *gate =
        atomic_load_explicit(&current_gate, memory_order_relaxed);
    return !gate || gate(site);
}

void *cs_malloc_at(size_t size, const cs_alloc_site *site)
{
    return allowed(site, size) ? malloc(size ? size : 1) : NULL;
}

void *cs_calloc_at(size_t n, size_t size, const cs_alloc_site *site)
{
    size_t total;
    if (!cs_mul_size(n, size, &total) || !allowed(site, total))
        return NULL;
    return calloc(1, total ? total : 1);
}

void *cs_realloc_array_at(void *p, size_t n, size_t size,
                          const cs_alloc_site *site)
{
    size_t total;
    if (!cs_mul_size(n, size, &total) || !allowed(site, total))
        return NULL;
    return realloc(p, total ? total : 1);
}

void *cs_aligned_alloc_at(size_t align, size_t size, const cs_alloc_site *site)
{
    void *p = NULL;
    if (!allowed(site, size) || posix_memalign(&p, align, size ? size : 1) != 0)
        return NULL;
    return p;
}

void *cs_memdup_at(const void *p, size_t size, const cs_alloc_site *site)
{
    void *copy = cs_malloc_at(size, site);
    if (copy && size)
        memcpy(copy, p, size);
    return copy;
}

char *cs_strndup_at(const char *s, size_t n, const cs_alloc_site *site)
{
    size_t len = strnlen(s, n);
    size_t size;
    if (!cs_add_size(len, 1, &size))
        return NULL;
    char *copy = cs_malloc_at(size, site);
    if (!copy)
        return NULL;
    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

void cs_free(void *p)
{
    free(p);
}
