/* Which voxels are nodule. */
#ifndef CS_DETECT_TARGET_VOXELS_H
#define CS_DETECT_TARGET_VOXELS_H

#include "detect/head_impl.h"

#define DT_NOT_LEARNED 255

typedef struct dt_voxels {
    uint8_t *labels; /* [n][z][y][x]: 1, 0 or DT_NOT_LEARNED */
    size_t *nodule;  /* [n]: how many are 1 */
    size_t *learned; /* [n]: how many are 1 or 0 */
} dt_voxels;

#define DT_VOXELS_INIT                                                         \
    {                                                                          \
        NULL, NULL, NULL                                                       \
    }

/* From masks, where there are, and otherwise from balls. */
int dt_target_voxels(const dt_batch *b, dt_voxels *ret, cs_errinfo *info);
void dt_voxels_done(dt_voxels *v);

#endif
