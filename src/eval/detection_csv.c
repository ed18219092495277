#include "eval/detection.h"

#include <math.h>

#include "base/csv.h"

/* Numbers that read back exactly; what is none leaves its cell empty. */
static void put(cs_strbuf *out, double v, char after)
{
    char text[CS_FORMAT_DOUBLE_MAX];
    if (isfinite(v))
        cs_strbuf_add(out, cs_format_double(v, text));
    cs_strbuf_putc(out, after);
}

static void put_curve(const ev_detection *d, cs_strbuf *out)
{
    cs_strbuf_add(out, "fp_per_scan,sensitivity,threshold,false_positives,"
                       "true_positives\n");
    for (size_t i = 0; i < d->froc.points.len; i++) {
        const ev_froc_point *p = &d->froc.points.items[i];
        put(out, p->fp_rate, ',');
        put(out, p->sensitivity, ',');
        put(out, p->threshold, ',');
        cs_strbuf_printf(out, "%zu,%zu\n", p->fp, p->tp);
    }
}

static void put_band(const ev_detection *d, cs_strbuf *out)
{
    cs_strbuf_add(out, "fp_per_scan,mean,low,high\n");
    for (size_t i = 0; i < EV_BAND_POINTS; i++) {
        const ev_interval *v = &d->bootstrap.band[i];
        put(out, d->bootstrap.rate[i], ',');
        put(out, v->mean, ',');
        put(out, v->low, ',');
        put(out, v->high, '\n');
    }
}

static void put_strata(const ev_detection *d, cs_strbuf *out)
{
    cs_strbuf_add(out, "by,group,nodules,found,sensitivity,low,high,at_0.125,"
                       "at_0.25,at_0.5,at_1,at_2,at_4,at_8,cpm\n");
    for (size_t i = 0; i < d->strata.len; i++) {
        const ev_stratum *v = &d->strata.items[i];
        cs_strbuf_add(out, v->is_type ? "type," : "size,");
        cs_csv_put(out, cs_str_of(v->name));
        cs_strbuf_printf(out, ",%zu,%zu,", v->found.n, v->found.hits);
        put(out, v->found.value, ',');
        put(out, v->found.low, ',');
        put(out, v->found.high, ',');
        for (size_t k = 0; k < EV_FROC_RATES; k++)
            put(out, v->at[k], ',');
        put(out, v->cpm, '\n');
    }
}

static void put_nodules(const ev_detection *d, cs_strbuf *out)
{
    const ev_study *s = d->study;
    cs_strbuf_add(out, "seriesuid,coordX,coordY,coordZ,diameter_mm,found,"
                       "probability\n");
    for (size_t i = 0; i < s->nodules.len; i++) {
        const ev_nodule *v = &s->nodules.items[i];
        size_t best = d->match.best[i];
        if (v->excluded)
            continue;
        cs_csv_put(out, cs_str_of(ev_study_scan(s, v->scan)));
        cs_strbuf_putc(out, ',');
        for (size_t a = 0; a < 3; a++)
            put(out, v->at[a], ',');
        put(out, v->diameter, ',');
        cs_strbuf_add(out, best == SIZE_MAX ? "0,\n" : "1,");
        if (best != SIZE_MAX)
            put(out, s->marks.items[best].probability, '\n');
    }
}

typedef void put_file(const ev_detection *d, cs_strbuf *out);

static int add(const ev_detection *d, ev_files *files, const char *name,
               put_file *content, cs_errinfo *info)
{
    cs_strbuf *out = ev_files_add(files, name);
    if (!out)
        return cs_fail_nomem(info);
    content(d, out);
    return cs_strbuf_check(out) < 0 ? cs_fail_nomem(info) : 0;
}

int ev_detection_csv(const ev_detection *d, ev_files *files, cs_errinfo *info)
{
    int r = add(d, files, "froc.csv", put_curve, info);
    if (r == 0 && d->has_bootstrap)
        r = add(d, files, "band.csv", put_band, info);
    if (r == 0)
        r = add(d, files, "strata.csv", put_strata, info);
    return r < 0 ? r : add(d, files, "nodules.csv", put_nodules, info);
}
