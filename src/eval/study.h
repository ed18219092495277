/* A study to be judged: scans, the nodules that readers found in them, and the
 * marks that a program made. Read from CSV files; positions are millimetres in
 * the patient, in one frame for nodules and marks of a scan.
 *
 * Nodules and marks are kept by scan, in the order of their files: those of
 * scan i are [first[i], first[i + 1]). */
#ifndef CS_EVAL_STUDY_H
#define CS_EVAL_STUDY_H

#include "base/defs.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"

typedef struct ev_nodule {
    uint32_t scan;
    int32_t type;     /* index into ev_study.types; -1: not said */
    double at[3];     /* mm */
    double diameter;  /* mm; below 0: unknown */
    int8_t malignant; /* 1 or 0; -1: not known */
    bool excluded;    /* no nodule of the reference, yet no false positive */
} ev_nodule;

typedef struct ev_mark {
    uint32_t scan;
    int8_t called;      /* malignant 1 or benign 0 in words; -1: not said */
    double at[3];       /* mm */
    double probability; /* any finite number: only its order counts */
    double malignancy;  /* NaN: not said */
} ev_mark;

typedef CS_VEC(ev_nodule) ev_nodules;
typedef CS_VEC(ev_mark) ev_marks;

/* Rows about scans that are not in the list: they count for nothing. */
typedef struct ev_strays {
    size_t annotations, excluded, marks;
} ev_strays;

typedef struct ev_study {
    cs_map scans; /* name -> its number + 1; in the order of the list */
    size_t scan_count;
    cs_map types; /* likewise; in order of appearance */
    ev_nodules nodules;
    ev_marks marks;
    size_t *nodule_first; /* scan_count + 1 of each */
    size_t *mark_first;
    bool has_malignancy; /* both files say something about it */
    ev_strays strays;
} ev_study;

#define EV_STUDY_INIT                                                          \
    {                                                                          \
        CS_MAP_INIT, 0, CS_MAP_INIT, CS_VEC_INIT, CS_VEC_INIT, NULL, NULL,     \
            false,                                                             \
        {                                                                      \
            0, 0, 0                                                            \
        }                                                                      \
    }

/* Columns, by any of these names, in any order, others ignored:
 *   scans        seriesuid, study_id or scan; or one column without a name
 *   annotations  the same, coordX/Y/Z or x, y, z, diameter_mm or diameter;
 *                perhaps type, malignant (1, 0, malignant, benign, empty)
 *   excluded     the same; may be NULL
 *   predictions  the same, probability, confidence or score; perhaps
 *                malignancy_score and malignancy_class
 * Diameters are above 0, or below it where unknown. */
typedef struct ev_study_files {
    const char *scans, *annotations, *excluded, *predictions;
} ev_study_files;

int ev_study_read(const ev_study_files *files, ev_study *ret, cs_errinfo *info);
void ev_study_done(ev_study *s);

/* For a study that was put together in memory: once scan_count, nodules and
 * marks are there, groups both by scan. Names may be missing; every `scan` is
 * below scan_count. */
int ev_study_group(ev_study *s, cs_errinfo *info);

/* The name of type `i`, terminated. */
const char *ev_study_type(const ev_study *s, size_t i);

/* The name of scan `i`, terminated. */
const char *ev_study_scan(const ev_study *s, size_t i);

#endif
