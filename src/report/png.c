#include "report/png.h"

#define SCALE 2.0
#define SIDE 220.0
#define GAP 6.0

static cairo_status_t put_bytes(void *closure, const unsigned char *data,
                                unsigned n)
{
    return cs_strbuf_append(closure, data, n) < 0 ? CAIRO_STATUS_NO_MEMORY
                                                  : CAIRO_STATUS_SUCCESS;
}

typedef struct sheet {
    cairo_surface_t *surface;
    ev_canvas c;
} sheet;

static sheet begin(double width, double height)
{
    sheet s = {.surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                     (int)(width * SCALE),
                                                     (int)(height * SCALE))};
    s.c = (ev_canvas){
        .cr = cairo_create(s.surface), .width = width, .height = height};
    cairo_scale(s.c.cr, SCALE, SCALE);
    ev_canvas_prepare(&s.c);
    cairo_set_source_rgb(s.c.cr, 0, 0, 0);
    cairo_paint(s.c.cr);
    return s;
}

static int end(sheet *s, cs_strbuf *out, cs_errinfo *info)
{
    bool good = cairo_status(s->c.cr) == CAIRO_STATUS_SUCCESS && !s->c.failed;
    cairo_destroy(s->c.cr);
    cairo_surface_flush(s->surface);
    good = good && cairo_surface_write_to_png_stream(
                       s->surface, put_bytes, out) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(s->surface);
    return good ? 0 : cs_fail_nomem(info);
}

int rp_png_overview(const rp_case *c, const rp_pictures *p, cs_strbuf *out,
                    cs_errinfo *info)
{
    double width = 2 * (double)p->overview.plane.width;
    double height = 2 * (double)p->overview.plane.height;
    const rp_frame at = {0, 0, width, height};
    sheet s = begin(width, height);
    rp_view(&s.c, &at, &p->overview);
    for (size_t i = 0; i < p->count; i++)
        rp_view_mark(&s.c, &at, &p->overview, &c->diagnosis->findings.items[i]);
    return end(&s, out, info);
}

int rp_png_nodule(const rp_case *c, const rp_pictures *p, size_t i,
                  cs_strbuf *out, cs_errinfo *info)
{
    const lu_finding *f = &c->diagnosis->findings.items[i];
    sheet s = begin(RP_AXES * SIDE + (RP_AXES - 1) * GAP, SIDE);
    for (int axis = 0; axis < RP_AXES; axis++) {
        const rp_frame at = {axis * (SIDE + GAP), 0, SIDE, SIDE};
        rp_view(&s.c, &at, &p->close[i][axis]);
        rp_view_mark(&s.c, &at, &p->close[i][axis], f);
        rp_view_axes(&s.c, &at, &p->close[i][axis], &f->measure);
    }
    return end(&s, out, info);
}
