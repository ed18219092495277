#include "eval/canvas.h"

#include <cairo-svg.h>
#include <math.h>
#include <pango/pangocairo.h>

#define FONT "Noto Sans CJK SC"
#define PIXELS_A_POINT 2.0

const ev_colour ev_ink = {0.13, 0.13, 0.15};
const ev_colour ev_grey = {0.42, 0.44, 0.47};
const ev_colour ev_faint = {0.88, 0.89, 0.91};
const ev_colour ev_blue = {0.11, 0.39, 0.71};
const ev_colour ev_orange = {0.83, 0.37, 0.07};
const ev_colour ev_green = {0.13, 0.53, 0.35};

/* --- text --- */

static PangoLayout *layout_of(ev_canvas *c, const ev_style *style,
                              const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(c->cr);
    PangoFontDescription *font = pango_font_description_new();
    pango_context_set_round_glyph_positions(pango_layout_get_context(layout),
                                            FALSE);
    pango_font_description_set_family_static(font, FONT ",sans-serif");
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD
                                                        : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, text, -1);
    int width = 0;
    pango_layout_get_size(layout, &width, NULL);
    if (style->fit > 0 && width > style->fit * PANGO_SCALE) {
        pango_layout_set_width(layout, (int)(style->fit * PANGO_SCALE));
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    }
    return layout;
}

static void extent_of(PangoLayout *layout, double *w, double *h)
{
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    *w = (double)logical.width / PANGO_SCALE;
    *h = (double)logical.height / PANGO_SCALE;
}

static double wrapped(ev_canvas *c, double width, const ev_style *style,
                      const char *text, bool draw)
{
    double w;
    double h;
    PangoLayout *layout = layout_of(c, style, text);
    pango_layout_set_single_paragraph_mode(layout, FALSE);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    extent_of(layout, &w, &h);
    if (draw) {
        ev_set_colour(c, style->colour, 1);
        pango_cairo_show_layout(c->cr, layout);
        cairo_new_path(c->cr);
    }
    g_object_unref(layout);
    return h;
}

double ev_paragraph(ev_canvas *c, double x, double y, double width,
                    const ev_style *style, const char *text)
{
    cairo_move_to(c->cr, x, y);
    return wrapped(c, width, style, text, true);
}

double ev_paragraph_height(ev_canvas *c, double width, const ev_style *style,
                           const char *text)
{
    return wrapped(c, width, style, text, false);
}

/* Chosen by hand, so that SVG and PNG are laid out alike on every screen. */
void ev_canvas_prepare(ev_canvas *c)
{
    cairo_t *cr = c->cr;
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, o);
    cairo_font_options_destroy(o);
}

double ev_text_width(ev_canvas *c, const ev_style *style, const char *text)
{
    double w;
    double h;
    PangoLayout *layout = layout_of(c, style, text);
    extent_of(layout, &w, &h);
    g_object_unref(layout);
    return w;
}

void ev_text(ev_canvas *c, double x, double y, const ev_style *style,
             const char *text)
{
    static const double shift[] = {0, 0.5, 1};
    double w;
    double h;
    PangoLayout *layout = layout_of(c, style, text);
    extent_of(layout, &w, &h);
    cairo_save(c->cr);
    cairo_translate(c->cr, x, y);
    if (style->upwards)
        cairo_rotate(c->cr, -M_PI / 2);
    cairo_move_to(c->cr, -shift[style->anchor] * w, -h / 2);
    ev_set_colour(c, style->colour, 1);
    pango_cairo_show_layout(c->cr, layout);
    cairo_new_path(c->cr); /* the text's place is no point of a curve */
    cairo_restore(c->cr);
    g_object_unref(layout);
}

/* --- shapes --- */

void ev_set_colour(ev_canvas *c, ev_colour colour, double alpha)
{
    cairo_set_source_rgba(c->cr, colour.r, colour.g, colour.b, alpha);
}

