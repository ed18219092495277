/* A whole evaluation of scores for two classes: ROC, calls at a threshold,
 * points to work at, calibration. */
#ifndef CS_EVAL_CLASSES_H
#define CS_EVAL_CLASSES_H

#include "base/json_write.h"
#include "eval/calibration.h"
#include "eval/confusion.h"
#include "eval/files.h"
#include "eval/report.h"
#include "eval/roc.h"

#define EV_OPERATING 3u

typedef struct ev_operating {
    const char *name; /* CS_N_() */
    double threshold; /* infinite: nothing is called positive */
    ev_confusion counts;
} ev_operating;

typedef struct ev_classes {
    ev_roc roc;
    ev_confusion counts; /* the calls */
    ev_operating operating[EV_OPERATING];
    bool has_scores; /* of both kinds; otherwise only the calls are told */
    bool has_calibration;
    ev_calibration calibration;
} ev_classes;

#define EV_CLASSES_INIT                                                        \
    {                                                                          \
        .roc = EV_ROC_INIT                                                     \
    }

/* Scores with the calls that `counts` sums up. */
int ev_classes_of(const ev_case *cases, size_t n, const ev_confusion *counts,
                  ev_classes *ret, cs_errinfo *info);
void ev_classes_done(ev_classes *c);

/* Members of an object that is open. */
void ev_classes_json(const ev_classes *c, cs_json *w);

/* Tables on a report. */
void ev_classes_report(const ev_classes *c, ev_report *r);

/* Adds roc.csv, calibration.csv and the pictures roc, precision_recall,
 * calibration and confusion, as far as there are scores. */
int ev_classes_files(const ev_classes *c, cs_lang lang, ev_files *files,
                     cs_errinfo *info);

#endif
