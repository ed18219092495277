#include "eval/axes.h"

#include <math.h>

#include "support/picture.h"

static const double octaves[] = {0.125, 0.25, 0.5, 1, 2, 4, 8};

static ev_frame frame_on(const ev_canvas *c)
{
    const ev_axis x = {.min = 0.125,
                       .max = 8,
                       .log = true,
                       .ticks = octaves,
                       .n = 7,
                       .title = "x"};
    const ev_axis y = {.max = 1, .ticks = ev_tenths, .n = 11, .title = "y"};
    return ev_frame_in(c, &x, &y);
}

static void places_follow_the_scales(void **state)
{
    (void)state;
    const ev_canvas c = {.width = 600, .height = 500};
    ev_frame f = frame_on(&c);
    assert_true(ev_frame_x(&f, 0.125) == f.left);
    assert_true(fabs(ev_frame_x(&f, 8) - f.left - f.width) < 1e-9);
    assert_true(fabs(ev_frame_x(&f, 1) - f.left - f.width / 2) < 1e-9);
    assert_true(ev_frame_y(&f, 1) == f.top);
    assert_true(fabs(ev_frame_y(&f, 0) - f.top - f.height) < 1e-9);
    assert_true(f.left > 0 && f.left + f.width < 600);
    assert_true(f.top > 0 && f.top + f.height < 500);
}

static void draw(ev_canvas *c, const void *what)
{
    ev_frame f = frame_on(c);
    const ev_line line[] = {{0.01, 0.55}, {100, 0.55}};
    const ev_key keys[] = {{"line", ev_blue, EV_KEY_LINE},
                           {"band", ev_blue, EV_KEY_BAND},
                           {"dot", ev_blue, EV_KEY_DOT},
                           {"dashes", ev_blue, EV_KEY_DASHED}};
    (void)what;
    ev_frame_draw(c, &f, "title");
    ev_frame_clip(c, &f);
    ev_curve(c, &f, line, 2, ev_blue, 3, false);
    ev_frame_unclip(c);
    ev_dot(c, &f, (ev_line){1, 0.85}, 6, ev_blue);
    ev_legend(c, &f, EV_BOTTOM_RIGHT, keys, 4);
}

static void curves_stay_in_the_field_and_titles_out_of_it(void **state)
{
    (void)state;
    ev_files files = EV_FILES_INIT;
    const ev_picture picture = {"a.svg", "a.png", 600, 500, draw, NULL};
    assert_int_equal(ev_picture_add(&picture, CS_LANG_ZH, &files, NULL), 0);
    cairo_surface_t *p = png_read(&file_named(&files, "a.png")->content);
    const ev_canvas c = {.width = 600, .height = 500};
    ev_frame f = frame_on(&c);
    double y = ev_frame_y(&f, 0.55);
    for (double x = f.left + 1; x < f.left + f.width; x += 7)
        assert_true(is_blue(png_at(p, x, y)));
    assert_false(is_blue(png_at(p, f.left - 3, y)));
    assert_false(is_blue(png_at(p, f.left + f.width + 6, y)));
    assert_true(is_blue(png_at(p, ev_frame_x(&f, 1), ev_frame_y(&f, 0.85))));
    for (double x = 1; x < 600; x += 0.5) /* nothing at the sheet's edges */
        assert_true(png_at(p, x, 1) == 0xffffff &&
                    png_at(p, x, 498) == 0xffffff);
    for (double at = 1; at < 500; at += 0.5)
        assert_true(png_at(p, 1, at) == 0xffffff &&
                    png_at(p, 598, at) == 0xffffff);
    cairo_surface_destroy(p);
    ev_files_done(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_follow_the_scales),
        cmocka_unit_test(curves_stay_in_the_field_and_titles_out_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
