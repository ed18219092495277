/* A sheet to draw on with cairo and pango. What is drawn once becomes an SVG
 * and a PNG; both have the same layout, and the same bytes for the same input
 * on the same machine (fonts included).
 *
 * Lengths are points of the sheet, (0, 0) at its top left. */
#ifndef CS_EVAL_CANVAS_H
#define CS_EVAL_CANVAS_H

#include <cairo.h>

#include "base/error.h"
#include "eval/files.h"

typedef struct ev_colour {
    double r, g, b;
} ev_colour;

extern const ev_colour ev_ink, ev_grey, ev_faint, ev_blue, ev_orange, ev_green;

typedef struct ev_canvas {
    cairo_t *cr;
    cs_lang lang;
    double width, height;
    bool failed;
} ev_canvas;

/* Which point of the text stands at the given place. */
typedef enum ev_anchor { EV_LEFT, EV_CENTRE, EV_RIGHT } ev_anchor;

typedef struct ev_style {
    double size; /* of the letters */
    bool bold;
    ev_colour colour;
    ev_anchor anchor;
    bool upwards; /* turned by 90 degrees, read from below */
    double fit;   /* a longer text ends in an ellipsis; 0: as long as it is */
} ev_style;

/* One line of text, vertically centred on y (on x where turned). */
void ev_text(ev_canvas *c, double x, double y, const ev_style *style,
             const char *text);
double ev_text_width(ev_canvas *c, const ev_style *style, const char *text);

/* Lines of at most `width`, from y downwards; returns their height. */
double ev_paragraph(ev_canvas *c, double x, double y, double width,
                    const ev_style *style, const char *text);
/* The same without drawing. */
double ev_paragraph_height(ev_canvas *c, double width, const ev_style *style,
                           const char *text);

/* Of a sheet on a surface of the caller's: letters laid out alike everywhere.
 */
void ev_canvas_prepare(ev_canvas *c);

void ev_set_colour(ev_canvas *c, ev_colour colour, double alpha);
void ev_rect(ev_canvas *c, double x, double y, double w, double h); /* fills */
void ev_segment(ev_canvas *c, double x0, double y0, double x1, double y1,
                double width);

typedef void ev_draw(ev_canvas *c, const void *what);

/* Draws on a white sheet and adds NAME.svg and NAME.png; the names are
 * literals. */
typedef struct ev_picture {
    const char *svg, *png;
    double width, height;
    ev_draw *draw;
    const void *what;
} ev_picture;

int ev_picture_add(const ev_picture *p, cs_lang lang, ev_files *files,
                   cs_errinfo *info);

#endif
