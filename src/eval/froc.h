/* Free-response ROC by the rules of LUNA16 (docs/evaluation.md): sensitivity
 * against the mean number of false positives a scan. */
#ifndef CS_EVAL_FROC_H
#define CS_EVAL_FROC_H

#include "eval/match.h"

#define EV_FROC_RATES 7u
extern const double ev_froc_rates[EV_FROC_RATES]; /* 1/8, 1/4, … 8 */

/* What a threshold lets through: a false positive or a nodule found. */
typedef struct ev_call {
    double probability;
    uint32_t scan;
    int32_t nodule; /* index into the study's; -1: a false positive */
} ev_call;

typedef CS_VEC(ev_call) ev_calls;

typedef struct ev_froc_point {
    double fp_rate; /* a scan */
    double sensitivity;
    double threshold; /* marks of at least this probability count */
    size_t fp, tp;
} ev_froc_point;

typedef struct ev_froc {
    CS_VEC(ev_froc_point) points; /* rising; those on a straight line between
                                     others left out, as the script does */
    double at[EV_FROC_RATES];     /* sensitivity at ev_froc_rates */
    double cpm;                   /* their mean */
} ev_froc;

#define EV_FROC_INIT                                                           \
    {                                                                          \
        CS_VEC_INIT, {0}, 0                                                    \
    }

/* All calls of a study, by falling probability. */
int ev_calls_of(const ev_study *s, const ev_match *m, ev_calls *ret,
                cs_errinfo *info);

/* The curve of calls in that order. `nodules` is how many there are to find;
 * with no calls the sensitivity is 0 everywhere, with none to find NaN. */
int ev_froc_of(const ev_calls *calls, size_t nodules, size_t scans,
               ev_froc *ret, cs_errinfo *info);
void ev_froc_done(ev_froc *f);

/* Sensitivity at a rate: linear between points, and at a step its upper end, as
 * numpy.interp() has it. */
double ev_froc_at(const ev_froc *f, double fp_rate);

#endif
