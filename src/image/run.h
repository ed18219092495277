/* What every operation on volumes is given to run with. Results have the same
 * bits for any pool; between tiers floats may differ in the last places where
 * an operation says so. */
#ifndef CS_IMAGE_RUN_H
#define CS_IMAGE_RUN_H

#include "base/cpu.h"
#include "base/pool.h"

typedef struct im_run {
    cs_pool *pool; /* borrowed; NULL: the calling thread */
    cs_cpu_tier tier;
} im_run;

#endif
