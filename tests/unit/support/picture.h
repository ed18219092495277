/* Pictures that were made, looked at pixel by pixel. */
#ifndef CS_TESTS_SUPPORT_PICTURE_H
#define CS_TESTS_SUPPORT_PICTURE_H

#include <cairo.h>
#include <string.h>

#include "eval/canvas.h"
#include "support/test.h"

typedef struct png_source {
    const cs_strbuf *bytes;
    size_t at;
} png_source;

static inline CS_UNUSED cairo_status_t png_take(void *closure,
                                                unsigned char *data, unsigned n)
{
    png_source *s = closure;
    if (n > s->bytes->len - s->at)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(data, s->bytes->data + s->at, n);
    s->at += n;
    return CAIRO_STATUS_SUCCESS;
}

/* The caller destroys it. */
static inline CS_UNUSED cairo_surface_t *png_read(const cs_strbuf *bytes)
{
    png_source s = {bytes, 0};
    cairo_surface_t *p =
        cairo_image_surface_create_from_png_stream(png_take, &s);
    assert_int_equal(cairo_surface_status(p), CAIRO_STATUS_SUCCESS);
    return p;
}

/* 0xRRGGBB at a place in points of the sheet; PNGs have 2 pixels to a point. */
static inline CS_UNUSED uint32_t png_at(cairo_surface_t *p, double x, double y)
{
    uint32_t v;
    int px = (int)(2 * x);
    int py = (int)(2 * y);
    assert_in_range(px, 0, cairo_image_surface_get_width(p) - 1);
    assert_in_range(py, 0, cairo_image_surface_get_height(p) - 1);
    memcpy(&v,
           cairo_image_surface_get_data(p) +
               (size_t)py * (size_t)cairo_image_surface_get_stride(p) +
               (size_t)px * 4,
           4);
    return v & 0xffffff;
}

/* Red, green and blue of a blue that lies on white: blue outweighs red. */
static inline CS_UNUSED bool is_blue(uint32_t v)
{
    return (v & 0xff) > (v >> 16) + 20;
}

static inline CS_UNUSED const ev_file *file_named(const ev_files *f,
                                                  const char *name)
{
    size_t i = 0;
    while (i < f->items.len && strcmp(f->items.items[i].name, name) != 0)
        i++;
    if (i == f->items.len)
        fail_msg("no file '%s'", name);
    return &f->items.items[i];
}

#endif
