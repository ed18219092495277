/* What every kernel driver is given to run with. */
#ifndef CS_TENSOR_KERNELS_RUN_H
#define CS_TENSOR_KERNELS_RUN_H

#include "base/pool.h"
#include "tensor/kernels/table.h"

/* Borrowed parts; scratch is 64-byte aligned and as large as the plan of the
 * kernel said for this pool. Its contents mean nothing between calls. */
typedef struct tk_run {
    const tk_table *table;
    cs_pool *pool; /* NULL: the calling thread */
    float *scratch;
} tk_run;

/* Floats rounded up to whole cache lines, so that slots do not share one. */
static inline size_t tk_lines(size_t floats)
{
    return (floats + 15) / 16 * 16;
}

#endif
