/* A folder of phantoms in LUNA16's layout, in place as a whole or not at all:
 *
 *   <uid>.mhd, <uid>.raw       the scans
 *   masks/<uid>_lungs.mhd      3 left, 4 right lung, 5 trachea, main bronchi
 *   masks/<uid>_nodules.mhd    i where the scan's i-th annotation is
 *   annotations.csv            LUNA16's five columns, then ours
 *   annotations_excluded.csv   the same, of what is below 3 mm
 *   seriesuids.csv             one a line, without a heading
 *   phantoms.json              every finding and what was drawn for each scan
 *   profile.json               what was asked for; the same twice is the same
 *                              data */
#ifndef CS_IMAGE_PHANTOM_DATASET_H
#define CS_IMAGE_PHANTOM_DATASET_H

#include "image/phantom/phantom.h"

typedef struct im_phantom_order {
    const char *dir;
    const im_phantom_site *site;
    uint64_t seed;
    uint64_t scans;
    size_t size[3];                             /* zeros: the site's own */
    bool force;                                 /* replaces other phantoms */
    void (*progress)(void *ctx, uint64_t done); /* after each scan; or NULL */
    void *ctx;
} im_phantom_order;

typedef struct im_phantom_summary {
    uint64_t scans, nodules, malignant, specks;
    bool there; /* the folder held exactly this already; nothing was made */
} im_phantom_summary;

/* CS_E_EXISTS where `dir` holds something else and force is not set, or holds
 * anything that is not ours, whatever is set. */
int im_phantom_dataset(const im_phantom_order *order, const im_run *run,
                       im_phantom_summary *ret, cs_errinfo *info);

#endif
