#include "report/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const ev_colour rp_accent = {0.95, 0.72, 0.16};
const ev_colour rp_alarm = {0.72, 0.09, 0.09};

static const ev_colour white = {1, 1, 1};

/* --- the picture itself --- */

/* 64 greys, black and white among them: the lowest bits are noise, which makes
 * files half as large again and which nobody sees. */
static int shade(uint8_t grey)
{
    return (grey & 0xfc) | grey >> 6;
}

static cairo_surface_t *surface_of(const rp_slice *s)
{
    int w = (int)s->plane.width;
    int h = (int)s->plane.height;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    unsigned char *to = cairo_image_surface_get_data(surface);
    if (!to)
        return surface; /* its status tells */
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t y = 0; y < s->plane.height; y++)
        for (size_t x = 0; x < s->plane.width; x++)
            memset(to + y * stride + 4 * x,
                   shade(s->grey[y * s->plane.width + x]), 4);
    cairo_surface_mark_dirty(surface);
    return surface;
}

static void paint(ev_canvas *c, const rp_frame *at, const rp_slice *s)
{
    cairo_surface_t *surface = surface_of(s);
    cairo_save(c->cr);
    cairo_rectangle(c->cr, at->x, at->y, at->width, at->height);
    cairo_clip(c->cr);
    cairo_translate(c->cr, at->x, at->y);
    cairo_scale(c->cr, at->width / (double)s->plane.width,
                at->height / (double)s->plane.height);
    cairo_set_source_surface(c->cr, surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(c->cr), CAIRO_FILTER_BILINEAR);
    cairo_paint(c->cr);
    cairo_restore(c->cr);
    c->failed |= cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
}

/* What stands on a picture is read on the bright and on the dark. */
static void darken(ev_canvas *c, double x, double y, double w, double h)
{
    ev_set_colour(c, (ev_colour){0, 0, 0}, 0.55);
    ev_rect(c, x, y, w, h);
}

#define LETTER 6.5

static void write_letters(ev_canvas *c, const rp_frame *at, rp_axis axis)
{
    const ev_style style = {
        .size = LETTER, .bold = true, .colour = white, .anchor = EV_CENTRE};
    const char *letters = rp_plane_letters(axis);
    const double places[4][2] = {
        {at->x + LETTER, at->y + at->height / 2},
        {at->x + at->width - LETTER, at->y + at->height / 2},
        {at->x + at->width / 2, at->y + LETTER},
        {at->x + at->width / 2, at->y + at->height - LETTER}};
    for (int i = 0; i < 4; i++) {
        const char text[2] = {letters[i], '\0'};
        darken(c, places[i][0] - LETTER * 0.6, places[i][1] - LETTER * 0.65,
               LETTER * 1.2, LETTER * 1.3);
        ev_text(c, places[i][0], places[i][1], &style, text);
    }
}

static void draw_scale(ev_canvas *c, const rp_frame *at, const rp_slice *s)
{
    double mm = (double)s->plane.width * s->plane.mm;
    double bar = mm > 150 ? 50 : 10;
    double points = bar * at->width / mm;
    double y = at->y + at->height - LETTER;
    double x = at->x + at->width - LETTER;
    const ev_style style = {
        .size = LETTER - 1, .colour = white, .anchor = EV_RIGHT};
    double wide = CS_MAX(points, 3 * LETTER);
    darken(c, x - wide - 2, y - 1.7 * LETTER, wide + 4, 2.1 * LETTER);
    ev_set_colour(c, white, 1);
    ev_segment(c, x - points, y, x, y, 1);
    ev_text(c, x, y - LETTER, &style, bar > 10 ? "5 cm" : "1 cm");
}

void rp_view(ev_canvas *c, const rp_frame *at, const rp_slice *s)
{
    paint(c, at, s);
    write_letters(c, at, s->plane.axis);
    draw_scale(c, at, s);
}

/* --- marks --- */

static void place(const rp_frame *at, const rp_slice *s, const double world[3],
                  double ret[2])
{
    rp_plane_place(&s->plane, world, ret);
    ret[0] = at->x + ret[0] * at->width / (double)s->plane.width;
    ret[1] = at->y + ret[1] * at->height / (double)s->plane.height;
}

static void trace_corners(ev_canvas *c, const double at[2], double half)
{
    double arm = half * 0.4;
    for (int i = 0; i < 4; i++) {
        double sx = i & 1 ? 1 : -1;
        double sy = i & 2 ? 1 : -1;
        double x = at[0] + sx * half;
        double y = at[1] + sy * half;
        cairo_move_to(c->cr, x - sx * arm, y);
        cairo_line_to(c->cr, x, y);
        cairo_line_to(c->cr, x, y - sy * arm);
    }
}

static void draw_corners(ev_canvas *c, const double at[2], double half)
{
    trace_corners(c, at, half);
    ev_set_colour(c, (ev_colour){0, 0, 0}, 0.55);
    cairo_set_line_width(c->cr, 2.6);
    cairo_stroke_preserve(c->cr);
    ev_set_colour(c, rp_accent, 1);
    cairo_set_line_width(c->cr, 1.1);
    cairo_stroke(c->cr);
}

void rp_view_mark(ev_canvas *c, const rp_frame *at, const rp_slice *s,
                  const lu_finding *f)
{
    double xy[2];
    char number[16];
    place(at, s, f->centre, xy);
    double points = at->width / ((double)s->plane.width * s->plane.mm);
    double half = CS_MAX(f->measure.long_mm * 0.75 * points, 5.0);
    const ev_style style = {
        .size = 8, .bold = true, .colour = rp_accent, .anchor = EV_LEFT};
    snprintf(number, sizeof(number), "%u", f->number);
    draw_corners(c, xy, half);
    darken(c, xy[0] + half + 1, xy[1] - half - 4.5,
           ev_text_width(c, &style, number) + 2, 9);
    ev_text(c, xy[0] + half + 2, xy[1] - half, &style, number);
}

static void draw_line(ev_canvas *c, const rp_frame *at, const rp_slice *s,
                      const lu_line *line)
{
    double from[2];
    double to[2];
    place(at, s, line->from, from);
    place(at, s, line->to, to);
    ev_segment(c, from[0], from[1], to[0], to[1], 0.7);
}

void rp_view_axes(ev_canvas *c, const rp_frame *at, const rp_slice *s,
                  const lu_measure *m)
{
    if (!m->segmented || s->plane.axis != RP_AXIAL)
        return;
    ev_set_colour(c, rp_accent, 1);
    draw_line(c, at, s, &m->long_axis);
    draw_line(c, at, s, &m->short_axis);
}
