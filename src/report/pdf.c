#include "report/pdf.h"

#include <cairo-pdf.h>

static cairo_status_t put_bytes(void *closure, const unsigned char *data,
                                unsigned n)
{
    return cs_strbuf_append(closure, data, n) < 0 ? CAIRO_STATUS_NO_MEMORY
                                                  : CAIRO_STATUS_SUCCESS;
}

static bool is_severe(const lu_diagnosis *d)
{
    for (size_t i = 0; i < d->warnings.len; i++)
        if (d->warnings.items[i].severe)
            return true;
    return false;
}

static void draw_pages(rp_flow *f, const rp_pictures *p)
{
    rp_page_summary(f, p);
    rp_page_advice(f);
    for (size_t i = 0; i < p->count; i++)
        rp_page_nodule(f, p, i);
    rp_page_method(f);
    rp_flow_finish(f);
}

static cairo_surface_t *pdf_surface(const rp_case *c, cs_strbuf *out)
{
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(
        put_bytes, out, RP_WIDTH, RP_HEIGHT);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE,
                                   c->created);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, c->uid);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATOR, c->version);
    return s;
}

/* Draws everything and gives the surface back; how many pages it took. */
static int draw(const rp_case *c, const im_run *run, const rp_pictures *p,
                cs_lang lang, cairo_surface_t *surface, unsigned *pages)
{
    rp_flow f = {.c = {.cr = cairo_create(surface),
                       .lang = lang,
                       .width = RP_WIDTH,
                       .height = RP_HEIGHT},
                 .it = c,
                 .run = run,
                 .pages = *pages,
                 .severe = is_severe(c->diagnosis)};
    ev_canvas_prepare(&f.c);
    draw_pages(&f, p);
    bool good = cairo_status(f.c.cr) == CAIRO_STATUS_SUCCESS && !f.c.failed;
    cairo_destroy(f.c.cr);
    cairo_surface_finish(surface);
    good = good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    *pages = f.page;
    return good ? 0 : CS_E_NOMEM;
}

/* Drawn twice: on nothing first, for the number of pages. */
int rp_pdf(const rp_case *c, const im_run *run, const rp_pictures *p,
           cs_lang lang, cs_strbuf *out, cs_errinfo *info)
{
    const cairo_rectangle_t sheet = {0, 0, RP_WIDTH, RP_HEIGHT};
    unsigned pages = 0;
    int r = draw(c, run, p, lang,
                 cairo_recording_surface_create(CAIRO_CONTENT_COLOR, &sheet),
                 &pages);
    if (r == 0)
        r = draw(c, run, p, lang, pdf_surface(c, out), &pages);
    return r < 0 ? cs_fail(info, r, "the report cannot be drawn") : 0;
}
