/* How sure a FROC is: the scans drawn again, with replacement, many times. */
#ifndef CS_EVAL_BOOTSTRAP_H
#define CS_EVAL_BOOTSTRAP_H

#include "base/pool.h"
#include "eval/froc.h"

#define EV_BOOTSTRAP_MAX 100000u

typedef struct ev_interval {
    double mean, low, high;
} ev_interval;

/* The band is sampled at rates 1/8 to 8, evenly in their logarithm: 20 an
 * octave, so that the seven rates are among them. */
#define EV_BAND_STEPS 120u
#define EV_BAND_POINTS (EV_BAND_STEPS + 1)

typedef struct ev_bootstrap {
    size_t samples; /* used: those without any nodule are left out */
    double confidence;
    double rate[EV_BAND_POINTS];
    ev_interval band[EV_BAND_POINTS];
    ev_interval at[EV_FROC_RATES];
    ev_interval cpm;
} ev_bootstrap;

typedef struct ev_bootstrap_spec {
    size_t samples; /* 1 to EV_BOOTSTRAP_MAX */
    uint64_t seed;
    double confidence; /* 0.95 */
} ev_bootstrap_spec;

/* `calls` as ev_calls_of() gives them, `nodules` by scan: how many there are
 * to find in each. Of sample number i nothing but i and the seed decides, so
 * the result has the same bits for any pool, which may be NULL. Bounds are the
 * sorted samples' numbers floor(p n), as in the official script. */
int ev_bootstrap_froc(const ev_calls *calls, const uint32_t *nodules,
                      size_t scans, const ev_bootstrap_spec *spec,
                      cs_pool *pool, ev_bootstrap *ret, cs_errinfo *info);

#endif
