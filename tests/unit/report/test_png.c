#include "report/png.h"

#include <string.h>

#include "report/case.h"

static unsigned big_endian(const char *at)
{
    const unsigned char *p = (const unsigned char *)at;
    return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 |
           p[3];
}

static void pictures_are_png_of_their_size(void **state)
{
    (void)state;
    made_case m;
    rp_pictures p = {0};
    cs_strbuf out = CS_STRBUF_INIT;
    make_case(&m);
    assert_int_equal(rp_pictures_cut(&m.it, &(im_run){0}, &p, NULL), 0);
    assert_int_equal(rp_png_nodule(&m.it, &p, 1, &out, NULL), 0);
    assert_memory_equal(out.data, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(big_endian(out.data + 16), 1344);
    assert_int_equal(big_endian(out.data + 20), 440);
    cs_strbuf_clear(&out);
    assert_int_equal(rp_png_overview(&m.it, &p, &out, NULL), 0);
    assert_memory_equal(out.data, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(big_endian(out.data + 16), 4 * p.overview.plane.width);
    cs_strbuf_done(&out);
    rp_pictures_done(&p);
    unmake_case(&m);
}

typedef struct reader {
    const cs_strbuf *from;
    size_t at;
} reader;

static cairo_status_t next_bytes(void *closure, unsigned char *ret, unsigned n)
{
    reader *r = closure;
    if (r->from->len - r->at < n)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(ret, r->from->data + r->at, n);
    r->at += n;
    return CAIRO_STATUS_SUCCESS;
}

/* How much brighter the right half of a PNG is than its left: letters and frame
 * are as bright on both sides, the scale bar's row is left out. */
static double right_less_left(const cs_strbuf *png)
{
    reader r = {png, 0};
    double sum = 0;
    cairo_surface_t *s =
        cairo_image_surface_create_from_png_stream(next_bytes, &r);
    assert_int_equal(cairo_surface_status(s), CAIRO_STATUS_SUCCESS);
    int width = cairo_image_surface_get_width(s);
    int height = cairo_image_surface_get_height(s) * 3 / 4;
    const unsigned char *data = cairo_image_surface_get_data(s);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const unsigned char *row =
                data + (size_t)y * (size_t)cairo_image_surface_get_stride(s);
            sum += (x < width / 2 ? -1 : 1) * (double)row[4 * x];
        }
    cairo_surface_destroy(s);
    return sum / ((double)width * height);
}

/* -1: the left one; 1: the right one. */
static int brighter_half(const rp_slice *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->plane.width * s->plane.height; i++)
        sum += (i % s->plane.width < s->plane.width / 2 ? -1 : 1) *
               (double)s->grey[i];
    return sum < 0 ? -1 : sum > 0;
}

/* A small bright column on the patient's left, in a file whose columns run to
 * the left or, mirrored, to the right. */
static void make_one_sided(made_case *m, bool mirrored)
{
    make_case(m);
    im_geometry *g = &m->scan.geometry;
    int16_t *hu = tn_data(&m->scan.voxels);
    if (mirrored) {
        g->direction[0] = -1;
        g->origin[0] = 5;
    }
    m->diagnosis.nodules.geometry = m->diagnosis.lungs.labels.geometry = *g;
    uint8_t *lungs = im_u8(&m->diagnosis.lungs.labels);
    memset(lungs, LU_LEFT, 12 * 10 * 8);
    for (size_t i = 0; i < (size_t)12 * 10 * 8; i++) {
        size_t column = mirrored ? 11 - i % 12 : i % 12; /* by rising x */
        hu[i] = column >= 8 && column < 10 ? 200 : -900;
    }
}

static void the_patients_left_is_on_the_right(void **state)
{
    (void)state;
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        made_case m;
        rp_pictures p = {0};
        cs_strbuf out = CS_STRBUF_INIT;
        make_one_sided(&m, mirrored);
        m.diagnosis.findings.len = 0;
        assert_int_equal(rp_pictures_cut(&m.it, &(im_run){0}, &p, NULL), 0);
        assert_int_equal(rp_png_overview(&m.it, &p, &out, NULL), 0);
        assert_true(right_less_left(&out) > 0.2);
        cs_strbuf_done(&out);
        rp_pictures_done(&p);
        m.diagnosis.findings.len = 1;
        m.diagnosis.findings.items[0].centre[0] = -0.5;
        assert_int_equal(rp_pictures_cut(&m.it, &(im_run){0}, &p, NULL), 0);
        assert_true(p.whole[0][RP_AXIAL].plane.centre[0] < 1);
        assert_int_equal(brighter_half(&p.close[0][RP_AXIAL]), 1);
        assert_int_equal(brighter_half(&p.close[0][RP_CORONAL]), 1);
        rp_pictures_done(&p);
        unmake_case(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_png_of_their_size),
        cmocka_unit_test(the_patients_left_is_on_the_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
