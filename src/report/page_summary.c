#include "lung/text.h"
#include "report/pages.h"
#include "report/words.h"

static void write_title(rp_flow *f)
{
    const ev_style title = {.size = 19, .bold = true, .colour = ev_ink};
    ev_style right = rp_small;
    right.anchor = EV_RIGHT;
    f->y += 8;
    ev_text(&f->c, RP_MARGIN, f->y, &title,
            cs_msg(f->c.lang, CS_N_("Lung nodules in a chest CT")));
    ev_text(&f->c, RP_WIDTH - RP_MARGIN, f->y, &right, "Consilium 会诊");
    f->y += 20;
}

static void write_facts(rp_flow *f)
{
    const im_geometry *g = &f->it->scan->geometry;
    const cs_lang lang = f->c.lang;
    cs_strbuf b = CS_STRBUF_INIT;
    cs_strbuf_printf(&b, cs_msg(lang, CS_N_("Series %s")), f->it->uid);
    rp_flow_text(f, &rp_body, b.data);
    cs_strbuf_clear(&b);
    if (f->it->patient_id || f->it->study_id) {
        cs_strbuf_printf(&b, cs_msg(lang, CS_N_("Patient %s, study %s")),
                         f->it->patient_id ? f->it->patient_id : "-",
                         f->it->study_id ? f->it->study_id : "-");
        rp_flow_text(f, &rp_body, b.data);
        cs_strbuf_clear(&b);
    }
    cs_strbuf_printf(
        &b,
        cs_msg(lang, CS_N_("Read %s; %zu x %zu x %zu voxels of %.2f x %.2f x "
                           "%.2f mm; noise %.0f HU; lungs %.1f l")),
        f->it->created, g->size[0], g->size[1], g->size[2], g->spacing[0],
        g->spacing[1], g->spacing[2], f->it->diagnosis->quality.noise_hu,
        f->it->diagnosis->quality.lungs_ml / 1000);
    rp_flow_text(f, &rp_small, b.data);
    f->c.failed |= cs_strbuf_check(&b) < 0;
    cs_strbuf_done(&b);
}

/* --- warnings --- */

static void write_warning(rp_flow *f, const lu_warning *w)
{
    cs_strbuf b = CS_STRBUF_INIT;
    ev_style style = rp_body;
    lu_warning_add(&b, f->c.lang, w);
    if (w->severe) {
        style.bold = true;
        style.colour = rp_alarm;
    }
    double height = ev_paragraph_height(&f->c, RP_INNER - 14, &style, b.data);
    rp_flow_need(f, height + 4);
    ev_set_colour(&f->c, w->severe ? rp_alarm : rp_accent, 1);
    ev_rect(&f->c, RP_MARGIN, f->y, 3, height);
    ev_paragraph(&f->c, RP_MARGIN + 10, f->y, RP_INNER - 14, &style, b.data);
    f->y += height + 4;
    f->c.failed |= cs_strbuf_check(&b) < 0;
    cs_strbuf_done(&b);
}

static void write_warnings(rp_flow *f)
{
    const lu_warnings *w = &f->it->diagnosis->warnings;
    if (w->len == 0)
        return;
    rp_flow_heading(f, CS_N_("What to mind"));
    for (int severe = 1; severe >= 0; severe--)
        for (size_t i = 0; i < w->len; i++)
            if (w->items[i].severe == (bool)severe)
                write_warning(f, &w->items[i]);
}

/* --- what was found --- */

static void write_count(rp_flow *f)
{
    const lu_diagnosis *d = f->it->diagnosis;
    cs_strbuf b = CS_STRBUF_INIT;
    ev_style style = rp_body;
    style.size = 11;
    style.bold = true;
    if (d->findings.len == 0)
        cs_strbuf_add(
            &b, cs_msg(f->c.lang, CS_N_("No nodule was found at this "
                                        "sensitivity. That does not mean that "
                                        "there is none.")));
    else
        cs_strbuf_printf(&b, cs_msg(f->c.lang, CS_N_("Possible nodules: %zu")),
                         d->findings.len);
    rp_flow_text(f, &style, b.data);
    cs_strbuf_done(&b);
}

/* An unreliable result has no risk: whoever glances sees none. */
static void write_risk(rp_flow *f)
{
    const lu_diagnosis *d = f->it->diagnosis;
    const cs_lang lang = f->c.lang;
    cs_strbuf b = CS_STRBUF_INIT;
    if (f->severe) {
        rp_flow_text(f, &rp_body,
                     cs_msg(lang, CS_N_("No risk is given, because the scan "
                                        "could not be read reliably.")));
        return;
    }
    cs_strbuf_printf(&b, cs_msg(lang, CS_N_("Risk by the rules of LungAI: %s")),
                     rp_risk(lang, d->risk));
    rp_flow_text(f, &rp_body, b.data);
    cs_strbuf_clear(&b);
    cs_strbuf_printf(&b, cs_msg(lang, CS_N_("Lung-RADS 2022, category %s: %s")),
                     d->lung_rads,
                     cs_msg(lang, lu_lung_rads_text(d->lung_rads)));
    rp_flow_text(f, &rp_body, b.data);
    f->c.failed |= cs_strbuf_check(&b) < 0;
    cs_strbuf_done(&b);
}

#define OVERVIEW 210.0

static void draw_overview(rp_flow *f, const rp_pictures *p)
{
    const lu_diagnosis *d = f->it->diagnosis;
    double width = OVERVIEW * (double)p->overview.plane.width /
                   (double)p->overview.plane.height;
    rp_flow_need(f, OVERVIEW + 24);
    const rp_frame at = {(RP_WIDTH - width) / 2, f->y + 4, width, OVERVIEW};
    rp_view(&f->c, &at, &p->overview);
    for (size_t i = 0; i < d->findings.len; i++)
        rp_view_mark(&f->c, &at, &p->overview, &d->findings.items[i]);
    f->y += OVERVIEW + 8;
    ev_style style = rp_small;
    style.anchor = EV_CENTRE;
    ev_text(&f->c, RP_WIDTH / 2, f->y + 4, &style,
            cs_msg(f->c.lang,
                   CS_N_("From the front: the brightest of 30 mm in the middle "
                         "of the lungs; marks at all depths")));
    f->y += 14;
}

void rp_page_summary(rp_flow *f, const rp_pictures *p)
{
    rp_flow_new_page(f);
    write_title(f);
    write_facts(f);
    write_warnings(f);
    rp_flow_heading(f, CS_N_("Result"));
    write_count(f);
    write_risk(f);
    if (f->it->diagnosis->findings.len)
        rp_page_table(f);
    draw_overview(f, p);
}
