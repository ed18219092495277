/* From one CT to findings: lungs, quality, detection, false-positive reduction,
 * measurement, malignancy, risk. docs/diagnosis.md. */
#ifndef CS_LUNG_DIAGNOSE_H
#define CS_LUNG_DIAGNOSE_H

#include "detect/candidate.h"
#include "lung/quality.h"
#include "lung/rules.h"
#include "model/model.h"

typedef enum lu_stage {
    LU_STAGE_LUNGS,
    LU_STAGE_QUALITY,
    LU_STAGE_PREPARE,
    LU_STAGE_DETECT,
    LU_STAGE_CHECK,
    LU_STAGE_MEASURE,
    LU_STAGE_MALIGNANCY,
    LU_STAGES,
} lu_stage;
extern const char *const lu_stage_words[];

typedef struct lu_options {
    bool fast;          /* coarser voxels in detection; a warning in the result
                           says what it costs */
    double sensitivity; /* 0 … 1; 0.5 is the model's own threshold, more finds
                           more and errs more */
    bool detect_only;   /* candidates with their scores, all of them, no
                           measurement: for evaluation */
    bool high_risk;     /* the patient's, for Fleischner's table */
    size_t most;        /* findings at most; 0: 50; 250 at most */
    void (*progress)(void *ctx, lu_stage stage, size_t done, size_t of);
    void *ctx;
} lu_options;

typedef struct lu_diagnosis {
    lu_lungs lungs;
    lu_quality quality;
    lu_warnings warnings;
    bool reliable;        /* none of them is severe */
    dt_candidates marks;  /* all that were looked at, by falling score, which
                             is their confidence */
    lu_findings findings; /* by number; none with detect_only */
    im_volume nodules;    /* TN_U8 on the scan's grid: the findings' numbers;
                             empty with detect_only */
    size_t candidates;    /* the detector's: marks.len */
    double threshold;     /* of the confidence; that was worked with */
    bool has_malignancy;
    lu_risk risk;
    lu_advices advice;
    const char *lung_rads;
    double seconds[LU_STAGES];
    double seconds_all;
} lu_diagnosis;

/* `scan` in HU, best as TN_I16: anything else is copied. *ret must be zeroed;
 * on failure it stays so. Severe warnings are not errors: the report must not
 * look normal then. */
int lu_diagnose(const md_set *models, const im_run *run, const im_volume *scan,
                const lu_options *o, lu_diagnosis *ret, cs_errinfo *info);
void lu_diagnosis_done(lu_diagnosis *d);

#endif