void ev_rect(ev_canvas *c, double x, double y, double w, double h)
{
    cairo_rectangle(c->cr, x, y, w, h);
    cairo_fill(c->cr);
}

void ev_segment(ev_canvas *c, double x0, double y0, double x1, double y1,
                double width)
{
    cairo_set_line_width(c->cr, width);
    cairo_move_to(c->cr, x0, y0);
    cairo_line_to(c->cr, x1, y1);
    cairo_stroke(c->cr);
}

/* --- sheets --- */

static cairo_status_t put_bytes(void *closure, const unsigned char *data,
                                unsigned n)
{
    return cs_strbuf_append(closure, data, n) < 0 ? CAIRO_STATUS_NO_MEMORY
                                                  : CAIRO_STATUS_SUCCESS;
}

/* Draws on the surface, which is not given back here. */
static bool draw_on(cairo_surface_t *surface, const ev_picture *p, cs_lang lang,
                    double scale)
{
    ev_canvas c = {.cr = cairo_create(surface),
                   .lang = lang,
                   .width = p->width,
                   .height = p->height};
    cairo_scale(c.cr, scale, scale);
    ev_canvas_prepare(&c);
    cairo_set_source_rgb(c.cr, 1, 1, 1);
    cairo_paint(c.cr);
    p->draw(&c, p->what);
    bool good = cairo_status(c.cr) == CAIRO_STATUS_SUCCESS && !c.failed;
    cairo_destroy(c.cr);
    return good;
}

/* Cairo numbers its surfaces through the life of a process and writes a sheet's
 * number into its SVG, where nothing refers to it: it goes, or a second run of
 * the same drawing would differ from the first. */
static bool drop_number(cs_strbuf *svg)
{
    static const char mark[] = "id=\"surface";
    char *at = strstr(svg->data, mark);
    if (!at)
        return true;
    at += sizeof(mark) - 1;
    char *end = at;
    while (*end >= '0' && *end <= '9')
        end++;
    memmove(at, end, svg->len - (size_t)(end - svg->data) + 1);
    svg->len -= (size_t)(end - at);
    return !strstr(at, mark);
}

static bool put_svg(const ev_picture *p, cs_lang lang, cs_strbuf *out)
{
    cairo_surface_t *s = cairo_svg_surface_create_for_stream(
        put_bytes, out, p->width, p->height);
    bool good = draw_on(s, p, lang, 1);
    cairo_surface_finish(s);
    good = good && cairo_surface_status(s) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(s);
    return good && drop_number(out);
}

static bool put_png(const ev_picture *p, cs_lang lang, cs_strbuf *out)
{
    cairo_surface_t *s = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)(p->width * PIXELS_A_POINT),
        (int)(p->height * PIXELS_A_POINT));
    bool good = draw_on(s, p, lang, PIXELS_A_POINT) &&
                cairo_surface_write_to_png_stream(s, put_bytes, out) ==
                    CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(s);
    return good;
}

/* Fontconfig keeps one pattern for good. Cairo 1.16 loses 768 bytes for each
 * font of Chinese letters that it puts into a PDF. Pango reads fonts in a
 * thread of its own, whose locks ThreadSanitizer does not see. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}
#endif
#if __has_feature(thread_sanitizer)
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:libfontconfig.so\nrace:libglib-2.0.so\nrace:libpango\n";
}
#endif
#endif

/* Pango keeps fonts for its thread; nobody draws often enough to miss them. */
static void forget_fonts(void)
{
    pango_cairo_font_map_set_default(NULL);
}

int ev_picture_add(const ev_picture *p, cs_lang lang, ev_files *files,
                   cs_errinfo *info)
{
    cs_strbuf *svg = ev_files_add(files, p->svg);
    bool good = svg && put_svg(p, lang, svg);
    cs_strbuf *png = good ? ev_files_add(files, p->png) : NULL;
    good = png && put_png(p, lang, png);
    forget_fonts();
    return good ? 0 : cs_fail_nomem(info);
}
