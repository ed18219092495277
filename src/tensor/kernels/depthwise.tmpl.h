/* One kernel for each channel: see table.h for what is computed. */

/* Voxels whose sums are under way together, to hide the time that each
 * multiply-add takes. */
#define VOXELS 8

/* `n` voxels, a constant after inlining. */
TK_INLINE void voxels_taps(const tk_taps *t, const float *x, const float *w,
                           const float *bias, v8 slope, float *y,
                           const size_t n)
{
    v8 sum[VOXELS];
    TK_UNROLL
    for (size_t i = 0; i < n; i++)
        sum[i] = v8_set(0);
    for (size_t a = 0; a < t->count[0]; a++)
        for (size_t b = 0; b < t->count[1]; b++) {
            const float *xs =
                x + (ptrdiff_t)a * t->x_step[0] + (ptrdiff_t)b * t->x_step[1];
            const float *ws =
                w + (ptrdiff_t)a * t->w_step[0] + (ptrdiff_t)b * t->w_step[1];
            for (size_t c = 0; c < t->count[2]; c++) {
                v8 weight = v8_load(ws + (ptrdiff_t)c * t->w_step[2]);
                const float *at = xs + (ptrdiff_t)c * t->x_step[2];
                TK_UNROLL
                for (size_t i = 0; i < n; i++)
                    sum[i] = v8_fma(weight, v8_load(at + i * t->x_row), sum[i]);
            }
        }
    TK_UNROLL
    for (size_t i = 0; i < n; i++) {
        v8 v = sum[i] + v8_load(bias);
        v8_store(y + i * t->y_row, v8_max(v * slope, v));
    }
}

static void TK_NAME(taps)(const tk_taps *t, const float *x, const float *w,
                          const float *bias, float slope, size_t rows, float *y)
{
    v8 factor = v8_set(slope);
    for (; rows >= VOXELS;
         rows -= VOXELS, x += VOXELS * t->x_row, y += VOXELS * t->y_row)
        voxels_taps(t, x, w, bias, factor, y, VOXELS);
    for (; rows >= 2; rows -= 2, x += 2 * t->x_row, y += 2 * t->y_row)
        voxels_taps(t, x, w, bias, factor, y, 2);
    if (rows > 0)
        voxels_taps(t, x, w, bias, factor, y, 1);
}

/* `taps` is a constant after inlining; voxels of even and odd place are summed
 * apart. */
TK_INLINE void voxels_tap_sums(const float *x, size_t x_row, ptrdiff_t x_tap,
                               const float *dy, size_t rows, float *sums,
                               const size_t taps)
{
    v8 sum[2][4];
    TK_UNROLL
    for (size_t t = 0; t < taps; t++)
        sum[0][t] = sum[1][t] = v8_set(0);
    size_t r = 0;
    for (; r + 2 <= rows; r += 2, x += 2 * x_row, dy += 16) {
        v8 even = v8_load(dy);
        v8 odd = v8_load(dy + 8);
        TK_UNROLL
        for (size_t t = 0; t < taps; t++) {
            const float *at = x + (ptrdiff_t)t * x_tap;
            sum[0][t] = v8_fma(even, v8_load(at), sum[0][t]);
            sum[1][t] = v8_fma(odd, v8_load(at + x_row), sum[1][t]);
        }
    }
    TK_UNROLL
    for (size_t t = 0; t < taps; t++) {
        if (r < rows)
            sum[0][t] = v8_fma(v8_load(dy), v8_load(x + (ptrdiff_t)t * x_tap),
                               sum[0][t]);
        v8_store(sums + t * 8, v8_load(sums + t * 8) + (sum[0][t] + sum[1][t]));
    }
}

static void TK_NAME(tap_sums)(const float *x, size_t x_row, ptrdiff_t x_tap,
                              const float *dy, size_t rows, size_t taps,
                              float *sums)
{
    for (; taps >= 4; taps -= 4, x += 4 * x_tap, sums += 32)
        voxels_tap_sums(x, x_row, x_tap, dy, rows, sums, 4);
    switch (taps) {
    case 3:
        voxels_tap_sums(x, x_row, x_tap, dy, rows, sums, 3);
        break;
    case 2:
        voxels_tap_sums(x, x_row, x_tap, dy, rows, sums, 2);
        break;
    case 1:
        voxels_tap_sums(x, x_row, x_tap, dy, rows, sums, 1);
        break;
    default:
        break;
    }
}

#undef VOXELS
