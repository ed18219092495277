/* Pictures as PNG: 8 bits, grey or red, green and blue. */
#ifndef CS_IMAGE_PNG_H
#define CS_IMAGE_PNG_H

#include "base/defs.h"
#include "base/error.h"
#include "base/strbuf.h"

#define IM_PNG_SIDE_MAX ((size_t)32768)

/* Appends the file's bytes. Rows from the top, without padding; channels 1 or
 * 3. CS_E_RANGE for a picture without pixels, or with a side above
 * IM_PNG_SIDE_MAX. */
int im_png_encode(size_t width, size_t height, unsigned channels,
                  const uint8_t *pixels, cs_strbuf *out, cs_errinfo *info);

/* Replaces `path` in one step (base/atomic_file.h). */
int im_png_write(const char *path, size_t width, size_t height,
                 unsigned channels, const uint8_t *pixels, cs_errinfo *info);

#endif
