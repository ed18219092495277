/* Shared memory of tensors: aligned for the widest vectors, and in huge pages
 * where it is large (a network walks over gigabytes; with small pages the
 * address cache, not the arithmetic, would be the limit). */
#ifndef CS_TENSOR_BUFFER_H
#define CS_TENSOR_BUFFER_H

#include "base/defs.h"
#include "base/error.h"

#define TN_ALIGN 64

typedef struct tn_buffer tn_buffer;

/* `size` bytes of zeros, one reference. CS_E_NOMEM when memory is short. */
int tn_buffer_new(size_t size, tn_buffer **ret, cs_errinfo *info);

/* Over memory that exists already, as a mapped file: `release(data, size)` is
 * called once nobody holds it any more. On failure the memory stays the
 * caller's. `data` need not be aligned as new buffers are. */
typedef void tn_release(void *data, size_t size);
int tn_buffer_over(void *data, size_t size, tn_release *release,
                   tn_buffer **ret, cs_errinfo *info);

/* Any thread may count. NULL is fine for unref, which returns NULL. */
tn_buffer *tn_buffer_ref(tn_buffer *b);
tn_buffer *tn_buffer_unref(tn_buffer *b);

/* Aligned to TN_ALIGN, but see tn_buffer_over(). What several holders write is
 * theirs to agree. */
void *tn_buffer_data(tn_buffer *b);
size_t tn_buffer_size(const tn_buffer *b);

#endif
