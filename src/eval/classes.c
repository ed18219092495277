#include "eval/classes.h"

#include <math.h>

void ev_classes_done(ev_classes *c)
{
    ev_roc_done(&c->roc);
}

static ev_operating operating_at(const ev_roc *r, size_t i, const char *name)
{
    const ev_roc_point *p = &r->points.items[i];
    return (ev_operating){name,
                          p->threshold,
                          {.tp = p->tp,
                           .fp = p->fp,
                           .fn = r->positives - p->tp,
                           .tn = r->negatives - p->fp}};
}

int ev_classes_of(const ev_case *cases, size_t n, const ev_confusion *counts,
                  ev_classes *ret, cs_errinfo *info)
{
    ev_classes c = EV_CLASSES_INIT;
    int r = ev_roc_of(cases, n, &c.roc, info);
    if (r < 0)
        return r;
    c.counts = *counts;
    c.has_scores = c.roc.positives > 0 && c.roc.negatives > 0;
    c.has_calibration =
        c.has_scores && ev_calibration_of(cases, n, &c.calibration);
    c.operating[0] = operating_at(&c.roc, ev_roc_youden(&c.roc),
                                  CS_N_("greatest sensitivity + specificity"));
    c.operating[1] = operating_at(&c.roc, ev_roc_at_sensitivity(&c.roc, 0.95),
                                  CS_N_("sensitivity at least 0.95"));
    c.operating[2] = operating_at(&c.roc, ev_roc_at_specificity(&c.roc, 0.95),
                                  CS_N_("specificity at least 0.95"));
    *ret = c;
    return 0;
}

/* --- JSON --- */

static void put_double(cs_json *w, const char *key, double v)
{
    cs_json_key(w, key);
    cs_json_double(w, v);
}

static void put_proportion(cs_json *w, const char *key, const ev_proportion *p)
{
    cs_json_key(w, key);
    cs_json_open_object(w);
    put_double(w, "value", p->value);
    put_double(w, "low", p->low);
    put_double(w, "high", p->high);
    cs_json_key(w, "hits");
    cs_json_u64(w, p->hits);
    cs_json_key(w, "n");
    cs_json_u64(w, p->n);
    cs_json_close_object(w);
}

static void put_counts(cs_json *w, const ev_confusion *c)
{
    const struct {
        const char *key;
        size_t n;
    } rows[] = {{"tp", c->tp}, {"fp", c->fp}, {"tn", c->tn}, {"fn", c->fn}};
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        cs_json_key(w, rows[i].key);
        cs_json_u64(w, rows[i].n);
    }
}

static void put_rates(cs_json *w, const ev_confusion *c)
{
    ev_rates r = ev_rates_of(c);
    put_counts(w, c);
    put_proportion(w, "sensitivity", &r.sensitivity);
    put_proportion(w, "specificity", &r.specificity);
    put_proportion(w, "ppv", &r.ppv);
    put_proportion(w, "npv", &r.npv);
    put_proportion(w, "accuracy", &r.accuracy);
    put_double(w, "f1", r.f1);
    cs_json_key(w, "kappa");
    cs_json_open_object(w);
    put_double(w, "value", r.kappa.value);
    put_double(w, "low", r.kappa.low);
    put_double(w, "high", r.kappa.high);
    cs_json_close_object(w);
}

static void put_operating(cs_json *w, const ev_classes *c)
{
    cs_json_key(w, "operating_points");
    cs_json_open_array(w);
    for (size_t i = 0; i < EV_OPERATING; i++) {
        cs_json_open_object(w);
        cs_json_key(w, "name");
        cs_json_cstring(w, c->operating[i].name);
        put_double(w, "threshold", c->operating[i].threshold);
        put_rates(w, &c->operating[i].counts);
        cs_json_close_object(w);
    }
    cs_json_close_array(w);
}

static void put_calibration(cs_json *w, const ev_calibration *c)
{
    cs_json_key(w, "calibration");
    cs_json_open_object(w);
    put_double(w, "brier", c->brier);
    put_double(w, "ece", c->ece);
    cs_json_key(w, "bins");
    cs_json_open_array(w);
    for (size_t i = 0; i < EV_BINS; i++) {
        cs_json_open_object(w);
        put_double(w, "low", c->bins[i].low);
        put_double(w, "high", c->bins[i].high);
        put_double(w, "mean", c->bins[i].mean);
        put_proportion(w, "positive", &c->bins[i].positive);
        cs_json_close_object(w);
    }
    cs_json_close_array(w);
    cs_json_close_object(w);
}

void ev_classes_json(const ev_classes *c, cs_json *w)
{
    cs_json_key(w, "calls");
    cs_json_open_object(w);
    put_rates(w, &c->counts);
    cs_json_close_object(w);
    if (!c->has_scores)
        return;
    cs_json_key(w, "auc");
    cs_json_open_object(w);
    put_double(w, "value", c->roc.auc);
    put_double(w, "se", c->roc.se);
    put_double(w, "low", c->roc.low);
    put_double(w, "high", c->roc.high);
    cs_json_close_object(w);
    put_double(w, "average_precision", c->roc.average_precision);
    put_operating(w, c);
    if (c->has_calibration)
        put_calibration(w, &c->calibration);
}
