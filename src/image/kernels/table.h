/* Inner loops of image operations that are written once per instruction tier,
 * and the table through which everything else calls them. */
#ifndef CS_IMAGE_KERNELS_TABLE_H
#define CS_IMAGE_KERNELS_TABLE_H

#include "base/cpu.h"
#include "base/defs.h"

typedef struct im_table {
    /* y[i] = a * x[i] + b, clamped to [low, high]; NaN gives low. */
    void (*affine_i16)(const int16_t *x, size_t n, float a, float b, float low,
                       float high, float *y);
    void (*affine_f32)(const float *x, size_t n, float a, float b, float low,
                       float high, float *y);
} im_table;

/* The primitives of a tier, or of the next lower one that has been written. */
const im_table *im_table_of(cs_cpu_tier tier);

/* One per tier file. */
extern const im_table im_table_baseline;
extern const im_table im_table_avx2;

#endif
