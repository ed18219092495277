#include "report/pages.h"
#include "report/words.h"

typedef enum column {
    NUMBER,
    WHERE,
    MEAN,
    AXES,
    VOLUME,
    TYPE,
    SURE,
    MALIGNANCY,
    RADS,
    COLUMNS
} column;

static const char *const heads[COLUMNS] = {
    CS_N_("No."),        CS_N_("where"),
    CS_N_("mean mm"),    CS_N_("long x short mm"),
    CS_N_("mm3"),        CS_N_("kind"),
    CS_N_("confidence"), CS_N_("malignancy"),
    CS_N_("Lung-RADS")};
/* Left edges, in points from the margin. */
static const double edges[COLUMNS] = {0, 24, 112, 170, 242, 284, 342, 398, 454};

#define ROW 15.0

static void write_cell(rp_flow *f, column k, const ev_style *style,
                       const char *text)
{
    ev_style fitted = *style;
    double end = k + 1 < COLUMNS ? edges[k + 1] : RP_INNER;
    fitted.fit = end - edges[k] - 4;
    ev_text(&f->c, RP_MARGIN + edges[k], f->y + ROW / 2, &fitted, text);
}

static void write_head(rp_flow *f)
{
    ev_style style = rp_small;
    style.bold = true;
    for (int k = 0; k < COLUMNS; k++)
        write_cell(f, (column)k, &style, cs_msg(f->c.lang, heads[k]));
    f->y += ROW;
    ev_set_colour(&f->c, ev_grey, 1);
    ev_segment(&f->c, RP_MARGIN, f->y, RP_WIDTH - RP_MARGIN, f->y, 0.5);
}

static void fill_cell(const rp_flow *f, column k, const lu_finding *n,
                      cs_strbuf *b)
{
    const lu_measure *m = &n->measure;
    const cs_lang lang = f->c.lang;
    switch (k) {
    case NUMBER:
        cs_strbuf_printf(b, "%u", n->number);
        break;
    case WHERE:
        cs_strbuf_add(b, rp_where(lang, m));
        break;
    case MEAN:
        cs_strbuf_printf(b, "%.1f", m->mean_mm);
        break;
    case AXES:
        cs_strbuf_printf(b, "%.1f x %.1f", m->long_mm, m->short_mm);
        break;
    case VOLUME:
        cs_strbuf_printf(b, "%.0f", m->volume_mm3);
        break;
    case TYPE:
        cs_strbuf_add(b, rp_density(lang, m->density));
        break;
    case SURE:
        rp_percent(b, n->confidence);
        break;
    case MALIGNANCY:
        if (n->has_malignancy)
            rp_percent(b, n->malignancy);
        else
            cs_strbuf_add(b, "-");
        break;
    case RADS:
        cs_strbuf_add(b, n->lung_rads);
        break;
    case COLUMNS:
        break;
    }
}

static void write_row(rp_flow *f, const lu_finding *n)
{
    cs_strbuf b = CS_STRBUF_INIT;
    ev_style style = rp_body;
    style.size = 8.5;
    for (int k = 0; k < COLUMNS; k++) {
        cs_strbuf_clear(&b);
        fill_cell(f, (column)k, n, &b);
        write_cell(f, (column)k, &style, b.data);
    }
    f->y += ROW;
    ev_set_colour(&f->c, ev_faint, 1);
    ev_segment(&f->c, RP_MARGIN, f->y, RP_WIDTH - RP_MARGIN, f->y, 0.4);
    f->c.failed |= cs_strbuf_check(&b) < 0;
    cs_strbuf_done(&b);
}

void rp_page_table(rp_flow *f)
{
    const lu_findings *n = &f->it->diagnosis->findings;
    unsigned page = 0;
    for (size_t i = 0; i < n->len; i++) {
        rp_flow_need(f, 2 * ROW);
        if (page != f->page)
            write_head(f);
        page = f->page;
        write_row(f, &n->items[i]);
    }
    f->y += 6;
}
