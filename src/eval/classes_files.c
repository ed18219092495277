#include "eval/classes.h"

#include <math.h>
#include <stdio.h>

#include "eval/axes.h"
#include "eval/bars.h"

/* --- tables --- */

static void put(cs_strbuf *out, double v, char after)
{
    char text[CS_FORMAT_DOUBLE_MAX];
    if (isfinite(v))
        cs_strbuf_add(out, cs_format_double(v, text));
    cs_strbuf_putc(out, after);
}

static int add_roc(const ev_classes *c, ev_files *files, cs_errinfo *info)
{
    cs_strbuf *out = ev_files_add(files, "roc.csv");
    if (!out)
        return cs_fail_nomem(info);
    cs_strbuf_add(out, "threshold,true_positives,false_positives,sensitivity,"
                       "specificity,precision\n");
    for (size_t i = 0; i < c->roc.points.len; i++) {
        const ev_roc_point *p = &c->roc.points.items[i];
        put(out, p->threshold, ',');
        cs_strbuf_printf(out, "%zu,%zu,", p->tp, p->fp);
        put(out, ev_roc_sensitivity(&c->roc, p), ',');
        put(out, ev_roc_specificity(&c->roc, p), ',');
        put(out, ev_roc_precision(p), '\n');
    }
    return cs_strbuf_check(out) < 0 ? cs_fail_nomem(info) : 0;
}

static int add_calibration(const ev_classes *c, ev_files *files,
                           cs_errinfo *info)
{
    cs_strbuf *out = ev_files_add(files, "calibration.csv");
    if (!out)
        return cs_fail_nomem(info);
    cs_strbuf_add(out, "from,to,cases,positive,mean_probability,"
                       "positive_share,low,high\n");
    for (size_t i = 0; i < EV_BINS; i++) {
        const ev_bin *b = &c->calibration.bins[i];
        cs_strbuf_printf(out, "%.1f,%.1f,%zu,%zu,", b->low, b->high,
                         b->positive.n, b->positive.hits);
        put(out, b->mean, ',');
        put(out, b->positive.value, ',');
        put(out, b->positive.low, ',');
        put(out, b->positive.high, '\n');
    }
    return cs_strbuf_check(out) < 0 ? cs_fail_nomem(info) : 0;
}

/* --- pictures --- */

static ev_frame unit_frame(ev_canvas *c, const char *x, const char *y)
{
    const ev_axis ax = {
        .max = 1, .ticks = ev_tenths, .n = 11, .title = cs_msg(c->lang, x)};
    const ev_axis ay = {
        .max = 1, .ticks = ev_tenths, .n = 11, .title = cs_msg(c->lang, y)};
    return ev_frame_in(c, &ax, &ay);
}

typedef ev_line point_of(const ev_roc *r, size_t i);

static ev_line roc_point(const ev_roc *r, size_t i)
{
    const ev_roc_point *p = &r->points.items[i];
    return (ev_line){1 - ev_roc_specificity(r, p), ev_roc_sensitivity(r, p)};
}

static ev_line recall_point(const ev_roc *r, size_t i)
{
    const ev_roc_point *p = &r->points.items[i];
    return (ev_line){ev_roc_sensitivity(r, p), ev_roc_precision(p)};
}

static void draw_points(ev_canvas *c, const ev_frame *f, const ev_roc *r,
                        size_t first, point_of *point)
{
    CS_AUTO_MEM ev_line *p = cs_calloc(r->points.len, sizeof(*p));
    if (!p) {
        c->failed = true;
        return;
    }
    for (size_t i = 0; i < r->points.len; i++)
        p[i] = point(r, i);
    ev_curve(c, f, p + first, r->points.len - first, ev_blue, 2.4, false);
}

static void draw_roc(ev_canvas *c, const void *what)
{
    const ev_classes *v = what;
    char text[128];
    ev_frame f = unit_frame(c, CS_N_("1 - specificity"), CS_N_("sensitivity"));
    ev_frame_draw(c, &f, cs_msg(c->lang, CS_N_("ROC curve")));
    const ev_line chance[] = {{0, 0}, {1, 1}};
    ev_curve(c, &f, chance, 2, ev_grey, 1.2, true);
    draw_points(c, &f, &v->roc, 0, roc_point);
    size_t best = ev_roc_youden(&v->roc);
    ev_dot(c, &f, roc_point(&v->roc, best), 5, ev_orange);
    if (isnan(v->roc.se))
        snprintf(text, sizeof(text), "AUC %.4f", v->roc.auc);
    else
        snprintf(text, sizeof(text), "AUC %.4f (%.4f - %.4f)", v->roc.auc,
                 v->roc.low, v->roc.high);
    const ev_key keys[] = {
        {text, ev_blue, EV_KEY_LINE},
        {cs_msg(c->lang, v->operating[0].name), ev_orange, EV_KEY_DOT},
        {cs_msg(c->lang, CS_N_("chance")), ev_grey, EV_KEY_DASHED}};
    ev_legend(c, &f, v->roc.auc < 0.5 ? EV_TOP_LEFT : EV_BOTTOM_RIGHT, keys,
              CS_COUNTOF(keys));
}

