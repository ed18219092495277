/* Inner loops of image operations that are written once per instruction tier,
 * and the table through which everything else calls them. */
#ifndef CS_IMAGE_KERNELS_TABLE_H
#define CS_IMAGE_KERNELS_TABLE_H

#include "base/cpu.h"
#include "base/defs.h"
#include "image/resample_map.h"

/* Resampling along an axis: the lines that are worked on side by side, and the
 * voxels of the old axis, with their weights, that make one of the new. */
#define IM_LINES ((size_t)16)
typedef struct im_tap {
    uint32_t at[4];
    float weight[4];
} im_tap;

/* Of the cubic B-spline's filter: its pole z = sqrt(3) - 2, what turns it round
 * at the last voxel, z / (z^2 - 1), and from what distance on the powers of z
 * are nothing (below 1e-10). */
#define IM_SPLINE_POLE (-0.26794919243112270F)
#define IM_SPLINE_TURN 0.28867513459481288F
#define IM_SPLINE_HORIZON ((size_t)18)

#define IM_MEDIAN_ROOM 32
#define IM_DISTANCE_LANES 16
#define IM_DISTANCE_SCRATCH (IM_DISTANCE_LANES + 3)
/* The part of a volume that rows are sampled from. Positions count voxels from
 * its first one. */
typedef struct im_sample_box {
    const void *voxels;
    int32_t size[3];       /* voxels along x, y, z */
    int32_t stride[3];     /* elements from one to the next; 1 along x */
    int32_t next[3];       /* the same, or 0 along an axis of one voxel */
    float low[3], high[3]; /* within the volume: low <= position < high */
    float fill;            /* what is seen outside */
} im_sample_box;

/* Positions of a row's voxels: start + i * step, + move[i] where there is one.
 * Moves are readable up to the next multiple of 8. */
typedef struct im_sample_row {
    float start[3], step[3];
    const float *move[3]; /* per axis; NULL: none */
} im_sample_row;

