#include "eval/bars.h"

#include <math.h>
#include <stdio.h>

#include "eval/axes.h"

#define ROW 44.0
#define HEAD 54.0
#define FOOT 92.0

double ev_bars_height(size_t n)
{
    return HEAD + (double)n * ROW + FOOT;
}

static double widest_name(ev_canvas *c, const ev_style *s, const ev_bars *b)
{
    double widest = 40;
    for (size_t i = 0; i < b->n; i++) {
        double w = ev_text_width(c, s, b->items[i].name);
        widest = w > widest ? w : widest;
    }
    return widest < c->width / 3 ? widest : c->width / 3;
}

static void draw_whisker(ev_canvas *c, const ev_frame *f,
                         const ev_proportion *p, double y)
{
    double low = ev_frame_x(f, p->low);
    double high = ev_frame_x(f, p->high);
    ev_set_colour(c, ev_ink, 1);
    ev_segment(c, low, y, high, y, 1.4);
    ev_segment(c, low, y - 5, low, y + 5, 1.4);
    ev_segment(c, high, y - 5, high, y + 5, 1.4);
}

static void draw_bar(ev_canvas *c, const ev_frame *f, const ev_bar *bar,
                     double y)
{
    char text[96];
    ev_style name = {13, false, ev_ink, EV_RIGHT, false, f->left - 20};
    ev_style value = {12, false, ev_ink, EV_LEFT, false, 0};
    ev_set_colour(c, ev_blue, 0.78);
    double length = ev_frame_x(f, bar->value.value) - f->left;
    ev_rect(c, f->left, y - 11, length, 22);
    draw_whisker(c, f, &bar->value, y);
    ev_text(c, f->left - 10, y, &name, bar->name);
    snprintf(text, sizeof(text), "%.1f %%  (%zu / %zu)", 100 * bar->value.value,
             bar->value.hits, bar->value.n);
    ev_text(c, f->left + f->width + 12, y, &value, text);
}

void ev_bars_draw(ev_canvas *c, const void *what)
{
    const ev_bars *b = what;
    ev_style name = {13, false, ev_ink, EV_RIGHT, false, 0};
    const ev_axis x = {.max = 1, .ticks = ev_tenths, .n = 11, .title = b->axis};
    const ev_axis y = {.max = 1};
    ev_frame f = ev_frame_in(c, &x, &y);
    f.left = 36 + widest_name(c, &name, b);
    f.width = c->width - f.left - 168;
    ev_frame_draw(c, &f, b->title);
    for (size_t i = 0; i < b->n; i++)
        draw_bar(c, &f, &b->items[i], f.top + ((double)i + 0.5) * ROW);
}

/* --- two by two --- */

static void draw_cell(ev_canvas *c, double x, double y, double side,
                      size_t count, size_t of)
{
    char text[64];
    double share = of ? (double)count / (double)of : 0;
    bool dark = share > 0.55;
    ev_colour white = {1, 1, 1};
    ev_style number = {26, true, dark ? white : ev_ink, EV_CENTRE, false, 0};
    ev_style part = {14, false, dark ? white : ev_grey, EV_CENTRE, false, 0};
    ev_set_colour(c, ev_blue, 0.06 + 0.84 * share);
    ev_rect(c, x + 1.5, y + 1.5, side - 3, side - 3);
    snprintf(text, sizeof(text), "%zu", count);
    ev_text(c, x + side / 2, y + side / 2 - 10, &number, text);
    snprintf(text, sizeof(text), "%.1f %%", 100 * share);
    ev_text(c, x + side / 2, y + side / 2 + 18, &part, text);
}

void ev_matrix_draw(ev_canvas *c, const void *what)
{
    const ev_matrix *m = what;
    const size_t counts[2][2] = {{m->counts.tn, m->counts.fp},
                                 {m->counts.fn, m->counts.tp}};
    const char *const names[2] = {m->negative, m->positive};
    const double side = 150;
    const double left = 120;
    const double top = 100;
    ev_style head = {17, true, ev_ink, EV_LEFT, false, 0};
    ev_style axis = {14, false, ev_ink, EV_CENTRE, false, 0};
    ev_style name = {13, false, ev_ink, EV_CENTRE, false, 0};
    ev_text(c, 36, 28, &head, m->title);
    ev_text(c, left + side, top - 40, &axis, m->call);
    axis.upwards = true;
    ev_text(c, 44, top + side, &axis, m->truth);
    for (int i = 0; i < 2; i++) {
        double at = ((double)i + 0.5) * side;
        name.upwards = false;
        ev_text(c, left + at, top - 16, &name, names[i]);
        name.upwards = true;
        ev_text(c, left - 20, top + at, &name, names[i]);
        for (int k = 0; k < 2; k++)
            draw_cell(c, left + k * side, top + i * side, side, counts[i][k],
                      counts[i][0] + counts[i][1]);
    }
    ev_foot(c);
}
