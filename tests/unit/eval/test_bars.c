#include "eval/bars.h"

#include "support/picture.h"

/* Columns of a line of the picture that are blue. */
static size_t blue_in_line(cairo_surface_t *p, double y)
{
    size_t n = 0;
    int width = cairo_image_surface_get_width(p);
    for (int x = 0; x < width; x++)
        n += is_blue(png_at(p, x / 2.0, y));
    return n;
}

static void bars_are_as_long_as_their_values(void **state)
{
    (void)state;
    const ev_bar items[] = {{"half", ev_proportion_of(50, 100)},
                            {"all", ev_proportion_of(100, 100)},
                            {"none", ev_proportion_of(0, 100)}};
    const ev_bars bars = {"title", "axis", items, 3};
    ev_files f = EV_FILES_INIT;
    const ev_picture picture = {"a.svg",           "a.png",      820,
                                ev_bars_height(3), ev_bars_draw, &bars};
    assert_int_equal(ev_picture_add(&picture, CS_LANG_EN, &f, NULL), 0);
    cairo_surface_t *p = png_read(&file_named(&f, "a.png")->content);
    double first = 54 + 22 - 9; /* above the whisker, inside the first bar */
    size_t half = blue_in_line(p, first);
    size_t all = blue_in_line(p, first + 44);
    assert_true(half > 300 && all > 2 * half - 8 && all < 2 * half + 8);
    assert_int_equal(blue_in_line(p, first + 88), 0);
    cairo_surface_destroy(p);
    ev_files_done(&f);
}

static void a_long_name_leaves_room_for_the_bars(void **state)
{
    (void)state;
    char name[400];
    memset(name, 'W', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    const ev_bar items[] = {{name, ev_proportion_of(100, 100)}};
    const ev_bars bars = {"title", "axis", items, 1};
    ev_files f = EV_FILES_INIT;
    const ev_picture picture = {"a.svg",           "a.png",      820,
                                ev_bars_height(1), ev_bars_draw, &bars};
    assert_int_equal(ev_picture_add(&picture, CS_LANG_EN, &f, NULL), 0);
    cairo_surface_t *p = png_read(&file_named(&f, "a.png")->content);
    assert_true(blue_in_line(p, 54 + 22 - 9) > 400);
    for (double y = 0; y < ev_bars_height(1); y += 0.5)
        assert_int_equal(png_at(p, 4, y), 0xffffff);
    cairo_surface_destroy(p);
    ev_files_done(&f);
}

static void a_matrix_is_darkest_where_most_are(void **state)
{
    (void)state;
    const ev_matrix m = {"title",    "truth",
                         "call",     "positive",
                         "negative", {.tp = 90, .fn = 10, .fp = 30, .tn = 70}};
    ev_files f = EV_FILES_INIT;
    const ev_picture picture = {"a.svg", "a.png", 460, 450, ev_matrix_draw, &m};
    assert_int_equal(ev_picture_add(&picture, CS_LANG_EN, &f, NULL), 0);
    cairo_surface_t *p = png_read(&file_named(&f, "a.png")->content);
    uint32_t tn = png_at(p, 130, 110) >> 16;
    uint32_t fp = png_at(p, 280, 110) >> 16;
    uint32_t fn = png_at(p, 130, 260) >> 16;
    uint32_t tp = png_at(p, 280, 260) >> 16;
    assert_true(tp < tn && tn < fp && fp < fn);
    cairo_surface_destroy(p);
    ev_files_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_as_long_as_their_values),
        cmocka_unit_test(a_long_name_leaves_room_for_the_bars),
        cmocka_unit_test(a_matrix_is_darkest_where_most_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
