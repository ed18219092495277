#include "report/flow.h"

#include "base/strbuf.h"
#include "report/view.h"

#define FOOT 34.0 /* above the margin, for the footer */
#define GAP 4.0

const ev_style rp_body = {.size = 9.5, .colour = {0.13, 0.13, 0.15}};
const ev_style rp_small = {.size = 8, .colour = {0.42, 0.44, 0.47}};

static const char decides[] =
    CS_N_("Research use only. This is not a diagnosis; a doctor decides.");

/* --- pages --- */

static void write_footer(rp_flow *f)
{
    cs_strbuf b = CS_STRBUF_INIT;
    ev_style style = rp_small;
    double y = RP_HEIGHT - RP_MARGIN + 4;
    ev_set_colour(&f->c, ev_faint, 1);
    ev_segment(&f->c, RP_MARGIN, y - 22, RP_WIDTH - RP_MARGIN, y - 22, 0.7);
    style.bold = true;
    ev_text(&f->c, RP_MARGIN, y - 12, &style, cs_msg(f->c.lang, decides));
    style.bold = false;
    style.fit = RP_INNER - 80;
    cs_strbuf_printf(&b, "%s · %s", f->it->uid, f->it->version);
    ev_text(&f->c, RP_MARGIN, y, &style, b.data);
    cs_strbuf_clear(&b);
    cs_strbuf_printf(&b, "%u/%u", f->page, f->pages);
    style.anchor = EV_RIGHT;
    ev_text(&f->c, RP_WIDTH - RP_MARGIN, y, &style, b.data);
    f->c.failed |= cs_strbuf_check(&b) < 0;
    cs_strbuf_done(&b);
}

/* A strip that no printer loses, on each page of a result that is none. */
static void write_alarm(rp_flow *f)
{
    const ev_style style = {
        .size = 10, .bold = true, .colour = {1, 1, 1}, .anchor = EV_CENTRE};
    ev_set_colour(&f->c, rp_alarm, 1);
    ev_rect(&f->c, 0, 0, RP_WIDTH, 26);
    ev_text(&f->c, RP_WIDTH / 2, 13, &style,
            cs_msg(f->c.lang,
                   CS_N_("THIS RESULT IS NOT RELIABLE: see the warnings on "
                         "page 1")));
}

void rp_flow_finish(rp_flow *f)
{
    write_footer(f);
    cairo_show_page(f->c.cr);
}

void rp_flow_new_page(rp_flow *f)
{
    if (f->page)
        rp_flow_finish(f);
    f->page++;
    f->y = RP_MARGIN;
    if (f->severe)
        write_alarm(f);
}

void rp_flow_need(rp_flow *f, double height)
{
    if (f->page == 0 || f->y + height > RP_HEIGHT - RP_MARGIN - FOOT)
        rp_flow_new_page(f);
}

/* --- texts --- */

void rp_flow_heading(rp_flow *f, const char *text)
{
    const ev_style style = {.size = 11.5, .bold = true, .colour = ev_blue};
    rp_flow_need(f, 60); /* not alone at the foot of a page */
    f->y += 14;
    ev_text(&f->c, RP_MARGIN, f->y, &style, cs_msg(f->c.lang, text));
    f->y += 8;
    ev_set_colour(&f->c, ev_faint, 1);
    ev_segment(&f->c, RP_MARGIN, f->y, RP_WIDTH - RP_MARGIN, f->y, 0.7);
    f->y += 6;
}

static void put(rp_flow *f, double indent, const ev_style *style,
                const char *text)
{
    double width = RP_INNER - indent;
    double height = ev_paragraph_height(&f->c, width, style, text);
    rp_flow_need(f, height);
    ev_paragraph(&f->c, RP_MARGIN + indent, f->y, width, style, text);
    f->y += height + GAP;
}

void rp_flow_text(rp_flow *f, const ev_style *style, const char *text)
{
    put(f, 0, style, text);
}

void rp_flow_item(rp_flow *f, const char *text)
{
    double height = ev_paragraph_height(&f->c, RP_INNER - 12, &rp_body, text);
    rp_flow_need(f, height);
    ev_set_colour(&f->c, rp_body.colour, 1);
    ev_rect(&f->c, RP_MARGIN + 2, f->y + rp_body.size * 0.6, 3, 3);
    put(f, 12, &rp_body, text);
}
