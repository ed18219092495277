/* Scans and their nodules, from folders in LUNA16's layout:
 *
 *   *.mhd, *.mha, *.nii.gz     scans, anywhere below the folder; the name
 *                              without its ending is the series
 *   annotations.csv            seriesuid,coordX,coordY,coordZ,diameter_mm and
 *                              perhaps malignancy (1, 0, empty) and label
 *   annotations_excluded.csv   perhaps: neither found nor false
 *   seriesuids.csv             perhaps: the scans that count, one a line
 *   masks/<uid>_lungs.mhd      perhaps: LUNA16's lung mask; made otherwise
 *   masks/<uid>_nodules.mhd    perhaps: the annotation's label at its voxels
 *
 * Prepared scans (detect/prepare.h) and nodule masks are kept in a cache
 * folder, keyed by what they were made from. */
#ifndef CS_TRAIN_DATASET_H
#define CS_TRAIN_DATASET_H

#include "detect/prepare.h"
#include "train/plan.h"

typedef struct tr_scan {
    const char *uid;
    const char *path;
    size_t source; /* of the plan's list */
    dt_nodule *nodules;
    size_t nodule_count;
    dt_candidate *hard; /* hard negatives, from the source's candidates */
    size_t hard_count;
} tr_scan;

typedef struct tr_dataset tr_dataset;

typedef struct tr_dataset_spec {
    const tr_plan *plan;
    bool validation;   /* which of the plan's two lists */
    const char *root;  /* relative folders are below it */
    const char *cache; /* folder of prepared scans */
    size_t memory;     /* bytes of prepared scans kept in memory, 0: maps */
    void (*progress)(void *ctx, size_t done, size_t scans);
    void *ctx;
} tr_dataset_spec;

/* Reads lists and annotations; prepares every scan that is not yet in the
 * cache. A scan that cannot be read, or has no lung, is left out with a warning
 * in tr_dataset_warnings() and never in silence; none at all is CS_E_NOTFOUND.
 */
int tr_dataset_open(const tr_dataset_spec *spec, const im_run *run,
                    tr_dataset **ret, cs_errinfo *info);
void tr_dataset_free(tr_dataset *d);
CS_DEFINE_AUTO(tr_dataset)

size_t tr_dataset_count(const tr_dataset *d);
const tr_scan *tr_dataset_at(const tr_dataset *d, size_t i);
size_t tr_dataset_warnings(const tr_dataset *d);
/* A line for the log: which scan, and why it is left out. */
const char *tr_dataset_warning(const tr_dataset *d, size_t i);
/* SHA-256 over names, sizes and annotations: a resumed run must find the same.
 */
const char *tr_dataset_hash(const tr_dataset *d);

/* The prepared scan, mapped from the cache: read-only, of any thread, until
 * tr_prepared_done(). `nodules` (TN_U8: 0, or 1 + number in tr_scan) is empty
 * where the source has no masks. */
typedef struct tr_prepared {
    dt_prepared scan;
    im_volume nodules;
} tr_prepared;
int tr_dataset_prepared(const tr_dataset *d, size_t i, tr_prepared *ret,
                        cs_errinfo *info);
void tr_prepared_done(tr_prepared *p);

#endif
