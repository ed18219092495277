/* How well a score tells positive cases from negative ones. */
#ifndef CS_EVAL_ROC_H
#define CS_EVAL_ROC_H

#include "base/error.h"
#include "base/vec.h"

typedef struct ev_case {
    double score; /* finite; higher means positive */
    bool positive;
} ev_case;

typedef CS_VEC(ev_case) ev_cases;

/* Cases of at least `threshold` are called positive. */
typedef struct ev_roc_point {
    double threshold;
    size_t tp, fp;
} ev_roc_point;

typedef struct ev_roc {
    size_t positives, negatives;
    /* One for each distinct score, falling; before them one that calls nothing
     * positive, of infinite threshold. */
    CS_VEC(ev_roc_point) points;
    double auc;               /* ties count a half; NaN without both kinds */
    double se;                /* DeLong's; NaN with fewer than two of a kind */
    double low, high;         /* 95 %, auc -+ 1.96 se within 0 and 1 */
    double average_precision; /* sum of precision times step in recall */
} ev_roc;

#define EV_ROC_INIT                                                            \
    {                                                                          \
        0, 0, CS_VEC_INIT, 0, 0, 0, 0, 0                                       \
    }

int ev_roc_of(const ev_case *cases, size_t n, ev_roc *ret, cs_errinfo *info);
void ev_roc_done(ev_roc *r);

/* Of a point; NaN where there are no cases to divide by. */
double ev_roc_sensitivity(const ev_roc *r, const ev_roc_point *p);
double ev_roc_specificity(const ev_roc *r, const ev_roc_point *p);
double ev_roc_precision(const ev_roc_point *p); /* 1 where nothing is called */

/* Points to work at, as indices into `points`. */
size_t ev_roc_youden(const ev_roc *r); /* greatest sensitivity + specificity;
                                          of several the highest threshold */
size_t ev_roc_at_sensitivity(const ev_roc *r, double at_least);
size_t ev_roc_at_specificity(const ev_roc *r, double at_least);

#endif
