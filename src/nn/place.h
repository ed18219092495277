/* Places in one block of memory for things that live for a while: a static
 * arena. Things whose times overlap do not overlap in memory. */
#ifndef CS_NN_PLACE_H
#define CS_NN_PLACE_H

#include "base/defs.h"
#include "base/error.h"

typedef struct nn_tenant {
    size_t size;        /* in floats; 0 needs no place */
    size_t first, last; /* times, both included */
    size_t offset;      /* the answer: a multiple of 16 floats */
} nn_tenant;

/* Gives each tenant an offset; *ret is what all of them need. The largest are
 * placed first, each at the lowest place that is free for its time. */
int nn_place(nn_tenant *tenants, size_t n, size_t *ret, cs_errinfo *info);

#endif
