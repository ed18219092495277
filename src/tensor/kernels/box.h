/* A box of an image as an image of its own. The gradient of taking it out is
 * adding it back in. */
#ifndef CS_TENSOR_KERNELS_BOX_H
#define CS_TENSOR_KERNELS_BOX_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

/* `box` has the extents of the box, which begins at `first` and lies inside of
 * the whole. The two do not overlap in memory. */
void tk_box_take(const tk_run *run, const tk_image *whole, const tk_dims *first,
                 const tk_image *box);

/* The box of the whole += box. */
void tk_box_add(const tk_run *run, const tk_image *box, const tk_dims *first,
                const tk_image *whole);

#endif
