#include "eval/detection.h"

static void put_size(cs_json *w, const char *key, size_t v)
{
    cs_json_key(w, key);
    cs_json_u64(w, v);
}

static void put_double(cs_json *w, const char *key, double v)
{
    cs_json_key(w, key);
    cs_json_double(w, v);
}

static void put_counts(const ev_detection *d, cs_json *w)
{
    const ev_counts *c = &d->match.counts;
    cs_json_key(w, "counts");
    cs_json_open_object(w);
    put_size(w, "scans", d->study->scan_count);
    put_size(w, "nodules", d->nodules);
    put_size(w, "marks", c->marks);
    put_size(w, "true_positives", c->tp);
    put_size(w, "false_negatives", c->fn);
    put_size(w, "false_positives", c->fp);
    put_size(w, "ignored_on_exclusions", c->ignored);
    put_size(w, "double_detections", c->doubles);
    put_size(w, "annotations_of_other_scans", d->study->strays.annotations);
    put_size(w, "exclusions_of_other_scans", d->study->strays.excluded);
    put_size(w, "marks_of_other_scans", d->study->strays.marks);
    cs_json_close_object(w);
}

static void put_sensitivities(const double at[EV_FROC_RATES], double cpm,
                              cs_json *w)
{
    cs_json_key(w, "sensitivities");
    cs_json_open_array(w);
    for (size_t i = 0; i < EV_FROC_RATES; i++)
        cs_json_double(w, at[i]);
    cs_json_close_array(w);
    put_double(w, "cpm", cpm);
}

static void put_froc(const ev_detection *d, cs_json *w)
{
    cs_json_key(w, "froc");
    cs_json_open_object(w);
    cs_json_key(w, "fp_per_scan");
    cs_json_open_array(w);
    for (size_t i = 0; i < EV_FROC_RATES; i++)
        cs_json_double(w, ev_froc_rates[i]);
    cs_json_close_array(w);
    put_sensitivities(d->froc.at, d->froc.cpm, w);
    cs_json_close_object(w);
}

static void put_interval(const ev_interval *v, cs_json *w)
{
    cs_json_open_object(w);
    put_double(w, "mean", v->mean);
    put_double(w, "low", v->low);
    put_double(w, "high", v->high);
    cs_json_close_object(w);
}

static void put_bootstrap(const ev_detection *d, cs_json *w)
{
    const ev_bootstrap *b = &d->bootstrap;
    cs_json_key(w, "bootstrap");
    cs_json_open_object(w);
    put_size(w, "samples", b->samples);
    cs_json_key(w, "seed");
    cs_json_u64(w, d->spec.bootstrap.seed);
    put_double(w, "confidence", b->confidence);
    cs_json_key(w, "sensitivities");
    cs_json_open_array(w);
    for (size_t i = 0; i < EV_FROC_RATES; i++)
        put_interval(&b->at[i], w);
    cs_json_close_array(w);
    cs_json_key(w, "cpm");
    put_interval(&b->cpm, w);
    cs_json_close_object(w);
}

static void put_stratum(const ev_stratum *v, cs_json *w)
{
    cs_json_open_object(w);
    cs_json_key(w, "by");
    cs_json_cstring(w, v->is_type ? "type" : "size");
    cs_json_key(w, "name");
    cs_json_cstring(w, v->name);
    put_size(w, "nodules", v->found.n);
    put_size(w, "found", v->found.hits);
    put_double(w, "sensitivity", v->found.value);
    put_double(w, "low", v->found.low);
    put_double(w, "high", v->found.high);
    put_sensitivities(v->at, v->cpm, w);
    cs_json_close_object(w);
}

void ev_detection_json(const ev_detection *d, cs_json *w)
{
    put_counts(d, w);
    put_froc(d, w);
    if (d->has_bootstrap)
        put_bootstrap(d, w);
    cs_json_key(w, "strata");
    cs_json_open_array(w);
    for (size_t i = 0; i < d->strata.len; i++)
        put_stratum(&d->strata.items[i], w);
    cs_json_close_array(w);
}
