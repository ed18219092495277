/* Which marks hit which nodules. */
#ifndef CS_EVAL_MATCH_H
#define CS_EVAL_MATCH_H

#include "eval/study.h"

/* A mark hits a nodule when the squared distance of their centres is below the
 * square of a radius: a fixed one, or the nodule's own (half its diameter; 5 mm
 * where that is not known). */
typedef struct ev_rule {
    double radius;    /* mm; 0: the nodule's own */
    size_t marks_max; /* a scan; 0: no limit. Of more, those above the
                         probability of the first one too many are kept */
    double threshold; /* marks below are dropped */
} ev_rule;

typedef enum ev_fate {
    EV_MARK_FALSE,   /* a false positive */
    EV_MARK_HIT,     /* a nodule's best mark */
    EV_MARK_DOUBLE,  /* hits a nodule that has a better mark: not counted */
    EV_MARK_IGNORED, /* on an exclusion: not counted */
    EV_MARK_DROPPED, /* below the threshold or beyond the limit */
} ev_fate;

typedef struct ev_counts {
    size_t tp, fn; /* nodules found and not */
    size_t fp;     /* marks */
    size_t ignored, doubles;
    size_t marks; /* kept, over all scans */
} ev_counts;

typedef struct ev_match {
    uint8_t *fate; /* ev_fate of each mark */
    size_t *best;  /* of each nodule: its mark of highest probability, or
                      SIZE_MAX; exclusions have none */
    ev_counts counts;
} ev_match;

#define EV_MATCH_INIT                                                          \
    {                                                                          \
        NULL, NULL,                                                            \
        {                                                                      \
            0, 0, 0, 0, 0, 0                                                   \
        }                                                                      \
    }

int ev_match_study(const ev_study *s, const ev_rule *rule, ev_match *ret,
                   cs_errinfo *info);
void ev_match_done(ev_match *m);

/* Squared distance in mm^2. */
double ev_distance2(const double a[3], const double b[3]);

#endif
