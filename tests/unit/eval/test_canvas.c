#include "eval/canvas.h"

#include <math.h>

#include "support/picture.h"

static void draw_square(ev_canvas *c, const void *what)
{
    const ev_style s = {12, false, ev_ink, EV_CENTRE, false, 0};
    (void)what;
    ev_set_colour(c, (ev_colour){1, 0, 0}, 1);
    ev_rect(c, 10, 20, 30, 40);
    ev_set_colour(c, (ev_colour){0, 0, 1}, 1);
    ev_segment(c, 60, 10, 60, 90, 4);
    ev_text(c, 80, 95, &s, "Text 文字");
}

static const ev_picture square = {"a.svg", "a.png",     100,
                                  110,     draw_square, NULL};

static void svg_and_png_show_what_was_drawn(void **state)
{
    (void)state;
    ev_files f = EV_FILES_INIT;
    assert_int_equal(ev_picture_add(&square, CS_LANG_EN, &f, NULL), 0);
    assert_int_equal(f.items.len, 2);
    const cs_strbuf *svg = &file_named(&f, "a.svg")->content;
    assert_non_null(strstr(svg->data, "<svg "));
    assert_non_null(strstr(svg->data, "width=\"100pt\" height=\"110pt\""));
    assert_non_null(strstr(svg->data, "</svg>\n"));
    cairo_surface_t *p = png_read(&file_named(&f, "a.png")->content);
    assert_int_equal(cairo_image_surface_get_width(p), 200);
    assert_int_equal(cairo_image_surface_get_height(p), 220);
    assert_int_equal(png_at(p, 11, 21), 0xff0000);
    assert_int_equal(png_at(p, 39, 59), 0xff0000);
    assert_int_equal(png_at(p, 9, 30), 0xffffff);
    assert_int_equal(png_at(p, 60, 50), 0x0000ff);
    assert_int_equal(png_at(p, 0, 0), 0xffffff);
    size_t dark = 0;
    for (double x = 50; x < 100; x += 0.5)
        dark += png_at(p, x, 95) != 0xffffff;
    assert_true(dark > 5);
    cairo_surface_destroy(p);
    ev_files_done(&f);
}

static void the_same_drawing_has_the_same_bytes(void **state)
{
    (void)state;
    ev_files a = EV_FILES_INIT;
    ev_files b = EV_FILES_INIT;
    assert_int_equal(ev_picture_add(&square, CS_LANG_EN, &a, NULL), 0);
    assert_int_equal(ev_picture_add(&square, CS_LANG_EN, &b, NULL), 0);
    for (size_t i = 0; i < 2; i++)
        assert_true(cs_str_eq(cs_strbuf_str(&a.items.items[i].content),
                              cs_strbuf_str(&b.items.items[i].content)));
    ev_files_done(&a);
    ev_files_done(&b);
}

static void measure(ev_canvas *c, const void *what)
{
    (void)what;
    ev_style s = {12, false, ev_ink, EV_LEFT, false, 0};
    double one = ev_text_width(c, &s, "short");
    double two = ev_text_width(c, &s, "rather longer than short");
    double wide = ev_text_width(c, &s, "文字");
    assert_true(one > 15 && one < 60 && two > 2 * one);
    assert_true(fabs(wide - 24) < 1);
    s.fit = 50;
    assert_true(ev_text_width(c, &s, "rather longer than short") <= 50);
    assert_true(ev_text_width(c, &s, "short") == one);
    s.fit = 0;
    s.size = 24;
    assert_true(fabs(ev_text_width(c, &s, "short") - 2 * one) < 1);
}

static void texts_are_measured_and_made_to_fit(void **state)
{
    (void)state;
    ev_files f = EV_FILES_INIT;
    const ev_picture p = {"a.svg", "a.png", 50, 50, measure, NULL};
    assert_int_equal(ev_picture_add(&p, CS_LANG_EN, &f, NULL), 0);
    ev_files_done(&f);
}

static void give_up(ev_canvas *c, const void *what)
{
    (void)what;
    c->failed = true;
}

static void a_drawing_that_failed_is_reported(void **state)
{
    (void)state;
    ev_files f = EV_FILES_INIT;
    const ev_picture p = {"a.svg", "a.png", 50, 50, give_up, NULL};
    assert_int_equal(ev_picture_add(&p, CS_LANG_EN, &f, NULL), CS_E_NOMEM);
    ev_files_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svg_and_png_show_what_was_drawn),
        cmocka_unit_test(the_same_drawing_has_the_same_bytes),
        cmocka_unit_test(texts_are_measured_and_made_to_fit),
        cmocka_unit_test(a_drawing_that_failed_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
