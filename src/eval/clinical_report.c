#include "eval/clinical.h"

#include "eval/bars.h"
#include "eval/detection_plot.h"

/* --- JSON --- */

static void put_double(cs_json *w, const char *key, double v)
{
    cs_json_key(w, key);
    cs_json_double(w, v);
}

static void put_size(cs_json *w, const char *key, size_t v)
{
    cs_json_key(w, key);
    cs_json_u64(w, v);
}

static void put_members(cs_json *w, const ev_proportion *p)
{
    put_size(w, "n", p->n);
    put_size(w, "hits", p->hits);
    put_double(w, "value", p->value);
    put_double(w, "low", p->low);
    put_double(w, "high", p->high);
}

static void put_proportion(cs_json *w, const char *key, const ev_proportion *p)
{
    cs_json_key(w, key);
    cs_json_open_object(w);
    put_members(w, p);
    cs_json_close_object(w);
}

static void put_sizes(const ev_clinical *c, cs_json *w)
{
    cs_json_key(w, "sensitivity_by_size");
    cs_json_open_array(w);
    for (size_t g = 0; g < EV_SIZE_GROUPS; g++) {
        if (c->by_size[g].n == 0)
            continue;
        cs_json_open_object(w);
        cs_json_key(w, "name");
        cs_json_cstring(w, ev_size_names[g]);
        put_members(w, &c->by_size[g]);
        cs_json_close_object(w);
    }
    cs_json_close_array(w);
}

static void put_false(const ev_clinical *c, cs_json *w)
{
    cs_json_key(w, "false_positives_per_scan");
    cs_json_open_object(w);
    put_double(w, "mean", c->fp.mean);
    put_double(w, "median", c->fp.median);
    put_double(w, "sd", c->fp.sd);
    put_double(w, "max", c->fp.max);
    cs_json_close_object(w);
}

void ev_clinical_json(const ev_clinical *c, cs_json *w)
{
    put_double(w, "radius_mm", c->spec.radius);
    put_double(w, "threshold", c->spec.threshold);
    cs_json_key(w, "detection");
    cs_json_open_object(w);
    put_proportion(w, "sensitivity", &c->sensitivity);
    put_sizes(c, w);
    put_proportion(w, "ppv", &c->ppv);
    put_false(c, w);
    cs_json_close_object(w);
    if (c->has_malignancy) {
        cs_json_key(w, "malignancy");
        cs_json_open_object(w);
        put_double(w, "malignant_above", c->spec.malignant);
        put_size(w, "known", c->malignancy.known);
        put_size(w, "judged", c->malignancy.judged);
        put_proportion(w, "found_and_called", &c->malignancy.caught);
        ev_classes_json(&c->malignancy.classes, w);
        cs_json_close_object(w);
    }
    cs_json_key(w, "all_marks");
    cs_json_open_object(w);
    ev_detection_json(&c->detection, w);
    cs_json_close_object(w);
}

/* --- tables --- */

static void put_sensitivity(const ev_clinical *c, ev_report *r)
{
    static const char *const heads[] = {CS_N_("nodules"), CS_N_("found"),
                                        CS_N_("sensitivity"),
                                        CS_N_("interval (95%)")};
    ev_table t = EV_TABLE_INIT(CS_COUNTOF(heads));
    ev_report_heading(r, CS_N_("Detection"));
    for (size_t i = 0; i < t.columns; i++)
        ev_table_put(&t, "%s", ev_report_text(r, heads[i]));
    for (size_t g = 0; g < EV_SIZE_GROUPS; g++) {
        if (c->by_size[g].n == 0)
            continue;
        ev_table_put(&t, "%s", ev_report_text(r, ev_size_names[g]));
        ev_table_proportion(&t, &c->by_size[g]);
    }
    ev_table_put(&t, "%s", ev_report_text(r, CS_N_("all")));
    ev_table_proportion(&t, &c->sensitivity);
    ev_report_table(r, &t);
    ev_report_say(
        r,
        cs_msg(r->lang, CS_N_("Found: a detection of probability %.4g or more "
                              "less than %.4g mm away.")),
        c->spec.threshold, c->spec.radius);
    ev_report_picture(r, "sizes", CS_N_("Nodules found, by size"));
}

