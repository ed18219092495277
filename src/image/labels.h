/* The labels of two volumes on one grid: where each lies, and how often. */
#ifndef CS_IMAGE_LABELS_H
#define CS_IMAGE_LABELS_H

#include "base/vec.h"
#include "image/bits.h"

/* Of one volume. A scan has thousands of values and is no mask. */
#define IM_LABELS_MAX 256u

typedef struct im_label {
    int32_t value; /* not 0 */
    size_t voxels[2], both;
    size_t low[3], high[3]; /* the box around both, its last voxel included */
} im_label;

typedef CS_VEC(im_label) im_label_list;

/* Every label of either volume, rising. CS_E_FORMAT where an element is no
 * whole number of 32 bits, CS_E_LIMIT beyond IM_LABELS_MAX labels in one of
 * them. `ret` is empty before, and the caller's whatever happens. */
int im_labels_find(const im_volume *a, const im_volume *b, im_label_list *ret,
                   cs_errinfo *info);

/* The label's voxels of one volume, within its box; *ret must be empty. */
int im_label_bits(const im_volume *v, const im_label *l, im_bits *ret,
                  cs_errinfo *info);

#endif