typedef struct im_table {
    /* y[i] = a * x[i] + b, clamped to [low, high]; NaN gives low. */
    void (*affine_i16)(const int16_t *x, size_t n, float a, float b, float low,
                       float high, float *y);
    void (*affine_f32)(const float *x, size_t n, float a, float b, float low,
                       float high, float *y);

    /* Resampling: see elements.h and resample.tmpl.h. */
    void (*load_i16)(const int16_t *x, size_t n, float *y);
    void (*load_u8)(const uint8_t *x, size_t n, float *y);
    void (*store_i16)(const float *x, size_t n, int16_t *y);
    void (*store_u8)(const float *x, size_t n, uint8_t *y);
    /* lines: IM_LINES first voxels, IM_LINES second ones, ... */
    void (*lines_of_columns)(const float *rows, size_t stride, size_t n,
                             float *lines);
    void (*lines_of_rows)(const float *rows, size_t stride, size_t n,
                          float *lines);
    void (*rows_of_lines)(const float *lines, size_t n, float *rows,
                          size_t stride, size_t count);
    /* n new voxels of each line, those of one position every `stride`. */
    void (*taps2)(const float *lines, const im_tap *tap, size_t n, float *out,
                  size_t stride);
    void (*taps4)(const float *lines, const im_tap *tap, size_t n, float *out,
                  size_t stride);
    void (*mix2)(const float *a, const float *b, float weight, size_t n,
                 float *out); /* a + (b - a) * weight */
    void (*mix4)(const float *const row[4], const float weight[4], size_t n,
                 float *out);
    void (*spline_lines)(float *lines, size_t n); /* in place */
    void (*spline_forth)(const float *before, const float *x, size_t n,
                         float *out); /* 6 x + pole * before */
    void (*spline_back)(const float *after, const float *x, size_t n,
                        float *out); /* pole * (after - x) */
    void (*take8)(const uint8_t *row, const uint32_t *at, size_t n,
                  uint8_t *out); /* out[i] = row[at[i]] */
    void (*take16)(const uint16_t *row, const uint32_t *at, size_t n,
                   uint16_t *out);
    void (*take32)(const uint32_t *row, const uint32_t *at, size_t n,
                   uint32_t *out);
    void (*take64)(const uint64_t *row, const uint32_t *at, size_t n,
                   uint64_t *out);
    void (*columns_of_lines)(const float *lines, size_t n, float *rows,
                             size_t stride);
    /* Voxels [begin, end) of a row, all inside, each at its own position. */
    void (*any_linear_u8)(const uint8_t *v, const size_t size[3],
                          const im_map_row *row, size_t begin, size_t end,
                          float *out);
    void (*any_linear_i16)(const int16_t *v, const size_t size[3],
                           const im_map_row *row, size_t begin, size_t end,
                           float *out);
    void (*any_linear_f32)(const float *v, const size_t size[3],
                           const im_map_row *row, size_t begin, size_t end,
                           float *out);
    /* c: coefficients of the spline, a row every `stride` floats. */
    void (*any_cubic)(const float *c, size_t stride, const size_t size[3],
                      const im_map_row *row, size_t begin, size_t end,
                      float *out);
    void (*any_nearest8)(const uint8_t *v, const size_t size[3],
                         const im_map_row *row, size_t begin, size_t end,
                         uint8_t *out);
    void (*any_nearest16)(const uint16_t *v, const size_t size[3],
                          const im_map_row *row, size_t begin, size_t end,
                          uint16_t *out);
    void (*any_nearest32)(const uint32_t *v, const size_t size[3],
                          const im_map_row *row, size_t begin, size_t end,
                          uint32_t *out);
    void (*any_nearest64)(const uint64_t *v, const size_t size[3],
                          const im_map_row *row, size_t begin, size_t end,
                          uint64_t *out);
    /* Binary volumes (image/bits.h): n voxels of a row. */
    void (*pack_bits)(const uint8_t *x, size_t n, uint64_t *y);
    void (*unpack_bits)(const uint64_t *x, size_t n, uint8_t *y);
    /* f[i] = min over j < n of f[j] + (spacing (i - j))^2 in up to
     * IM_DISTANCE_LANES columns side by side, whose rows are `stride` apart;
     * its square root where `root`. scratch: n * IM_DISTANCE_SCRATCH floats,
     * aligned to 64. */
    void (*distance_columns)(float *f, size_t lanes, size_t n, size_t stride,
                             double spacing, bool root, float *scratch);
    /* y = OR of `count` rows of bits, the k-th at x + offsets[k]. */
    void (*or_rows)(const uint64_t *x, const uint32_t *offsets, size_t count,
                    size_t words, uint64_t *y);
    /* y = x, and x moved by `by` voxels both ways; by / 64 + 1 words before
     * and after x must be zero. */
    void (*widen_row)(const uint64_t *x, size_t words, size_t by, uint64_t *y);
    /* Augmentation. Trilinear samples; a voxel's own place gives its value
     * exactly. */
    void (*sample_i16)(const im_sample_box *box, const im_sample_row *row,
                       size_t n, float *y);
    void (*sample_f32)(const im_sample_box *box, const im_sample_row *row,
                       size_t n, float *y);
    /* The elements nearest to each position, halves upwards; -1 outside.
     * Writes up to the next multiple of 8. */
    void (*nearest)(const im_sample_box *box, const im_sample_row *row,
                    size_t n, int32_t *offsets);
    /* y[i] = c[0] + c[1] p + c[2] p^2 + c[3] p^3 at p = t + i * step. Writes up
     * to the next multiple of 8. */
    void (*cubic)(const float c[4], float t, float step, size_t n, float *y);
    /* y[i] = sum over k of weights[k] * rows[k][i], from the first on; at least
     * one row. y is none of the rows. */
    void (*weigh)(const float *const *rows, const float *weights, size_t taps,
                  size_t n, float *y);
    void (*line)(float a, float b, size_t n, float *y); /* y = a y + b */
    /* y[i] += sigma * the normal number that word i stands for. */
    void (*add_normal)(const uint32_t *words, size_t n, float sigma, float *y);
    /* y[i] = a[i] + share * (b[i] - a[i]) */
    void (*phantom_mix)(const float *a, const float *b, float share, size_t n,
                        float *y);
    /* y[i] = row at first[i] + share[i], by a straight line */
    void (*phantom_expand)(const float *row, const uint32_t *first,
                           const float *share, size_t n, float *y);
    /* y[i] moves towards base + amount * texture[i] by the part of the voxel
     * that an organ covers whose edge is distance[i] + shift away and 1 / sharp
     * wide. */
    void (*phantom_cover)(float *y, const float *distance, const float *texture,
                          size_t n, float shift, float base, float amount,
                          float sharp);
    /* y[i] = the sum over k of taps[k] * x[k * step + i] */
    void (*phantom_taps)(const float *x, size_t step, const float *taps,
                         size_t count, size_t n, float *y);
    /* y[i] = x[i] + amount[i] * (noise[i] + more[i]), rounded, within
     * [-1024, 3071]; x and the rest finite. */
    void (*phantom_store)(const float *x, const float *noise, const float *more,
                          const float *amount, size_t n, int16_t *y);

    /* Ranks: see rank.tmpl.h. count: two tables. */
    void (*count_f32)(const float *x, size_t n, uint32_t *count);
    void (*count_i32)(const int32_t *x, size_t n, uint32_t *count);
    void (*count_16)(const uint16_t *x, size_t n, uint32_t flip,
                     uint32_t *count);
    void (*count_8)(const uint8_t *x, size_t n, uint32_t flip, uint32_t *count);
    bool (*has_nan)(const float *x, size_t n);
    /* The keys in [low, high], of which there is room for one more. */
    size_t (*keys_between_f32)(const float *x, size_t n, uint32_t low,
                               uint32_t high, uint32_t *out);
    size_t (*keys_between_i32)(const int32_t *x, size_t n, uint32_t low,
                               uint32_t high, uint32_t *out);
    /* y = low, middle and high of three rows. y has room for whole vectors of
     * IM_MEDIAN_ROOM bytes. */
    void (*sort3_i16)(const int16_t *const x[3], size_t n, int16_t *const y[3]);
    void (*sort3_u8)(const uint8_t *const x[3], size_t n, uint8_t *const y[3]);
    /* y[i] = the middle of the 27 of x[*][i - 1 .. i + 1], where x[3 r + c]
     * rises with r and with c, and may be read a vector too far. */
    void (*median27_i16)(const int16_t *const x[9], size_t n, int16_t *y);
    void (*median27_u8)(const uint8_t *const x[9], size_t n, uint8_t *y);
} im_table;

/* The primitives of a tier, or of the next lower one that has been written. */
const im_table *im_table_of(cs_cpu_tier tier);

/* One per tier file. */
extern const im_table im_table_baseline;
extern const im_table im_table_avx2;

#endif
