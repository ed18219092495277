/* Axes, and curves in them. */
#ifndef CS_EVAL_AXES_H
#define CS_EVAL_AXES_H

#include "eval/canvas.h"

/* Ticks stand at `ticks`, marked by `names` or, where NULL, by their values. */
typedef struct ev_axis {
    double min, max;
    bool log;
    const double *ticks;
    const char *const *names;
    size_t n;
    const char *title; /* in the reader's language */
} ev_axis;

typedef struct ev_frame {
    double left, top, width, height; /* of the field */
    ev_axis x, y;
} ev_frame;

extern const double ev_tenths[11]; /* 0, 0.1, … 1 */

/* The field of a sheet with room for title, names and axes' titles. */
ev_frame ev_frame_in(const ev_canvas *c, const ev_axis *x, const ev_axis *y);

/* Grid, ticks, names, titles; `title` stands above. */
void ev_frame_draw(ev_canvas *c, const ev_frame *f, const char *title);

double ev_frame_x(const ev_frame *f, double v);
double ev_frame_y(const ev_frame *f, double v);

/* What is drawn between these stays inside the field. */
void ev_frame_clip(ev_canvas *c, const ev_frame *f);
void ev_frame_unclip(ev_canvas *c);

typedef struct ev_line {
    double x, y;
} ev_line;

/* Through points in the axes' own units. */
void ev_curve(ev_canvas *c, const ev_frame *f, const ev_line *p, size_t n,
              ev_colour colour, double width, bool dashed);
void ev_dot(ev_canvas *c, const ev_frame *f, ev_line at, double radius,
            ev_colour colour);

/* Lines of text with a piece of line or a dot before each, in a corner. */
typedef struct ev_key {
    const char *text;
    ev_colour colour;
    enum { EV_KEY_LINE, EV_KEY_DASHED, EV_KEY_BAND, EV_KEY_DOT } kind;
} ev_key;

typedef enum ev_corner {
    EV_BOTTOM_RIGHT,
    EV_BOTTOM_LEFT,
    EV_TOP_LEFT,
    EV_TOP_RIGHT
} ev_corner;

void ev_legend(ev_canvas *c, const ev_frame *f, ev_corner corner,
               const ev_key *keys, size_t n);

/* "For research use only. A doctor decides." at the sheet's foot. */
void ev_foot(ev_canvas *c);

#endif
