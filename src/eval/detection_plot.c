#include "eval/detection_plot.h"

#include <math.h>
#include <stdio.h>

#include "eval/axes.h"
#include "eval/bars.h"

#define RATE_NAMES                                                             \
    {                                                                          \
        "1/8", "1/4", "1/2", "1", "2", "4", "8"                                \
    }

/* --- the curve --- */

static void draw_band(ev_canvas *c, const ev_frame *f, const ev_bootstrap *b)
{
    for (size_t i = 0; i < EV_BAND_POINTS; i++)
        cairo_line_to(c->cr, ev_frame_x(f, b->rate[i]),
                      ev_frame_y(f, b->band[i].high));
    for (size_t i = EV_BAND_POINTS; i-- > 0;)
        cairo_line_to(c->cr, ev_frame_x(f, b->rate[i]),
                      ev_frame_y(f, b->band[i].low));
    cairo_close_path(c->cr);
    ev_set_colour(c, ev_blue, 0.18);
    cairo_fill(c->cr);
}

/* Sampled finely: what is straight between two points is bent on a logarithmic
 * axis. */
#define CURVE_STEPS 600u

static void draw_curve(ev_canvas *c, const ev_frame *f, const ev_froc *froc)
{
    ev_line p[CURVE_STEPS + 1];
    for (size_t i = 0; i <= CURVE_STEPS; i++) {
        double x = f->x.min * exp2(6.0 * (double)i / CURVE_STEPS);
        p[i] = (ev_line){x, ev_froc_at(froc, x)};
    }
    ev_curve(c, f, p, CURVE_STEPS + 1, ev_blue, 2.4, false);
}

static void draw_legend(ev_canvas *c, const ev_frame *f, const ev_detection *d)
{
    char curve[128];
    char band[128];
    snprintf(curve, sizeof(curve), "%s %.4f", cs_msg(c->lang, CS_N_("CPM")),
             d->froc.cpm);
    snprintf(band, sizeof(band), "%s (CPM %.4f - %.4f)",
             cs_msg(c->lang, CS_N_("interval (95%)")), d->bootstrap.cpm.low,
             d->bootstrap.cpm.high);
    const ev_key keys[] = {{curve, ev_blue, EV_KEY_LINE},
                           {band, ev_blue, EV_KEY_BAND}};
    /* Where the curve is not: it only rises. */
    double low = d->has_bootstrap ? d->bootstrap.at[3].low : d->froc.at[3];
    ev_legend(c, f, low > 0.25 ? EV_BOTTOM_RIGHT : EV_TOP_LEFT, keys,
              d->has_bootstrap ? 2 : 1);
}

static void draw_froc(ev_canvas *c, const void *what)
{
    static const char *const names[] = RATE_NAMES;
    const ev_detection *d = what;
    const ev_axis x = {
        .min = 0.125,
        .max = 8,
        .log = true,
        .ticks = ev_froc_rates,
        .names = names,
        .n = EV_FROC_RATES,
        .title = cs_msg(c->lang, CS_N_("mean false positives per scan"))};
    const ev_axis y = {.max = 1,
                       .ticks = ev_tenths,
                       .n = 11,
                       .title = cs_msg(c->lang, CS_N_("sensitivity"))};
    ev_frame f = ev_frame_in(c, &x, &y);
    ev_frame_draw(c, &f, cs_msg(c->lang, CS_N_("Detection of nodules: FROC")));
    ev_frame_clip(c, &f);
    if (d->has_bootstrap)
        draw_band(c, &f, &d->bootstrap);
    draw_curve(c, &f, &d->froc);
    ev_frame_unclip(c);
    for (size_t i = 0; i < EV_FROC_RATES; i++)
        ev_dot(c, &f, (ev_line){ev_froc_rates[i], d->froc.at[i]}, 4.5, ev_blue);
    draw_legend(c, &f, d);
}

/* --- groups --- */

#define BARS_MAX 16u

static int add_bars(const ev_detection *d, cs_lang lang, ev_files *files,
                    cs_errinfo *info)
{
    ev_bar bars[BARS_MAX];
    ev_bars b = {.title =
                     cs_msg(lang, CS_N_("Nodules found, by size and type")),
                 .axis = cs_msg(lang, CS_N_("sensitivity, all marks counted")),
                 .items = bars};
    for (; b.n < d->strata.len && b.n < BARS_MAX; b.n++) {
        const ev_stratum *v = &d->strata.items[b.n];
        bars[b.n] =
            (ev_bar){v->is_type ? v->name : cs_msg(lang, v->name), v->found};
    }
    const ev_picture p = {"strata.svg",        "strata.png", 820,
                          ev_bars_height(b.n), ev_bars_draw, &b};
    return ev_picture_add(&p, lang, files, info);
}

int ev_detection_plots(const ev_detection *d, cs_lang lang, ev_files *files,
                       cs_errinfo *info)
{
    const ev_picture p = {"froc.svg", "froc.png", 760, 560, draw_froc, d};
    int r = d->nodules ? ev_picture_add(&p, lang, files, info) : 0;
    return r < 0 || d->strata.len == 0 ? r : add_bars(d, lang, files, info);
}
