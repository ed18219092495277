/* All primitives of one tier and their table. Included by each tier_*.c, which
 * defines TK_TIER (the ending of its names) before. */
#include "tensor/kernels/table.h"
#include "tensor/kernels/vector.h"

#include "tensor/kernels/elementary.tmpl.h"

#include "tensor/kernels/activation.tmpl.h"
#include "tensor/kernels/depthwise.tmpl.h"
#include "tensor/kernels/gemm.tmpl.h"
#include "tensor/kernels/lanes.tmpl.h"
#include "tensor/kernels/window.tmpl.h"
#include "tensor/kernels/winograd_1d.tmpl.h"

#define MD 4
#define MH 4
#define MW 4
#include "tensor/kernels/winograd_tile.tmpl.h"
#define MD 2
#define MH 4
#define MW 4
#include "tensor/kernels/winograd_tile.tmpl.h"
#define MD 2
#define MH 2
#define MW 2
#include "tensor/kernels/winograd_tile.tmpl.h"
#define MD 1
#define MH 4
#define MW 4
#include "tensor/kernels/winograd_tile.tmpl.h"
#define MD 1
#define MH 2
#define MW 2
#include "tensor/kernels/winograd_tile.tmpl.h"

#define WINOGRAD(kind, d, h, w, n)                                             \
    [TK_F##kind] = {.m = {d, h, w},                                            \
                    .points = (n),                                             \
                    .input = TK_NAME(input_##kind),                            \
                    .output = TK_NAME(output_##kind),                          \
                    .gradient = TK_NAME(gradient_##kind),                      \
                    .kernel = TK_NAME(kernel_##kind),                          \
                    .taps = TK_NAME(taps_##kind)}

const tk_table TK_NAME(tk_table) = {
    .gemm = TK_NAME(gemm),
    .gemm_tn = TK_NAME(gemm_tn),
    .winograd =
        {
            WINOGRAD(444, 4, 4, 4, 216),
            WINOGRAD(244, 2, 4, 4, 144),
            WINOGRAD(222, 2, 2, 2, 64),
            WINOGRAD(144, 1, 4, 4, 36),
            WINOGRAD(122, 1, 2, 2, 16),
        },
    .lanes = {.finish = TK_NAME(finish),
              .affine = TK_NAME(affine),
              .affine_back = TK_NAME(affine_back),
              .sums = TK_NAME(sums),
              .products = TK_NAME(products),
              .window_max = TK_NAME(window_max),
              .window_max_back = TK_NAME(window_max_back),
              .taps = TK_NAME(taps),
              .tap_sums = TK_NAME(tap_sums)},
    .math = {.exp = TK_NAME(exp),
             .exp_rows = TK_NAME(exp_rows),
             .activate = TK_NAME(activate),
             .activate_back = TK_NAME(activate_back)},
};
