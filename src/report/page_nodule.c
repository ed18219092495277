#include "report/pages.h"
#include "report/words.h"

#define GAP 8.0
#define SIDE ((RP_INNER - 2 * GAP) / 3)

static void draw_row(rp_flow *f, const rp_slice slices[RP_AXES],
                     const lu_finding *n, bool axes)
{
    for (int axis = 0; axis < RP_AXES; axis++) {
        const rp_frame at = {RP_MARGIN + axis * (SIDE + GAP), f->y, SIDE, SIDE};
        rp_view(&f->c, &at, &slices[axis]);
        rp_view_mark(&f->c, &at, &slices[axis], n);
        if (axes)
            rp_view_axes(&f->c, &at, &slices[axis], &n->measure);
    }
    f->y += SIDE + GAP;
}

typedef struct fact {
    const char *name; /* CS_N_() */
    cs_strbuf value;
} fact;

#define FACTS 14

static void add_sizes(fact *k, const lu_measure *m)
{
    k[0].name = CS_N_("mean diameter");
    rp_mm(&k[0].value, m->mean_mm);
    k[1].name = CS_N_("long axis");
    rp_mm(&k[1].value, m->long_mm);
    k[2].name = CS_N_("short axis");
    rp_mm(&k[2].value, m->short_mm);
    k[3].name = CS_N_("volume");
    cs_strbuf_printf(&k[3].value, "%.0f mm³", m->volume_mm3);
    k[4].name = CS_N_("solid part");
    rp_mm(&k[4].value, m->solid_mm);
}

static void add_look(fact *k, const lu_measure *m, cs_lang lang)
{
    k[0].name = CS_N_("kind");
    cs_strbuf_add(&k[0].value, rp_density(lang, m->density));
    k[1].name = CS_N_("density");
    cs_strbuf_printf(&k[1].value, "%.0f ± %.0f HU", m->mean_hu, m->std_hu);
    k[2].name = CS_N_("sphericity");
    cs_strbuf_printf(&k[2].value, "%.2f", m->sphericity);
    k[3].name = CS_N_("edge");
    cs_strbuf_printf(&k[3].value, "%.0f HU/mm", m->edge_hu_mm);
    k[4].name = CS_N_("spicules");
    cs_strbuf_add(&k[4].value,
                  cs_msg(lang, m->spiculated ? CS_N_("yes") : CS_N_("no")));
}

static void add_place(fact *k, const lu_finding *n, cs_lang lang)
{
    k[0].name = CS_N_("where");
    cs_strbuf_add(&k[0].value, rp_where(lang, &n->measure));
    k[1].name = CS_N_("to the pleura");
    rp_mm(&k[1].value, n->measure.pleura_mm);
    k[2].name = CS_N_("centre x, y, z");
    cs_strbuf_printf(&k[2].value, "%.1f, %.1f, %.1f mm", n->centre[0],
                     n->centre[1], n->centre[2]);
    k[3].name = CS_N_("confidence");
    rp_percent(&k[3].value, n->confidence);
    if (n->has_malignancy) {
        cs_strbuf_add(&k[3].value, ", ");
        cs_strbuf_add(&k[3].value, cs_msg(lang, CS_N_("malignancy")));
        cs_strbuf_putc(&k[3].value, ' ');
        rp_percent(&k[3].value, n->malignancy);
    }
}

static void write_facts(rp_flow *f, const lu_finding *n)
{
    fact facts[FACTS];
    for (size_t i = 0; i < FACTS; i++)
        facts[i] = (fact){NULL, CS_STRBUF_INIT};
    add_sizes(facts, &n->measure);
    add_look(facts + 5, &n->measure, f->c.lang);
    add_place(facts + 10, n, f->c.lang);
    static const size_t first[] = {0, 5, 10, FACTS};
    const double widths[] = {150, 160, RP_INNER - 310};
    double x = RP_MARGIN;
    for (size_t column = 0; column < 3; column++) {
        double y = f->y + 6;
        for (size_t i = first[column]; i < first[column + 1]; i++, y += 13) {
            ev_style value = rp_body;
            value.fit = widths[column] - 76;
            ev_text(&f->c, x, y, &rp_small, cs_msg(f->c.lang, facts[i].name));
            ev_text(&f->c, x + 72, y, &value, facts[i].value.data);
        }
        x += widths[column];
    }
    f->y += 74;
    for (size_t i = 0; i < FACTS; i++) {
        f->c.failed |= cs_strbuf_check(&facts[i].value) < 0;
        cs_strbuf_done(&facts[i].value);
    }
}

static void write_verdicts(rp_flow *f, const lu_finding *n)
{
    const cs_lang lang = f->c.lang;
    cs_strbuf b = CS_STRBUF_INIT;
    if (!n->measure.segmented)
        rp_flow_text(f, &rp_body,
                     cs_msg(lang, CS_N_("Its border could not be told: sizes "
                                        "are the detector's estimate.")));
    cs_strbuf_printf(&b, "Lung-RADS 2022: %s", n->lung_rads);
    if (n->fleischner)
        cs_strbuf_printf(&b, " · Fleischner 2017: %s",
                         cs_msg(lang, n->fleischner));
    rp_flow_text(f, &rp_body, b.data);
    f->c.failed |= cs_strbuf_check(&b) < 0;
    cs_strbuf_done(&b);
}

static void write_title(rp_flow *f, const lu_finding *n)
{
    const ev_style style = {.size = 13, .bold = true, .colour = ev_ink};
    cs_strbuf b = CS_STRBUF_INIT;
    cs_strbuf_printf(&b, cs_msg(f->c.lang, CS_N_("Nodule %u")), n->number);
    cs_strbuf_add(&b, ": ");
    cs_strbuf_add(&b, rp_where(f->c.lang, &n->measure));
    f->y += 14;
    ev_text(&f->c, RP_MARGIN, f->y, &style, b.data);
    f->y += 12;
    cs_strbuf_done(&b);
}

/* Two fit on a page. */
void rp_page_nodule(rp_flow *f, const rp_pictures *p, size_t i)
{
    const lu_finding *n = &f->it->diagnosis->findings.items[i];
    rp_flow_need(f, 2 * SIDE + 150);
    write_title(f, n);
    draw_row(f, p->whole[i], n, false);
    draw_row(f, p->close[i], n, true);
    write_facts(f, n);
    write_verdicts(f, n);
}
