/* The k-th smallest of many numbers without sorting them: by counting, of
 * small integers; by radix, of floats and 32-bit integers. */
#ifndef CS_IMAGE_RANK_H
#define CS_IMAGE_RANK_H

#include "image/run.h"
#include "tensor/dtype.h"

typedef struct im_ranks {
    tn_dtype dtype;
    const void *x;
    size_t n;
    bool has_nan;
    size_t *count;  /* of each key, or of each key's uppermost bits */
    uint32_t *some; /* the keys of one such group, for the radix */
    size_t group;   /* that they are of; SIZE_MAX: none yet */
    size_t some_n;
    const struct im_table *table;
} im_ranks;

#define IM_RANKS_INIT                                                          \
    {                                                                          \
        .count = NULL                                                          \
    }

/* Looks at all elements once. The types of im_percentiles(), n > 0; *x stays
 * the caller's and as it is. */
int im_ranks_init(im_ranks *r, tn_dtype d, const void *x, size_t n,
                  const im_run *run, cs_errinfo *info);
void im_ranks_done(im_ranks *r);

/* Element `rank` (0: the smallest, n - 1: the largest). Not where has_nan. */
int im_ranks_at(im_ranks *r, size_t rank, double *ret, cs_errinfo *info);

#endif
