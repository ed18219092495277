#include "report/view.h"

#include <stdlib.h>

#include "report/case.h"

#define SIDE 200

/* A grey slice of 100 mm drawn over all of a sheet of SIDE points. */
typedef struct sheet {
    cairo_surface_t *surface;
    ev_canvas c;
    rp_slice slice;
    rp_frame at;
} sheet;

static sheet sheet_new(void)
{
    sheet s = {.at = {0, 0, SIDE, SIDE}};
    s.slice.plane =
        (rp_plane){.axis = RP_AXIAL, .mm = 1, .width = 100, .height = 100};
    s.slice.grey = calloc(100, 100);
    assert_non_null(s.slice.grey);
    s.surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, SIDE, SIDE);
    s.c = (ev_canvas){
        .cr = cairo_create(s.surface), .width = SIDE, .height = SIDE};
    ev_canvas_prepare(&s.c);
    return s;
}

static void sheet_free(sheet *s)
{
    assert_false(s->c.failed);
    cairo_destroy(s->c.cr);
    cairo_surface_destroy(s->surface);
    free(s->slice.grey);
}

/* The strongest of a pixel's colours. */
static unsigned ink(const sheet *s, size_t x, size_t y)
{
    cairo_surface_flush(s->surface);
    const unsigned char *data = cairo_image_surface_get_data(s->surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(s->surface);
    const unsigned char *pixel = data + y * stride + 4 * x;
    unsigned most = 0;
    for (int i = 0; i < 3; i++)
        if (pixel[i] > most)
            most = pixel[i];
    return most;
}

static void a_picture_is_drawn_where_it_belongs(void **state)
{
    (void)state;
    sheet s = sheet_new();
    s.slice.grey[30 * 100 + 70] = 200;
    rp_view(&s.c, &s.at, &s.slice);
    assert_true(ink(&s, 141, 61) > 100);
    assert_int_equal(ink(&s, 61, 141), 0);
    sheet_free(&s);
}

static void corners_leave_the_nodule_free(void **state)
{
    (void)state;
    sheet s = sheet_new();
    lu_finding f = made_finding(3, 0);
    f.centre[0] = f.centre[1] = f.centre[2] = 0;
    f.measure.long_mm = 20;
    rp_view_mark(&s.c, &s.at, &s.slice, &f);
    /* half = 0.75 * 20 mm * 2 points */
    assert_true(ink(&s, SIDE / 2 - 30, SIDE / 2 - 26) > 100);
    assert_true(ink(&s, SIDE / 2 + 30, SIDE / 2 + 26) > 100);
    for (size_t y = SIDE / 2 - 24; y < SIDE / 2 + 24; y++)
        for (size_t x = SIDE / 2 - 24; x < SIDE / 2 + 24; x++)
            assert_int_equal(ink(&s, x, y), 0);
    sheet_free(&s);
}

static void axes_are_drawn_in_axial_pictures_alone(void **state)
{
    (void)state;
    sheet s = sheet_new();
    lu_measure m = {.segmented = true,
                    .long_axis = {{-20, 0, 0}, {20, 0, 0}},
                    .short_axis = {{0, -5, 0}, {0, 5, 0}}};
    s.slice.plane.axis = RP_CORONAL;
    rp_view_axes(&s.c, &s.at, &s.slice, &m);
    assert_int_equal(ink(&s, SIDE / 2 - 20, SIDE / 2), 0);
    s.slice.plane.axis = RP_AXIAL;
    rp_view_axes(&s.c, &s.at, &s.slice, &m);
    assert_true(ink(&s, SIDE / 2 - 20, SIDE / 2) > 40);
    assert_int_equal(ink(&s, SIDE / 2 - 50, SIDE / 2), 0);
    sheet_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_drawn_where_it_belongs),
        cmocka_unit_test(corners_leave_the_nodule_free),
        cmocka_unit_test(axes_are_drawn_in_axial_pictures_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
