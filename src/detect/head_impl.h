/* What the kinds of heads share. Private to the room. */
#ifndef CS_DETECT_HEAD_IMPL_H
#define CS_DETECT_HEAD_IMPL_H

#include "detect/head.h"

/* The arguments of dt_head_loss(), checked. */
typedef struct dt_batch {
    const md_recipe *r;
    dt_loss_options o;
    cs_pool *pool;
    const dt_truth *truths;
    size_t n;
    size_t cells[3]; /* x, y, z */
    size_t points;   /* their product */
    const float *const *outputs;
    float *const *gradients;
} dt_batch;

/* One for each kind of head. */
int dt_voxels_loss(const dt_batch *b, dt_loss *ret, cs_errinfo *info);
int dt_anchors_loss(const dt_batch *b, dt_loss *ret, cs_errinfo *info);
int dt_centres_loss(const dt_batch *b, dt_loss *ret, cs_errinfo *info);
int dt_class_loss(const dt_batch *b, dt_loss *ret, cs_errinfo *info);

/* One sample of a batch, for the maps: `points` cells each. */
void dt_voxels_map(const md_recipe *r, size_t i, size_t points,
                   const float *const *outputs, float *map);
void dt_anchors_map(const md_recipe *r, size_t i, size_t points,
                    const float *const *outputs, float *map);
void dt_centres_map(const md_recipe *r, size_t i, size_t points,
                    const float *const *outputs, float *map);

/* Channels of the first output, of heads of voxels and classes. */
static inline size_t dt_classes(const md_recipe *r)
{
    return r->classes ? r->classes : r->network->classes;
}

/* `v`, or `own` where nothing was asked for. */
static inline double dt_or(double v, double own)
{
    return v > 0 ? v : own;
}

/* --- where nodules and cells are --- */

/* Voxels about an excluded nodule that are not learned from, where cells are
 * no larger. */
#define DT_EXCLUDED_MARGIN 2.0

/* A place along an axis in cells, whose centres are whole numbers. */
static inline double dt_in_cells(double voxel, size_t stride)
{
    return (voxel + 0.5) / (double)stride - 0.5;
}

/* And back: the voxel where the centre of a cell is. */
static inline double dt_cell_voxel(size_t cell, size_t stride)
{
    return ((double)cell + 0.5) * (double)stride - 0.5;
}

/* The cells of a box: low … high along each axis, none if low > high. */
typedef struct dt_range {
    ptrdiff_t low[3], high[3];
} dt_range;

/* The cells whose centres lie within `reach` cells of `at`, along each axis. */
dt_range dt_range_about(const dt_batch *b, const double at[3], double reach);

static inline size_t dt_cell_index(const dt_batch *b, size_t x, size_t y,
                                   size_t z)
{
    return (z * b->cells[1] + y) * b->cells[0] + x;
}

static inline void dt_cell_place(const dt_batch *b, size_t index, size_t ret[3])
{
    size_t row = index / b->cells[0];
    ret[0] = index % b->cells[0];
    ret[1] = row % b->cells[1];
    ret[2] = row / b->cells[1];
}

/* The index of the cell that holds the nodule's centre. False where it lies
 * outside the patch. */
bool dt_cell_holding(const dt_batch *b, const dt_seen *s, size_t *ret);

/* --- sums in a fixed order --- */

#define DT_SUMS 3

/* Adds the part of [begin, end) to sums. */
typedef void dt_sum_fn(const void *ctx, size_t begin, size_t end,
                       double sums[DT_SUMS]);

/* Sums over [0, n), chunk by chunk: the same bits for any pool. */
void dt_sum(cs_pool *pool, size_t n, dt_sum_fn *fn, const void *ctx,
            double ret[DT_SUMS]);

#endif
