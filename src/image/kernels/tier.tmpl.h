/* All inner loops of one tier and their table. Included by each tier_*.c,
 * which defines TK_TIER (the ending of its names) before. */
#include "image/kernels/table.h"
#include "tensor/kernels/vector.h"

#include "image/kernels/affine.tmpl.h"

const im_table TK_NAME(im_table) = {
    .affine_i16 = TK_NAME(affine_i16),
    .affine_f32 = TK_NAME(affine_f32),
};
