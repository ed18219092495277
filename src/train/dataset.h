/* Scans and their nodules, from folders in LUNA16's layout:
 *
 *   *.mhd, *.mha, *.nii.gz     scans, anywhere below the folder; the name
 *                              without its ending is the series
 *   annotations.csv            seriesuid,coordX,coordY,coordZ,diameter_mm and
 *                              perhaps malignancy (1, 0, empty) and label
 *   annotations_excluded.csv   perhaps: neither found nor false
 *   seriesuids.csv             perhaps: the scans that count, one a line
 *   masks/<uid>_lungs.mhd      perhaps: LUNA16's lung mask (or
 *                              seg-lungs-LUNA16/<uid>.mhd); made otherwise
 *   masks/<uid>_nodules.mhd    perhaps: the annotation's label at its voxels
 *
 * Prepared scans (detect/prepare.h) and nodule masks are kept in a cache
 * folder, keyed by what they were made from. See docs/training-data.md. */
#ifndef CS_TRAIN_DATASET_H
#define CS_TRAIN_DATASET_H

#include "train/plan.h"
#include "train/prepared.h"

typedef struct tr_scan {
    const char *uid;
    const char *path;
    size_t source;      /* of the plan's list */
    dt_nodule *nodules; /* those outside the plan's query are `excluded` too */
    size_t nodule_count;
    dt_candidate *hard; /* hard negatives: the source's candidates that lie on
                           no nodule */
    size_t hard_count;
} tr_scan;

typedef struct tr_dataset tr_dataset;

/* Makes the mask of a scan's lungs, as dt_prepare() wants it; *labels is empty
 * before. */
typedef int tr_find_lungs(void *ctx, const im_run *run, const im_volume *scan,
                          im_volume *labels, cs_errinfo *info);

typedef struct tr_dataset_spec {
    const tr_plan *plan;
    bool validation;   /* which of the plan's two lists */
    const char *root;  /* relative folders are below it; NULL: here */
    const char *cache; /* folder of prepared scans, made if need be; NULL: they
                          are made anew and kept in memory */
    tr_find_lungs *find_lungs; /* for scans without a mask of the lungs; NULL:
                                  these are left out */
    void *lungs_ctx;
    void (*progress)(void *ctx, size_t done, size_t scans); /* or NULL */
    void *ctx;
} tr_dataset_spec;

/* Reads lists and annotations; prepares every scan that is not yet in the
 * cache (none where the plan crops the scans' middle to train on them, which
 * asks for no lungs). A scan that cannot be read, or has no lung, is left out
 * with a warning in tr_dataset_warnings() and never in silence; none at all is
 * CS_E_NOTFOUND. A row that makes no sense is an error with its place. The plan
 * is borrowed. */
int tr_dataset_open(const tr_dataset_spec *spec, const im_run *run,
                    tr_dataset **ret, cs_errinfo *info);
void tr_dataset_free(tr_dataset *d);
CS_DEFINE_AUTO(tr_dataset)

size_t tr_dataset_count(const tr_dataset *d);
const tr_scan *tr_dataset_at(const tr_dataset *d, size_t i); /* by name */
size_t tr_dataset_warnings(const tr_dataset *d);
/* A line for the log: which scan, and why it is left out. */
const char *tr_dataset_warning(const tr_dataset *d, size_t i);
/* SHA-256 over names, sizes and annotations: a resumed run must find the same.
 */
const char *tr_dataset_hash(const tr_dataset *d);

/* The prepared scan, mapped from the cache: read-only, of any thread, until
 * tr_prepared_done(). Costs next to nothing. CS_E_NOTFOUND where none was
 * prepared (above). */
int tr_dataset_prepared(const tr_dataset *d, size_t i, tr_prepared *ret,
                        cs_errinfo *info);

#endif