static void put_false_positives(const ev_clinical *c, ev_report *r)
{
    const struct {
        const char *name;
        double v;
    } rows[] = {{CS_N_("mean"), c->fp.mean},
                {CS_N_("median"), c->fp.median},
                {CS_N_("standard deviation"), c->fp.sd},
                {CS_N_("maximum"), c->fp.max}};
    ev_table t = EV_TABLE_INIT(2);
    ev_report_heading(r, CS_N_("False positives per scan"));
    ev_table_put(&t, "%s", ev_report_text(r, CS_N_("measure")));
    ev_table_put(&t, "%s", ev_report_text(r, CS_N_("value")));
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        ev_table_put(&t, "%s", ev_report_text(r, rows[i].name));
        ev_table_number(&t, rows[i].v, 3);
    }
    ev_report_table(r, &t);
    ev_report_say(r,
                  cs_msg(r->lang, CS_N_("Over all %zu scans, those without any "
                                        "detection too.")),
                  c->study->scan_count);
}

static void put_malignancy(const ev_clinical *c, ev_report *r)
{
    const ev_malignancy *m = &c->malignancy;
    ev_report_heading(r, CS_N_("Malignancy of the nodules found"));
    ev_classes_report(&m->classes, r);
    ev_report_say(
        r,
        cs_msg(r->lang, CS_N_("Judged: %zu of %zu nodules whose malignancy is "
                              "known, each by its nearest detection. Of all "
                              "malignant nodules %zu of %zu were found and "
                              "called malignant.")),
        m->judged, m->known, m->caught.hits, m->caught.n);
}

int ev_clinical_text(const ev_clinical *c, cs_lang lang, bool markdown,
                     cs_strbuf *out, cs_errinfo *info)
{
    ev_report r = {.out = out, .lang = lang, .markdown = markdown};
    put_sensitivity(c, &r);
    put_false_positives(c, &r);
    if (c->has_malignancy)
        put_malignancy(c, &r);
    if (ev_report_check(&r) < 0)
        return cs_fail_nomem(info);
    ev_report_heading(&r, CS_N_("All marks, at every threshold"));
    return ev_detection_text(&c->detection, lang, markdown, out, info);
}

static int add_sizes(const ev_clinical *c, cs_lang lang, ev_files *files,
                     cs_errinfo *info)
{
    ev_bar bars[EV_SIZE_GROUPS + 1];
    ev_bars b = {.title = cs_msg(lang, CS_N_("Nodules found, by size")),
                 .axis = cs_msg(lang, CS_N_("sensitivity")),
                 .items = bars};
    for (size_t g = 0; g < EV_SIZE_GROUPS; g++)
        if (c->by_size[g].n)
            bars[b.n++] =
                (ev_bar){cs_msg(lang, ev_size_names[g]), c->by_size[g]};
    if (c->sensitivity.n)
        bars[b.n++] = (ev_bar){cs_msg(lang, CS_N_("all")), c->sensitivity};
    const ev_picture p = {"sizes.svg",         "sizes.png",  820,
                          ev_bars_height(b.n), ev_bars_draw, &b};
    return b.n ? ev_picture_add(&p, lang, files, info) : 0;
}

int ev_clinical_files(const ev_clinical *c, cs_lang lang, ev_files *files,
                      cs_errinfo *info)
{
    int r = ev_detection_csv(&c->detection, files, info);
    if (r == 0)
        r = ev_detection_plots(&c->detection, lang, files, info);
    if (r == 0)
        r = add_sizes(c, lang, files, info);
    if (r == 0 && c->has_malignancy)
        r = ev_classes_files(&c->malignancy.classes, lang, files, info);
    return r;
}
