#include "eval/detection.h"
#include "eval/report.h"

static void put_counts(const ev_detection *d, ev_report *r)
{
    const ev_counts *c = &d->match.counts;
    const struct {
        const char *name;
        size_t count;
    } rows[] = {
        {CS_N_("scans"), d->study->scan_count},
        {CS_N_("nodules"), d->nodules},
        {CS_N_("marks that count"), c->marks},
        {CS_N_("true positives (nodules found)"), c->tp},
        {CS_N_("false negatives (nodules missed)"), c->fn},
        {CS_N_("false positives"), c->fp},
        {CS_N_("ignored: on an exclusion"), c->ignored},
        {CS_N_("ignored: a nodule's second mark"), c->doubles},
    };
    ev_table t = EV_TABLE_INIT(2);
    ev_report_heading(r, CS_N_("Counts"));
    ev_table_put(&t, "%s", ev_report_text(r, CS_N_("what")));
    ev_table_put(&t, "%s", ev_report_text(r, CS_N_("number")));
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        ev_table_put(&t, "%s", ev_report_text(r, rows[i].name));
        ev_table_put(&t, "%zu", rows[i].count);
    }
    ev_report_table(r, &t);
}

static void put_strays(const ev_detection *d, ev_report *r)
{
    const ev_strays *s = &d->study->strays;
    if (s->annotations || s->marks || s->excluded)
        ev_report_say(
            r,
            cs_msg(r->lang, CS_N_("Left out, because their scan is not in "
                                  "the list: %zu annotations, %zu exclusions, "
                                  "%zu marks.")),
            s->annotations, s->excluded, s->marks);
}

/* Rates as people write them. */
static const char *const rate_names[EV_FROC_RATES] = {"1/8", "1/4", "1/2", "1",
                                                      "2",   "4",   "8"};

static void put_row(ev_table *t, const char *name, double v,
                    const ev_interval *i)
{
    ev_table_put(t, "%s", name);
    ev_table_number(t, v, 4);
    if (!i)
        return;
    ev_table_number(t, i->mean, 4);
    ev_table_interval(t, i->low, i->high, 4);
}

static void put_sensitivities(const ev_detection *d, ev_report *r)
{
    const ev_bootstrap *b = d->has_bootstrap ? &d->bootstrap : NULL;
    ev_table t = EV_TABLE_INIT(b ? 4 : 2);
    ev_report_heading(r, CS_N_("Sensitivity by false positives per scan"));
    ev_table_put(&t, "%s",
                 ev_report_text(r, CS_N_("false positives per scan")));
    ev_table_put(&t, "%s", ev_report_text(r, CS_N_("sensitivity")));
    if (b) {
        ev_table_put(&t, "%s", ev_report_text(r, CS_N_("bootstrap mean")));
        ev_table_put(&t, "%s", ev_report_text(r, CS_N_("interval (95%)")));
    }
    for (size_t i = 0; i < EV_FROC_RATES; i++)
        put_row(&t, rate_names[i], d->froc.at[i], b ? &b->at[i] : NULL);
    put_row(&t, ev_report_text(r, CS_N_("mean of the seven (CPM)")),
            d->froc.cpm, b ? &b->cpm : NULL);
    ev_report_table(r, &t);
    if (b)
        ev_report_say(r,
                      cs_msg(r->lang, CS_N_("Intervals: %zu bootstrap samples "
                                            "of the scans, seed %llu.")),
                      b->samples, (unsigned long long)d->spec.bootstrap.seed);
}

static void put_strata(const ev_detection *d, ev_report *r)
{
    static const char *const heads[] = {CS_N_("group"), CS_N_("found"),
                                        CS_N_("sensitivity"),
                                        CS_N_("interval (95%)"), CS_N_("CPM")};
    ev_table t = EV_TABLE_INIT(CS_COUNTOF(heads));
    ev_report_heading(r, CS_N_("By size and type"));
    for (size_t i = 0; i < CS_COUNTOF(heads); i++)
        ev_table_put(&t, "%s", ev_report_text(r, heads[i]));
    for (size_t i = 0; i < d->strata.len; i++) {
        const ev_stratum *v = &d->strata.items[i];
        ev_table_put(&t, "%s",
                     v->is_type ? v->name : ev_report_text(r, v->name));
        ev_table_proportion(&t, &v->found);
        ev_table_number(&t, v->cpm, 4);
    }
    ev_report_table(r, &t);
    ev_report_picture(r, "strata", CS_N_("Nodules found, by size and type"));
}

int ev_detection_text(const ev_detection *d, cs_lang lang, bool markdown,
                      cs_strbuf *out, cs_errinfo *info)
{
    ev_report r = {.out = out, .lang = lang, .markdown = markdown};
    put_counts(d, &r);
    put_strays(d, &r);
    if (d->nodules == 0)
        ev_report_say(
            &r, "%s",
            cs_msg(lang, CS_N_("Warning: these scans have no nodules, so there "
                               "is no sensitivity; are they the scans of the "
                               "annotations?")));
    put_sensitivities(d, &r);
    if (d->nodules)
        ev_report_picture(&r, "froc", CS_N_("Detection of nodules: FROC"));
    if (d->strata.len)
        put_strata(d, &r);
    return ev_report_check(&r) < 0 ? cs_fail_nomem(info) : 0;
}
