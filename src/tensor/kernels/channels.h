/* Channel ranges at any offset: concatenation and slicing where a boundary
 * does not fall between blocks of eight. (Where it does, tk_image_channels()
 * is a view and costs nothing.)
 *
 * The gradient of a copy is the same copy, or sum, the other way round. */
#ifndef CS_TENSOR_KERNELS_CHANNELS_H
#define CS_TENSOR_KERNELS_CHANNELS_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

/* Channels [first, first + count) of the image. */
typedef struct tk_range {
    const tk_image *image;
    size_t first;
} tk_range;

/* to = from, for `count` channels. Other channels of `to` stay; the lanes
 * beyond its last channel become zero when that one is written. The two images
 * agree in n, d, h, w and do not overlap. */
void tk_channels_copy(const tk_run *run, tk_range from, tk_range to,
                      size_t count);

/* to += from */
void tk_channels_add(const tk_run *run, tk_range from, tk_range to,
                     size_t count);

#endif
