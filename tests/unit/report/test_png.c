#include "report/png.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_png_of_their_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
