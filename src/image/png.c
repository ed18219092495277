#include "image/png.h"

#include <png.h>
#include <string.h>

#include "base/file.h"

static int check(size_t width, size_t height, cs_errinfo *info)
{
    if (width == 0 || height == 0 || width > IM_PNG_SIDE_MAX ||
        height > IM_PNG_SIDE_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "a picture of %zu x %zu pixels cannot be written; each "
                       "side may have 1 to %zu",
                       width, height, IM_PNG_SIDE_MAX);
    return 0;
}

int im_png_encode(size_t width, size_t height, unsigned channels,
                  const uint8_t *pixels, cs_strbuf *out, cs_errinfo *info)
{
    int r = check(width, height, info);
    if (r < 0)
        return r;
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)width,
                       .height = (png_uint_32)height,
                       .format =
                           channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY,
                       .flags = PNG_IMAGE_FLAG_FAST};
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    if (cs_strbuf_reserve(out, size) < 0)
        return cs_fail_nomem(info);
    if (!png_image_write_to_memory(&image, out->data + out->len, &size, 0,
                                   pixels, (png_int_32)(width * channels),
                                   NULL))
        return cs_fail(info, CS_E_FAILED, "libpng: %s", image.message);
    out->len += size;
    out->data[out->len] = '\0';
    return 0;
}

int im_png_write(const char *path, size_t width, size_t height,
                 unsigned channels, const uint8_t *pixels, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) bytes = CS_STRBUF_INIT;
    int r = im_png_encode(width, height, channels, pixels, &bytes, info);
    return r < 0 ? r : cs_file_write(path, bytes.data, bytes.len, 0644, info);
}
