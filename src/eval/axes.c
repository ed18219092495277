#include "eval/axes.h"

#include <math.h>
#include <stdio.h>

const double ev_tenths[11] = {0,   0.1, 0.2, 0.3, 0.4, 0.5,
                              0.6, 0.7, 0.8, 0.9, 1};

#define TITLE_SIZE 17
#define NAME_SIZE 12.5
#define AXIS_SIZE 14
#define FOOT_SIZE 10.5

ev_frame ev_frame_in(const ev_canvas *c, const ev_axis *x, const ev_axis *y)
{
    ev_frame f = {.left = 76, .top = 54, .x = *x, .y = *y};
    f.width = c->width - f.left - 28;
    f.height = c->height - f.top - 92;
    return f;
}

static double along(const ev_axis *a, double v)
{
    if (a->log)
        return log(v / a->min) / log(a->max / a->min);
    return (v - a->min) / (a->max - a->min);
}

double ev_frame_x(const ev_frame *f, double v)
{
    return f->left + along(&f->x, v) * f->width;
}

double ev_frame_y(const ev_frame *f, double v)
{
    return f->top + (1 - along(&f->y, v)) * f->height;
}

static const char *name_of(const ev_axis *a, size_t i, char text[32])
{
    if (a->names)
        return a->names[i];
    snprintf(text, 32, "%.4g", a->ticks[i]);
    return text;
}

static void draw_grid(ev_canvas *c, const ev_frame *f)
{
    ev_set_colour(c, ev_faint, 1);
    for (size_t i = 0; i < f->x.n; i++) {
        double x = ev_frame_x(f, f->x.ticks[i]);
        ev_segment(c, x, f->top, x, f->top + f->height, 1);
    }
    for (size_t i = 0; i < f->y.n; i++) {
        double y = ev_frame_y(f, f->y.ticks[i]);
        ev_segment(c, f->left, y, f->left + f->width, y, 1);
    }
    ev_set_colour(c, ev_grey, 1);
    double bottom = f->top + f->height;
    ev_segment(c, f->left, bottom, f->left + f->width, bottom, 1.2);
    ev_segment(c, f->left, f->top, f->left, bottom, 1.2);
}

static void draw_names(ev_canvas *c, const ev_frame *f)
{
    char text[32];
    ev_style below = {NAME_SIZE, false, ev_ink, EV_CENTRE, false, 0};
    ev_style beside = {NAME_SIZE, false, ev_ink, EV_RIGHT, false, 0};
    for (size_t i = 0; i < f->x.n; i++)
        ev_text(c, ev_frame_x(f, f->x.ticks[i]), f->top + f->height + 14,
                &below, name_of(&f->x, i, text));
    for (size_t i = 0; i < f->y.n; i++)
        ev_text(c, f->left - 8, ev_frame_y(f, f->y.ticks[i]), &beside,
                name_of(&f->y, i, text));
}

void ev_foot(ev_canvas *c)
{
    ev_style s = {FOOT_SIZE, false, ev_grey, EV_RIGHT, false, 0};
    ev_text(c, c->width - 28, c->height - 14, &s,
            cs_msg(c->lang, CS_N_("For research use only. A doctor decides.")));
}

void ev_frame_draw(ev_canvas *c, const ev_frame *f, const char *title)
{
    ev_style head = {TITLE_SIZE, true, ev_ink, EV_LEFT, false, 0};
    ev_style axis = {AXIS_SIZE, false, ev_ink, EV_CENTRE, false, 0};
    ev_text(c, f->left, 28, &head, title);
    draw_grid(c, f);
    draw_names(c, f);
    if (f->x.title)
        ev_text(c, f->left + f->width / 2, f->top + f->height + 40, &axis,
                f->x.title);
    axis.upwards = true;
    if (f->y.title)
        ev_text(c, 24, f->top + f->height / 2, &axis, f->y.title);
    ev_foot(c);
}

void ev_frame_clip(ev_canvas *c, const ev_frame *f)
{
    cairo_save(c->cr);
    cairo_rectangle(c->cr, f->left, f->top - 3, f->width + 3, f->height + 6);
    cairo_clip(c->cr);
}

