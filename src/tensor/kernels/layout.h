/* Between PyTorch's plain order [n][c][d][h][w] and the blocked one. */
#ifndef CS_TENSOR_KERNELS_LAYOUT_H
#define CS_TENSOR_KERNELS_LAYOUT_H

#include "tensor/kernels/image.h"
#include "tensor/kernels/run.h"

void tk_from_plain(const tk_run *run, const float *plain, const tk_image *to);
void tk_to_plain(const tk_run *run, const tk_image *from, float *plain);
/* The image is planes [begin, …) of a plain array of `depth` planes. */
void tk_planes_from_plain(const tk_run *run, const float *plain, size_t begin,
                          size_t depth, const tk_image *to);
void tk_planes_to_plain(const tk_run *run, const tk_image *from, float *plain,
                        size_t begin, size_t depth);

/* The same channels in another place. */
void tk_copy(const tk_run *run, const tk_image *from, const tk_image *to);
/* to += from */
void tk_add_to(const tk_run *run, const tk_image *from, const tk_image *to);
void tk_fill_zero(const tk_run *run, const tk_image *to);

#endif
