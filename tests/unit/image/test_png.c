#include "image/png.h"

#include <png.h>

#include "support/volume.h"

/* libpng's own reader is the judge. */
static void same_again(const cs_strbuf *bytes, size_t w, size_t h,
                       unsigned channels, const uint8_t *pixels)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(
        png_image_begin_read_from_memory(&image, bytes->data, bytes->len));
    assert_int_equal(image.width, w);
    assert_int_equal(image.height, h);
    image.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    CS_AUTO_MEM uint8_t *got = cs_malloc(w * h * channels);
    assert_non_null(got);
    assert_true(png_image_finish_read(&image, NULL, got, 0, NULL));
    assert_memory_equal(got, pixels, w * h * channels);
}

static void pictures_are_read_back_as_they_were(void **state)
{
    (void)state;
    const size_t sides[][2] = {{1, 1}, {3, 5}, {257, 64}};
    static uint8_t pixels[257 * 64 * 3];
    for (size_t i = 0; i < sizeof(pixels); i++)
        pixels[i] = (uint8_t)(i * i >> 3);
    for (size_t i = 0; i < CS_COUNTOF(sides); i++)
        for (unsigned channels = 1; channels <= 3; channels += 2) {
            CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
            assert_int_equal(im_png_encode(sides[i][0], sides[i][1], channels,
                                           pixels, &b, NULL),
                             0);
            same_again(&b, sides[i][0], sides[i][1], channels, pixels);
        }
}

static void files_hold_what_is_encoded(void **state)
{
    const uint8_t pixels[] = {0, 128, 255, 7};
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    const char *path = tmp_path(*state, "a.png");
    assert_int_equal(im_png_write(path, 2, 2, 1, pixels, NULL), 0);
    assert_int_equal(cs_file_read(path, 4096, &b, NULL), 0);
    same_again(&b, 2, 2, 1, pixels);
}

static void pictures_of_no_size_are_refused(void **state)
{
    const uint8_t pixels[4] = {0};
    const char *path = tmp_path(*state, "none.png");
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    assert_int_equal(im_png_write(path, 0, 2, 1, pixels, NULL), CS_E_RANGE);
    assert_int_equal(im_png_write(path, 1, 40000, 1, pixels, NULL), CS_E_RANGE);
    assert_int_equal(cs_file_read(path, 4096, &b, NULL), CS_E_NOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_read_back_as_they_were),
        cmocka_unit_test(files_hold_what_is_encoded),
        cmocka_unit_test(pictures_of_no_size_are_refused),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
