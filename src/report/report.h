/* A diagnosis as files that people and programs read (docs/report.md). Nothing
 * is decided here: what is written was found in lung/. */
#ifndef CS_REPORT_REPORT_H
#define CS_REPORT_REPORT_H

#include "base/message.h"
#include "lung/diagnose.h"

/* Everything is borrowed. */
typedef struct rp_case {
    const lu_diagnosis *diagnosis;
    const im_volume *scan;             /* HU */
    const char *uid;                   /* the series, or the file's name */
    const char *patient_id, *study_id; /* NULL: not said */
    const md_set *models;
    const char *version; /* of the program */
    const char *created; /* UTC, RFC 3339: files are the same bytes for the same
                            case and date */
    bool fast;
} rp_case;

/* Into `dir`, an empty directory:
 *
 *   report.json           document 002's result, and what we know besides
 *   candidates.csv        LUNA16's submission: seriesuid,coordX,coordY,coordZ,
 *                         probability
 *   report-zh.pdf, report-en.pdf
 *   overview.png, nodule-N.png
 *   nodules.mha, lungs.mha    masks on the scan's grid
 *
 * `lang` is that of the texts in report.json. */
int rp_write(const rp_case *c, const im_run *run, cs_lang lang, const char *dir,
             cs_errinfo *info);

#endif
