/* The connected parts of a mask with a label for every voxel, as most steps
 * here want them: to measure each part, and to keep some. */
#ifndef CS_LUNG_PARTS_H
#define CS_LUNG_PARTS_H

#include "image/components.h"

typedef struct lu_parts {
    im_components found; /* items[i] has label i + 1 */
    im_volume label;     /* TN_I32 */
} lu_parts;

#define LU_PARTS_INIT                                                          \
    {                                                                          \
        .found = IM_COMPONENTS_INIT, .label = IM_VOLUME_INIT                   \
    }

/* Parts of `least` voxels or more, the largest first. *ret must be empty. */
int lu_parts_find(const im_run *run, const im_volume *mask,
                  im_neighbours neighbours, size_t least, lu_parts *ret,
                  cs_errinfo *info);
void lu_parts_done(lu_parts *p);

static inline const int32_t *lu_parts_labels(const lu_parts *p)
{
    return (const int32_t *)tn_data(&p->label.voxels);
}

/* mask[i] = 1 where `keep` (by label, [0] being the background) says so, and
 * 0 elsewhere. */
void lu_parts_choose(const lu_parts *p, const uint8_t *keep, uint8_t *mask);

#endif
