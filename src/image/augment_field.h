/* A random smooth displacement of space: a cubic B-spline whose knots lie
 * grid_mm apart and are moved at random, by at most amplitude_mm along each
 * axis. It goes on without end and depends on the stream alone, so a larger
 * patch shows the same deformation, and more of it.
 *
 * Up to 0.4 of the knots' distance, position + displacement is a one-to-one
 * map of space onto itself (see augment.c). */
#ifndef CS_IMAGE_AUGMENT_FIELD_H
#define CS_IMAGE_AUGMENT_FIELD_H

#include "base/error.h"
#include "base/random.h"
#include "image/kernels/table.h"

typedef struct im_field {
    cs_rng knots;
    double grid_mm, amplitude_mm; /* amplitude 0: no displacement */
} im_field;

/* The displacement at a position, and its derivative where `jacobian` is not
 * NULL: row r holds the derivatives of displacement r. */
void im_field_at(const im_field *f, const double mm[3], double ret[3],
                 double jacobian[9]);

/* The position that the displacement takes to `moved`, within 1e-9 mm. */
void im_field_undo(const im_field *f, const double moved[3], double ret[3]);

/* --- many positions along a grid's rows --- */

/* The knots that matter to a box of positions, multiplied by a matrix. */
typedef struct im_field_block {
    double grid_mm;
    int first[3];    /* number of the first knot, per axis */
    size_t count[3]; /* knots per axis */
    float *knots;    /* owned: [z][y][component][x] */
} im_field_block;

/* CS_E_LIMIT for more knots along an axis than any scan could need. On failure
 * *b stays empty. */
int im_field_block_init(im_field_block *b, const im_field *f,
                        const double low[3], const double high[3],
                        const double matrix[9], cs_errinfo *info);
void im_field_block_done(im_field_block *b);

/* Floats in a slice of the block, and in a line of a slice. */
size_t im_field_line_size(const im_field_block *b);
size_t im_field_slice_size(const im_field_block *b);

/* The field where z, and then also y, has been settled. */
void im_field_slice(const im_table *t, const im_field_block *b, double z_mm,
                    float *slice);
void im_field_line(const im_table *t, const im_field_block *b,
                   const float *slice, double y_mm, float *line);

/* The displacements at x_mm + i * step_mm, step_mm > 0, times the matrix. Each
 * of the three outputs has room for 8 more than n; positions lie in the box. */
void im_field_row(const im_table *t, const im_field_block *b, const float *line,
                  double x_mm, double step_mm, size_t n, float *const ret[3]);

#endif