static void draw_recall(ev_canvas *c, const void *what)
{
    const ev_classes *v = what;
    char text[128];
    char base[128];
    double n = (double)(v->roc.positives + v->roc.negatives);
    double share = (double)v->roc.positives / n;
    ev_frame f =
        unit_frame(c, CS_N_("recall (sensitivity)"), CS_N_("precision (PPV)"));
    ev_frame_draw(c, &f, cs_msg(c->lang, CS_N_("Precision and recall")));
    const ev_line chance[] = {{0, share}, {1, share}};
    ev_curve(c, &f, chance, 2, ev_grey, 1.2, true);
    /* The first point calls nothing positive: its precision is by convention.
     */
    draw_points(c, &f, &v->roc, 1, recall_point);
    snprintf(text, sizeof(text), "%s %.4f",
             cs_msg(c->lang, CS_N_("average precision")),
             v->roc.average_precision);
    snprintf(base, sizeof(base), "%s %.4f",
             cs_msg(c->lang, CS_N_("share of positive cases")), share);
    const ev_key keys[] = {{text, ev_blue, EV_KEY_LINE},
                           {base, ev_grey, EV_KEY_DASHED}};
    bool low = v->roc.average_precision < 0.5;
    ev_legend(c, &f, low ? EV_TOP_RIGHT : EV_BOTTOM_LEFT, keys,
              CS_COUNTOF(keys));
}

static void draw_bins(ev_canvas *c, const ev_frame *f, const ev_calibration *v)
{
    ev_line line[EV_BINS];
    size_t n = 0;
    for (size_t i = 0; i < EV_BINS; i++) {
        const ev_bin *b = &v->bins[i];
        if (b->positive.n == 0)
            continue;
        line[n++] = (ev_line){b->mean, b->positive.value};
        double x = ev_frame_x(f, b->mean);
        double low = ev_frame_y(f, b->positive.low);
        double high = ev_frame_y(f, b->positive.high);
        ev_set_colour(c, ev_blue, 0.55);
        ev_segment(c, x, low, x, high, 1.6);
        ev_segment(c, x - 4, low, x + 4, low, 1.6);
        ev_segment(c, x - 4, high, x + 4, high, 1.6);
    }
    ev_curve(c, f, line, n, ev_blue, 2, false);
    for (size_t i = 0; i < n; i++)
        ev_dot(c, f, line[i], 5, ev_blue);
}

static void draw_calibration(ev_canvas *c, const void *what)
{
    const ev_classes *v = what;
    char text[128];
    ev_frame f = unit_frame(c, CS_N_("mean probability"),
                            CS_N_("share of positive cases"));
    ev_frame_draw(c, &f, cs_msg(c->lang, CS_N_("Calibration")));
    const ev_line ideal[] = {{0, 0}, {1, 1}};
    ev_curve(c, &f, ideal, 2, ev_grey, 1.2, true);
    draw_bins(c, &f, &v->calibration);
    snprintf(text, sizeof(text), "Brier %.4f, ECE %.4f", v->calibration.brier,
             v->calibration.ece);
    const ev_key keys[] = {
        {text, ev_blue, EV_KEY_LINE},
        {cs_msg(c->lang, CS_N_("as it should be")), ev_grey, EV_KEY_DASHED}};
    ev_legend(c, &f, EV_TOP_LEFT, keys, CS_COUNTOF(keys));
}

static int add_matrix(const ev_classes *c, cs_lang lang, ev_files *files,
                      cs_errinfo *info)
{
    const ev_matrix m = {.title = cs_msg(lang, CS_N_("Calls and truth")),
                         .truth = cs_msg(lang, CS_N_("truth")),
                         .call = cs_msg(lang, CS_N_("call")),
                         .positive = cs_msg(lang, CS_N_("positive")),
                         .negative = cs_msg(lang, CS_N_("negative")),
                         .counts = c->counts};
    const ev_picture p = {
        "confusion.svg", "confusion.png", 460, 450, ev_matrix_draw, &m};
    return ev_picture_add(&p, lang, files, info);
}

int ev_classes_files(const ev_classes *c, cs_lang lang, ev_files *files,
                     cs_errinfo *info)
{
    const ev_picture roc = {"roc.svg", "roc.png", 640, 640, draw_roc, c};
    const ev_picture recall = {"precision_recall.svg",
                               "precision_recall.png",
                               640,
                               640,
                               draw_recall,
                               c};
    const ev_picture calibration = {
        "calibration.svg", "calibration.png", 640, 640, draw_calibration, c};
    int r = add_matrix(c, lang, files, info);
    if (r == 0 && c->has_scores)
        r = add_roc(c, files, info);
    if (r == 0 && c->has_scores)
        r = ev_picture_add(&roc, lang, files, info);
    if (r == 0 && c->has_scores)
        r = ev_picture_add(&recall, lang, files, info);
    if (r == 0 && c->has_calibration)
        r = add_calibration(c, files, info);
    if (r == 0 && c->has_calibration)
        r = ev_picture_add(&calibration, lang, files, info);
    return r;
}
