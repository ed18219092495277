/* Ground glass: an even shade between lung and tissue. The border of solid
 * tissue has such grey values, too, but they change from one to the other
 * within a millimetre or two; those of ground glass stay. */
#ifndef CS_LUNG_HALO_H
#define CS_LUNG_HALO_H

#include "lung/patch.h"

/* Above parenchyma: what stands out more is no ground glass. */
#define LU_HALO_MOST_HU 480.0

typedef struct lu_halo {
    double share; /* of the mask's voxels that are ground glass */
    double hu;    /* and their median */
    bool is;      /* more than a solid nodule's border shows by chance */
} lu_halo;

/* Within `mask` (TN_U8 on the patch's grid). */
lu_halo lu_halo_find(const lu_patch *patch, const im_volume *mask);

#endif
