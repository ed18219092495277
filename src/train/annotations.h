/* What is written about scans: nodules, and a detector's marks. Each row is
 * kept with the number of its scan, in the order of the file. */
#ifndef CS_TRAIN_ANNOTATIONS_H
#define CS_TRAIN_ANNOTATIONS_H

#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"
#include "detect/candidate.h"

typedef struct tr_annotation {
    size_t scan;
    dt_nodule nodule;
    int32_t label; /* of its voxels in the scan's mask; 0: it has none there */
} tr_annotation;

typedef CS_VEC(tr_annotation) tr_annotations;

typedef struct tr_mark {
    size_t scan;
    dt_candidate at;
} tr_mark;

typedef CS_VEC(tr_mark) tr_marks;

/* Scans by name, each with its number, below that of the names; kept as number
 * + 1 in the place of a pointer. */
int tr_names_put(cs_map *names, const char *name, size_t number,
                 cs_errinfo *info);

/* A nodule's diameter where none is written (LUNA16's own judge takes the
 * same); only what is excluded may lack one. */
#define TR_DIAMETER_UNKNOWN 10.0

/* Rows of annotations.csv (seriesuid, coordX, coordY, coordZ, diameter_mm,
 * perhaps malignancy and label), or of annotations_excluded.csv. Without a
 * column `label` a nodule's is its place among those of its scan, from 1 on.
 * Names that `names` does not have are put into `strays` with the number of
 * their first line. A row that makes no sense is CS_E_FORMAT or CS_E_RANGE with
 * its place. */
int tr_annotations_read(const char *path, bool excluded, const cs_map *names,
                        tr_annotations *ret, cs_map *strays, cs_errinfo *info);

/* A detector's marks: seriesuid, coordX, coordY, coordZ, probability, perhaps
 * diameter_mm. Those on other scans are passed over. */
int tr_marks_read(const char *path, const cs_map *names, tr_marks *ret,
                  cs_errinfo *info);

/* Whether the place is nearer to any of the nodules than its radius and
 * `apart` mm. */
bool tr_is_near_nodule(const dt_nodule *nodules, size_t n, const double at[3],
                       double apart);

/* A mark that is to be learned as wrong lies so far from every nodule; nearer
 * ones are a matter of opinion. */
#define TR_HARD_APART_MM 4.0

#endif
