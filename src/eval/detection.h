/* A whole evaluation of detections: matched, curve, intervals, groups. */
#ifndef CS_EVAL_DETECTION_H
#define CS_EVAL_DETECTION_H

#include "base/json_write.h"
#include "eval/bootstrap.h"
#include "eval/files.h"
#include "eval/strata.h"

typedef struct ev_detection_spec {
    ev_rule rule;                /* the threshold is -INFINITY for a curve */
    ev_bootstrap_spec bootstrap; /* 0 samples: none */
} ev_detection_spec;

typedef struct ev_detection {
    const ev_study *study; /* borrowed */
    ev_detection_spec spec;
    ev_match match;
    ev_calls calls;
    ev_froc froc;
    size_t nodules; /* to find */
    bool has_bootstrap;
    ev_bootstrap bootstrap;
    ev_strata strata;
} ev_detection;

#define EV_DETECTION_INIT                                                      \
    {                                                                          \
        .match = EV_MATCH_INIT, .froc = EV_FROC_INIT                           \
    }

/* LUNA16's rules: radius of the nodule, 100 marks a scan. */
ev_rule ev_rule_luna16(void);

/* `s` outlives the result; `pool` may be NULL. */
int ev_detection_run(const ev_study *s, const ev_detection_spec *spec,
                     cs_pool *pool, ev_detection *ret, cs_errinfo *info);
void ev_detection_done(ev_detection *d);

/* Members of an object that is open: "counts", "froc", "bootstrap", "strata".
 */
void ev_detection_json(const ev_detection *d, cs_json *w);

/* Adds froc.csv, band.csv, strata.csv and nodules.csv. */
int ev_detection_csv(const ev_detection *d, ev_files *files, cs_errinfo *info);

/* The tables of a report, for a terminal or in Markdown with headings. */
int ev_detection_text(const ev_detection *d, cs_lang lang, bool markdown,
                      cs_strbuf *out, cs_errinfo *info);

#endif
