/* A whole file in one buffer. Files of weights are read, not mapped: a mapped
 * file that another process shortens would kill us, and the tensors would hold
 * on to a file that may be replaced. They are views of this buffer wherever
 * their place in it suits their element type, so nothing is held twice. */
#ifndef CS_WEIGHTS_LOAD_H
#define CS_WEIGHTS_LOAD_H

#include "base/str.h"
#include "tensor/buffer.h"

/* No network that fits on a hospital's machine has more. */
#define WT_FILE_MAX ((uint64_t)32 << 30)

/* CS_E_FORMAT for what is no regular file or is empty, CS_E_LIMIT beyond
 * WT_FILE_MAX. One reference is the caller's. */
int wt_load(const char *path, tn_buffer **ret, cs_errinfo *info);

/* The same from memory, for tests and fuzzing: a copy. */
int wt_load_bytes(cs_str bytes, tn_buffer **ret, cs_errinfo *info);

/* The scoped reference. */
static inline CS_UNUSED void wt_buffer_unrefp(tn_buffer **b)
{
    tn_buffer_unref(*b);
}
#define WT_AUTO_BUFFER __attribute__((cleanup(wt_buffer_unrefp))) tn_buffer *

#endif
