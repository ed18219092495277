/* A clinical validation: detections at one threshold, and malignancy of the
 * nodules that were found (docs/evaluation.md). */
#ifndef CS_EVAL_CLINICAL_H
#define CS_EVAL_CLINICAL_H

#include "eval/classes.h"
#include "eval/confusion.h"
#include "eval/detection.h"
#include "eval/summary.h"

typedef struct ev_clinical_spec {
    double radius;    /* mm; 5 */
    double threshold; /* marks of at least this probability are detections */
    double malignant; /* a malignancy above this is called malignant */
    ev_bootstrap_spec bootstrap; /* of the FROC */
} ev_clinical_spec;

/* Nodules of known malignancy. Each one's call is that of the nearest detection
 * within the radius. */
typedef struct ev_malignancy {
    size_t known;         /* nodules whose malignancy is known */
    size_t judged;        /* of those: found, with a call */
    ev_proportion caught; /* of all malignant nodules: found and called so */
    ev_classes classes;   /* of the judged ones */
} ev_malignancy;

typedef struct ev_clinical {
    const ev_study *study; /* borrowed */
    ev_clinical_spec spec;
    ev_match match; /* at the threshold */
    ev_proportion sensitivity;
    ev_proportion by_size[EV_SIZE_GROUPS];
    ev_proportion ppv;      /* detections that are on a nodule */
    ev_summary fp;          /* a scan; scans without any count */
    ev_detection detection; /* all marks: the FROC under the same rule */
    bool has_malignancy;
    ev_malignancy malignancy;
} ev_clinical;

#define EV_CLINICAL_INIT                                                       \
    {                                                                          \
        .match = EV_MATCH_INIT, .detection = EV_DETECTION_INIT,                \
        .malignancy = {                                                        \
            .classes = EV_CLASSES_INIT                                         \
        }                                                                      \
    }

int ev_clinical_run(const ev_study *s, const ev_clinical_spec *spec,
                    cs_pool *pool, ev_clinical *ret, cs_errinfo *info);
void ev_clinical_done(ev_clinical *c);

/* As for detections. */
void ev_clinical_json(const ev_clinical *c, cs_json *w);
int ev_clinical_text(const ev_clinical *c, cs_lang lang, bool markdown,
                     cs_strbuf *out, cs_errinfo *info);
int ev_clinical_files(const ev_clinical *c, cs_lang lang, ev_files *files,
                      cs_errinfo *info);

#endif
