/* Smooth functions of space, known at the points of a coarse grid and read in
 * between by straight lines. A signed distance (negative inside) of an organ
 * is such a function: however costly it is to work out, a voxel then costs one
 * line of a row. Textures are fields that repeat. */
#ifndef CS_IMAGE_PHANTOM_FIELD_H
#define CS_IMAGE_PHANTOM_FIELD_H

#include "base/defs.h"
#include "base/error.h"
#include "image/kernels/table.h"
#include "image/phantom/vec3.h"

typedef struct ph_grid {
    size_t size[3];
    float pitch;   /* mm */
    ph_vec origin; /* of point (0, 0, 0) */
    bool periodic; /* size 2^n; what is outside repeats what is inside */
} ph_grid;

/* Where a position lies along an axis of the grid: the point before it, the
 * one after, and the share of the latter. */
typedef struct ph_tap {
    uint32_t first, second;
    float share;
} ph_tap;

/* Values are those of the grid: [z][y][x]. */
typedef struct ph_field {
    const ph_grid *grid;
    float *values;
} ph_field;

static inline size_t ph_grid_points(const ph_grid *g)
{
    return g->size[0] * g->size[1] * g->size[2];
}
static inline size_t ph_grid_plane(const ph_grid *g)
{
    return g->size[0] * g->size[1];
}

/* Positions beyond the grid read its edge, unless it is periodic. */
ph_tap ph_tap_at(const ph_grid *g, int axis, float mm);

/* The taps of n positions from `start` on, `step` mm apart, as two arrays: for
 * rows that hold one value more than the grid, the first one again where the
 * grid is periodic, otherwise the last. */
void ph_taps(const ph_grid *g, int axis, float start, float step, size_t n,
             uint32_t *first, float *share);

/* A plane of the field at height z, and a row of such a plane with the value
 * more at its end: size[0] + 1 values. */
void ph_field_plane(const ph_field *f, const im_table *t, ph_tap z, float *ret);
void ph_plane_row(const ph_grid *g, const im_table *t, const float *plane,
                  ph_tap y, float *ret);

float ph_field_at(const ph_field *f, ph_vec v);

#endif
