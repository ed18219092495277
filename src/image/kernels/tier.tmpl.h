/* All inner loops of one tier and their table. Included by each tier_*.c,
 * which defines TK_TIER (the ending of its names) before. */
#include <math.h>

#include "image/kernels/table.h"
#include "tensor/kernels/vector.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "image/kernels/affine.tmpl.h"
#include "image/kernels/augment.tmpl.h"
#include "image/kernels/bits.tmpl.h"
#include "image/kernels/distance.tmpl.h"
#include "image/kernels/elements.tmpl.h"
#include "image/kernels/median_types.tmpl.h"
#include "image/kernels/morphology.tmpl.h"
#include "image/kernels/phantom.tmpl.h"
#include "image/kernels/rank.tmpl.h"
#include "image/kernels/resample.tmpl.h"
#include "image/kernels/resample_any.tmpl.h"

const im_table TK_NAME(im_table) = {
    .affine_i16 = TK_NAME(affine_i16),
    .affine_f32 = TK_NAME(affine_f32),
    .load_i16 = TK_NAME(load_i16),
    .load_u8 = TK_NAME(load_u8),
    .store_i16 = TK_NAME(store_i16),
    .store_u8 = TK_NAME(store_u8),
    .lines_of_columns = TK_NAME(lines_of_columns),
    .lines_of_rows = TK_NAME(lines_of_rows),
    .rows_of_lines = TK_NAME(rows_of_lines),
    .taps2 = TK_NAME(taps2),
    .taps4 = TK_NAME(taps4),
    .mix2 = TK_NAME(mix2),
    .mix4 = TK_NAME(mix4),
    .spline_lines = TK_NAME(spline_lines),
    .spline_forth = TK_NAME(spline_forth),
    .spline_back = TK_NAME(spline_back),
    .take8 = TK_NAME(take8),
    .take16 = TK_NAME(take16),
    .take32 = TK_NAME(take32),
    .take64 = TK_NAME(take64),
    .columns_of_lines = TK_NAME(columns_of_lines),
    .any_linear_u8 = TK_NAME(any_linear_u8),
    .any_linear_i16 = TK_NAME(any_linear_i16),
    .any_linear_f32 = TK_NAME(any_linear_f32),
    .any_cubic = TK_NAME(any_cubic),
    .any_nearest8 = TK_NAME(any_nearest8),
    .any_nearest16 = TK_NAME(any_nearest16),
    .any_nearest32 = TK_NAME(any_nearest32),
    .any_nearest64 = TK_NAME(any_nearest64),
    .pack_bits = TK_NAME(pack_bits),
    .unpack_bits = TK_NAME(unpack_bits),
    .distance_columns = TK_NAME(distance_columns),
    .or_rows = TK_NAME(or_rows),
    .widen_row = TK_NAME(widen_row),
    .sample_i16 = TK_NAME(sample_i16),
    .sample_f32 = TK_NAME(sample_f32),
    .nearest = TK_NAME(nearest),
    .cubic = TK_NAME(cubic),
    .weigh = TK_NAME(weigh),
    .line = TK_NAME(line),
    .add_normal = TK_NAME(add_normal),
    .phantom_mix = TK_NAME(phantom_mix),
    .phantom_expand = TK_NAME(phantom_expand),
    .phantom_cover = TK_NAME(phantom_cover),
    .phantom_taps = TK_NAME(phantom_taps),
    .phantom_store = TK_NAME(phantom_store),
    .count_f32 = TK_NAME(count_f32),
    .count_i32 = TK_NAME(count_i32),
    .count_16 = TK_NAME(count_16),
    .count_8 = TK_NAME(count_8),
    .has_nan = TK_NAME(has_nan),
    .keys_between_f32 = TK_NAME(keys_between_f32),
    .keys_between_i32 = TK_NAME(keys_between_i32),
    .sort3_i16 = TK_NAME(sort3_i16),
    .sort3_u8 = TK_NAME(sort3_u8),
    .median27_i16 = TK_NAME(median27_i16),
    .median27_u8 = TK_NAME(median27_u8),
};
