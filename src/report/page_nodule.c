#include "report/pages.h"
#include "report/words.h"

#define GAP 6.0
#define SIDE 120.0 /* of a picture: so that two nodules fit on a page */
#define FACTS_X (3 * (SIDE + GAP) + 4)
#define FACTS_WIDTH (RP_INNER - FACTS_X)

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

static void add_place(fact *k, const lu_finding *n)
{
    k[0].name = CS_N_("to the pleura");
    rp_mm(&k[0].value, n->measure.pleura_mm);
    k[1].name = CS_N_("centre");
    cs_strbuf_printf(&k[1].value, "%.1f, %.1f, %.1f mm", n->centre[0],
                     n->centre[1], n->centre[2]);
    k[2].name = CS_N_("confidence");
    rp_percent(&k[2].value, n->confidence);
    k[3].name = CS_N_("malignancy");
    if (n->has_malignancy)
        rp_percent(&k[3].value, n->malignancy);
    else
        cs_strbuf_putc(&k[3].value, '-');
}

static void write_fact(rp_flow *f, double y, const fact *k)
{
    const char *name = cs_msg(f->c.lang, k->name);
    ev_style value = rp_body;
    value.size = 9;
    value.anchor = EV_RIGHT;
    value.fit = FACTS_WIDTH - ev_text_width(&f->c, &rp_small, name) - 6;
    ev_text(&f->c, RP_MARGIN + FACTS_X, y, &rp_small, name);
    ev_text(&f->c, RP_WIDTH - RP_MARGIN, y, &value, k->value.data);
    ev_set_colour(&f->c, ev_faint, 1);
    ev_segment(&f->c, RP_MARGIN + FACTS_X, y + 8.2, RP_WIDTH - RP_MARGIN,
               y + 8.2, 0.4);
}

/* What cannot be known without a border. */
static void drop_unmeasured(fact *k)
{
    static const size_t unmeasured[] = {1, 2, 4, 7, 8, 9};
    for (size_t i = 0; i < CS_COUNTOF(unmeasured); i++) {
        cs_strbuf_clear(&k[unmeasured[i]].value);
        cs_strbuf_putc(&k[unmeasured[i]].value, '-');
    }
}

/* Beside the pictures, which begin at `top`. */
static void write_facts(rp_flow *f, double top, const lu_finding *n)
{
    fact facts[FACTS];
    for (size_t i = 0; i < FACTS; i++)
        facts[i] = (fact){NULL, CS_STRBUF_INIT};
    add_sizes(facts, &n->measure);
    add_look(facts + 5, &n->measure, f->c.lang);
    add_place(facts + 10, n);
    if (!n->measure.segmented)
        drop_unmeasured(facts);
    for (size_t i = 0; i < FACTS; i++)
        write_fact(f, top + 8 + 17.2 * (double)i, &facts[i]);
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
    cs_strbuf_printf(&b, cs_msg(f->c.lang, CS_N_("Nodule %u: %s")), n->number,
                     rp_where(f->c.lang, &n->measure));
    f->y += 14;
    ev_text(&f->c, RP_MARGIN, f->y, &style, b.data);
    f->y += 12;
    cs_strbuf_done(&b);
}

/* Two fit on a page. */
void rp_page_nodule(rp_flow *f, const rp_pictures *p, size_t i)
{
    const lu_finding *n = &f->it->diagnosis->findings.items[i];
    rp_flow_need(f, 2 * SIDE + 90);
    if (f->y > RP_MARGIN)
        f->y += 6;
    write_title(f, n);
    double top = f->y;
    draw_row(f, p->whole[i], n, false);
    draw_row(f, p->close[i], n, true);
    write_facts(f, top, n);
    write_verdicts(f, n);
}
