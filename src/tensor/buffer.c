#include "tensor/buffer.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/checked.h"
#include "base/mem.h"

#define HUGE_PAGE ((size_t)2 << 20)
/* Below two huge pages the rounding up would waste more than it gives. */
#define HUGE_FROM (2 * HUGE_PAGE)

struct tn_buffer {
    _Atomic size_t refs;
    size_t size;
    size_t mapped; /* bytes of the mapping; 0: from the heap, or not ours */
    void *data;
    tn_release *release; /* NULL: the memory is ours */
};

/* Zero pages of the system, not touched here, so that memory counts only once
 * it is used. */
static bool map_pages(tn_buffer *b, size_t size)
{
    size_t rounded;
    if (!cs_align_size(size, HUGE_PAGE, &rounded))
        return false;
    void *p = mmap(NULL, rounded, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return false;
    madvise(p, rounded, MADV_HUGEPAGE); /* a wish: small pages work too */
    b->data = p;
    b->mapped = rounded;
    return true;
}

static bool take_heap(tn_buffer *b, size_t size)
{
    size_t rounded;
    if (!cs_align_size(CS_MAX(size, (size_t)1), TN_ALIGN, &rounded))
        return false;
    b->data = cs_aligned_alloc(TN_ALIGN, rounded);
    if (b->data)
        memset(b->data, 0, rounded);
    return b->data != NULL;
}

int tn_buffer_new(size_t size, tn_buffer **ret, cs_errinfo *info)
{
    tn_buffer *b = cs_new0(tn_buffer);
    if (!b)
        return cs_fail_nomem(info);
    b->size = size;
    atomic_init(&b->refs, 1);
    if (!(size >= HUGE_FROM ? map_pages(b, size) : take_heap(b, size))) {
        cs_free(b);
        return cs_fail(info, CS_E_NOMEM, "no memory for a tensor of %zu bytes",
                       size);
    }
    *ret = b;
    return 0;
}

int tn_buffer_over(void *data, size_t size, tn_release *release,
                   tn_buffer **ret, cs_errinfo *info)
{
    tn_buffer *b = cs_new0(tn_buffer);
    if (!b)
        return cs_fail_nomem(info);
    b->size = size;
    b->data = data;
    b->release = release;
    atomic_init(&b->refs, 1);
    *ret = b;
    return 0;
}

tn_buffer *tn_buffer_ref(tn_buffer *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

tn_buffer *tn_buffer_unref(tn_buffer *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return NULL;
    if (b->release)
        b->release(b->data, b->size);
    else if (b->mapped)
        munmap(b->data, b->mapped);
    else
        cs_free(b->data);
    cs_free(b);
    return NULL;
}

void *tn_buffer_data(tn_buffer *b)
{
    return b->data;
}

size_t tn_buffer_size(const tn_buffer *b)
{
    return b->size;
}
