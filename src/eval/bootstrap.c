#include "eval/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/random.h"

/* A sample's row: the band, then the CPM. */
#define ROW (EV_BAND_POINTS + 1)

typedef struct work {
    const ev_calls *calls;
    const uint32_t *nodules;
    size_t scans;
    uint64_t seed;
    double rate[EV_BAND_POINTS];
    double *rows;      /* samples x ROW; the first is NaN without nodules */
    uint32_t *weights; /* by slot: how often each scan was drawn */
} work;

/* Draws the scans; returns how many nodules they have. */
static size_t draw(const work *w, size_t sample, uint32_t *weights)
{
    cs_rng root = cs_rng_stream(w->seed, 0);
    cs_rng rng = cs_rng_derive(&root, "froc-bootstrap", sample);
    size_t nodules = 0;
    memset(weights, 0, w->scans * sizeof(*weights));
    for (size_t i = 0; i < w->scans; i++) {
        size_t scan = (size_t)cs_rng_below(&rng, w->scans);
        weights[scan]++;
        nodules += w->nodules[scan];
    }
    return nodules;
}

/* Follows a curve from left to right and notes its height at each rate. */
typedef struct tracer {
    const double *rate; /* EV_BAND_POINTS of them, rising */
    double *at;
    size_t done;
    double x, y; /* the last point */
} tracer;

static void trace(tracer *t, double x, double y)
{
    for (; x > t->x && t->done < EV_BAND_POINTS && t->rate[t->done] < x;
         t->done++) {
        double slope = (y - t->y) / (x - t->x);
        t->at[t->done] = slope * (t->rate[t->done] - t->x) + t->y;
    }
    t->x = x;
    t->y = y;
}

static void trace_rest(tracer *t)
{
    for (; t->done < EV_BAND_POINTS; t->done++)
        t->at[t->done] = t->y;
}

static void sample_curve(const work *w, const uint32_t *weights, size_t nodules,
                         tracer *t)
{
    uint64_t fp = 0;
    uint64_t tp = 0;
    const ev_call *c = w->calls->items;
    const ev_call *end = c + w->calls->len;
    for (; c < end && t->done < EV_BAND_POINTS; c++) {
        uint32_t weight = weights[c->scan];
        *(c->nodule < 0 ? &fp : &tp) += weight;
        bool tied = c + 1 < end && c[1].probability == c->probability;
        if (!tied)
            trace(t, (double)fp / (double)w->scans,
                  (double)tp / (double)nodules);
    }
    trace_rest(t);
}

static void run_samples(void *ctx, size_t begin, size_t end, unsigned slot)
{
    work *w = ctx;
    uint32_t *weights = w->weights + slot * w->scans;
    for (size_t i = begin; i < end; i++) {
        double *row = w->rows + i * ROW;
        size_t nodules = draw(w, i, weights);
        if (nodules == 0) {
            row[0] = (double)NAN;
            continue;
        }
        tracer t = {.rate = w->rate, .at = row};
        sample_curve(w, weights, nodules, &t);
        row[EV_BAND_POINTS] = 0;
        for (size_t k = 0; k < EV_FROC_RATES; k++)
            row[EV_BAND_POINTS] += row[k * EV_BAND_STEPS / (EV_FROC_RATES - 1)];
        row[EV_BAND_POINTS] /= EV_FROC_RATES;
    }
}

/* --- what the samples say --- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* `n` values, which are sorted on the way. */
static ev_interval interval_of(double *v, size_t n, double confidence)
{
    double tail = (1 - confidence) / 2;
    size_t low = (size_t)floor(tail * (double)n);
    size_t high = (size_t)floor((1 - tail) * (double)n);
    double sum = 0;
    qsort(v, n, sizeof(*v), by_value);
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return (ev_interval){sum / (double)n, v[low], v[high < n ? high : n - 1]};
}

static size_t column(const work *w, size_t samples, size_t k, double *v)
{
    size_t n = 0;
    for (size_t i = 0; i < samples; i++)
        if (!isnan(w->rows[i * ROW]))
            v[n++] = w->rows[i * ROW + k];
    return n;
}

static int summarise(const work *w, const ev_bootstrap_spec *spec, double *v,
                     ev_bootstrap *ret, cs_errinfo *info)
{
    ret->confidence = spec->confidence;
    ret->samples = column(w, spec->samples, 0, v);
    if (ret->samples == 0)
        return cs_fail(info, CS_E_RANGE,
                       "no bootstrap sample has any nodule; annotate some, or "
                       "use --bootstrap 0");
    for (size_t k = 0; k < EV_BAND_POINTS; k++) {
        size_t n = column(w, spec->samples, k, v);
        ret->rate[k] = w->rate[k];
        ret->band[k] = interval_of(v, n, spec->confidence);
    }
    for (size_t k = 0; k < EV_FROC_RATES; k++)
        ret->at[k] = ret->band[k * EV_BAND_STEPS / (EV_FROC_RATES - 1)];
    size_t n = column(w, spec->samples, EV_BAND_POINTS, v);
    ret->cpm = interval_of(v, n, spec->confidence);
    return 0;
}

static void set_rates(double *rate)
{
    const size_t octave = EV_BAND_STEPS / (EV_FROC_RATES - 1);
    for (size_t k = 0; k < EV_BAND_POINTS; k++)
        rate[k] = k % octave == 0 ? ev_froc_rates[k / octave]
                                  : 0.125 * exp2((double)k / (double)octave);
}

int ev_bootstrap_froc(const ev_calls *calls, const uint32_t *nodules,
                      size_t scans, const ev_bootstrap_spec *spec,
                      cs_pool *pool, ev_bootstrap *ret, cs_errinfo *info)
{
    size_t cells;
    size_t slots;
    if (!cs_mul_size(spec->samples, ROW, &cells) ||
        !cs_mul_size(scans, cs_pool_threads(pool), &slots))
        return cs_fail_nomem(info);
    CS_AUTO_MEM double *rows = cs_calloc(cells, sizeof(*rows));
    CS_AUTO_MEM double *values = cs_calloc(spec->samples, sizeof(*values));
    CS_AUTO_MEM uint32_t *weights = cs_calloc(slots, sizeof(*weights));
    if (!rows || !values || !weights)
        return cs_fail_nomem(info);
    work w = {.calls = calls,
              .nodules = nodules,
              .scans = scans,
              .seed = spec->seed,
              .rows = rows,
              .weights = weights};
    set_rates(w.rate);
    cs_pool_for(pool, spec->samples, 8, run_samples, &w);
    return summarise(&w, spec, values, ret, info);
}
