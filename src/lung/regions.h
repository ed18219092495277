/* The scan by kinds: the cores' names (cores.h) spread over all that is below
 * the cut, regions meeting at their necks; then what place and contact tell is
 * set right. */
#ifndef CS_LUNG_REGIONS_H
#define CS_LUNG_REGIONS_H

#include "lung/cores.h"

/* A TN_U8 volume of lu_kind on the coarse grid; *ret must be empty. Where no
 * region looks like lung there is no LU_LUNG in it. Sets l->air. */
int lu_regions(const im_run *run, const im_volume *hu, lu_levels *l,
               im_volume *ret, cs_errinfo *info);

/* To be called when the airways are known (`main` of airway.h): gas that holds
 * some of them becomes LU_BRANCH, and of the rest what has lung round most of
 * it, behind a wall or not, is a bulla and becomes LU_LUNG. */
int lu_regions_settle(const im_run *run, im_volume *kinds, const uint8_t *main,
                      cs_errinfo *info);

#endif