void ev_frame_unclip(ev_canvas *c)
{
    cairo_restore(c->cr);
}

void ev_curve(ev_canvas *c, const ev_frame *f, const ev_line *p, size_t n,
              ev_colour colour, double width, bool dashed)
{
    static const double dashes[] = {7, 5};
    cairo_new_path(c->cr);
    ev_set_colour(c, colour, 1);
    cairo_set_line_width(c->cr, width);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(c->cr, dashes, dashed ? 2 : 0, 0);
    for (size_t i = 0; i < n; i++)
        cairo_line_to(c->cr, ev_frame_x(f, p[i].x), ev_frame_y(f, p[i].y));
    cairo_stroke(c->cr);
    cairo_set_dash(c->cr, NULL, 0, 0);
}

void ev_dot(ev_canvas *c, const ev_frame *f, ev_line at, double radius,
            ev_colour colour)
{
    cairo_new_path(c->cr);
    cairo_arc(c->cr, ev_frame_x(f, at.x), ev_frame_y(f, at.y), radius, 0,
              2 * M_PI);
    ev_set_colour(c, colour, 1);
    cairo_fill_preserve(c->cr);
    cairo_set_source_rgb(c->cr, 1, 1, 1);
    cairo_set_line_width(c->cr, 1.2);
    cairo_stroke(c->cr);
}

/* --- legend --- */

#define KEY_LENGTH 30.0
#define KEY_HEIGHT 22.0
#define KEY_MARGIN 12.0

static void draw_key(ev_canvas *c, const ev_key *k, double x, double y)
{
    static const double dashes[] = {7, 5};
    bool band = k->kind == EV_KEY_BAND;
    ev_set_colour(c, k->colour, band ? 0.18 : 1);
    if (band) {
        ev_rect(c, x, y - 6, KEY_LENGTH, 12);
    } else if (k->kind == EV_KEY_DOT) {
        cairo_new_path(c->cr);
        cairo_arc(c->cr, x + KEY_LENGTH / 2, y, 4.5, 0, 2 * M_PI);
        cairo_fill(c->cr);
    } else {
        cairo_set_dash(c->cr, dashes, k->kind == EV_KEY_DASHED ? 2 : 0, 0);
        ev_segment(c, x, y, x + KEY_LENGTH, y, 2.4);
        cairo_set_dash(c->cr, NULL, 0, 0);
    }
}

void ev_legend(ev_canvas *c, const ev_frame *f, ev_corner corner,
               const ev_key *keys, size_t n)
{
    ev_style s = {NAME_SIZE, false, ev_ink, EV_LEFT, false, 0};
    double widest = 0;
    for (size_t i = 0; i < n; i++) {
        double w = ev_text_width(c, &s, keys[i].text);
        widest = w > widest ? w : widest;
    }
    double w = widest + KEY_LENGTH + 8 + 2 * KEY_MARGIN;
    double h = (double)n * KEY_HEIGHT + KEY_MARGIN;
    double x = f->left + 10;
    double y = f->top + 10;
    if (corner == EV_BOTTOM_RIGHT || corner == EV_TOP_RIGHT)
        x = f->left + f->width - w - 10;
    if (corner == EV_BOTTOM_RIGHT || corner == EV_BOTTOM_LEFT)
        y = f->top + f->height - h - 10;
    cairo_set_source_rgba(c->cr, 1, 1, 1, 0.9);
    ev_rect(c, x, y, w, h);
    ev_set_colour(c, ev_faint, 1);
    cairo_rectangle(c->cr, x, y, w, h);
    cairo_set_line_width(c->cr, 1);
    cairo_stroke(c->cr);
    for (size_t i = 0; i < n; i++) {
        double at = y + KEY_MARGIN / 2 + ((double)i + 0.5) * KEY_HEIGHT;
        draw_key(c, &keys[i], x + KEY_MARGIN, at);
        ev_text(c, x + KEY_MARGIN + KEY_LENGTH + 8, at, &s, keys[i].text);
    }
}
