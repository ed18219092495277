#include "train/keep.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "weights/weights.h"
#include "zoo/state.h"

static const char *limits_of(md_source source)
{
    if (source == MD_SOURCE_PHANTOMS)
        return "has seen only phantoms, no patient; research use only, a "
               "doctor decides";
    return "research use only, a doctor decides";
}

static void count(const tr_dataset *d, md_card *c)
{
    c->data.scans = tr_dataset_count(d);
    for (size_t i = 0; i < c->data.scans; i++) {
        const tr_scan *s = tr_dataset_at(d, i);
        for (size_t k = 0; k < s->nodule_count; k++) {
            c->data.nodules += !s->nodules[k].excluded;
            c->data.malignant +=
                !s->nodules[k].excluded && s->nodules[k].malignant == 1;
        }
    }
}

/* Measures of older weights are none of these. */
static void fill(const tr_keeper *k, const tr_progress *p, md_metric *metrics,
                 md_card *c)
{
    const tr_plan *plan = k->plan;
    c->name = plan->name;
    c->parent = k->parent;
    c->recipe = plan->recipe;
    c->calibration = p->verdict.calibration;
    c->threshold = p->verdict.threshold;
    c->data.source = plan->data.source;
    c->data.sites = 1;
    c->steps = p->step;
    c->epochs = p->epoch;
    c->seed = plan->seed;
    c->plan = plan->sha256;
    c->limits = limits_of(plan->data.source);
    c->metrics = metrics;
    if (p->verdict.epoch != p->epoch)
        return;
    memcpy(metrics, p->verdict.metrics, p->verdict.count * sizeof(*metrics));
    c->metric_count = p->verdict.count;
}

static int write_weights(const char *path, nn_params *params, cs_errinfo *info)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    int r = zoo_save(params, &d, info);
    return r < 0 ? r : wt_write(path, &d, info);
}

int tr_keep(const tr_keeper *k, const char *name, nn_params *params,
            const tr_progress *p, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    md_metric metrics[TR_METRICS_MAX];
    char created[CS_TIME_TEXT_MAX];
    md_card card = MD_CARD_INIT;
    cs_strbuf_printf(&path, "%s/%s.safetensors", k->dir, name);
    if (cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    fill(k, p, metrics, &card);
    card.created = cs_time_format(p->saved, created);
    count(k->training, &card);
    int r = write_weights(path.data, params, info);
    return r < 0 ? r : md_card_write(&card, path.data, NULL, info);
}
