/* What guidelines and document 002 say about a set of findings. Each table is
 * a file of its own with its source; none knows another. Not advice: the text
 * that is shown says that a doctor decides. */
#ifndef CS_LUNG_RULES_H
#define CS_LUNG_RULES_H

#include "lung/finding.h"

typedef CS_VEC(const char *) lu_texts; /* CS_N_() */

/* A recommendation about one nodule has its number; 0: about the patient. The
 * text has one %u for the number where it has one. */
typedef struct lu_advice {
    const char *text;
    unsigned nodule;
} lu_advice;
typedef CS_VEC(lu_advice) lu_advices;

/* Document 002: high if a malignancy above 0.7 or a mean diameter above 8 mm,
 * medium if one in (0.3, 0.7] or more than three nodules, low otherwise; and
 * its recommendations, in its order, each once. */
lu_risk lu_risk_of(const lu_finding *f, size_t n);
int lu_advise(const lu_finding *f, size_t n, lu_risk risk, lu_advices *ret,
              cs_errinfo *info);

/* Lung-RADS 2022 (American College of Radiology), baseline screening, by size
 * and density of one nodule: "2", "3", "4A", "4B", "4X". */
const char *lu_lung_rads(const lu_finding *f);
/* Of the scan: the highest of its nodules'; "1" with none, "0" where the scan
 * cannot be judged. */
const char *lu_lung_rads_scan(const lu_finding *f, size_t n, bool readable);
/* What Lung-RADS has in mind for a category. CS_N_(). */
const char *lu_lung_rads_text(const char *name);

/* Fleischner Society 2017 (MacMahon et al., Radiology 2017;284:228-43), for
 * nodules found by chance in adults of 35 and more without cancer or immune
 * deficiency. `high_risk` patients have another column; `multiple`: more than
 * one nodule. CS_N_(). */
const char *lu_fleischner(const lu_finding *f, bool multiple, bool high_risk);

#endif
