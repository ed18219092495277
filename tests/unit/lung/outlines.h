/* A scene with the outline that a seed gives in it. */
#ifndef CS_TESTS_LUNG_OUTLINES_H
#define CS_TESTS_LUNG_OUTLINES_H

#include "lung/nodules.h"
#include "lung/outline.h"

typedef struct outlined {
    nodules n;
    lu_patch patch;
    lu_outline outline;
} outlined;

static const im_run outlined_run = {NULL, CS_CPU_BASELINE};

static inline void outlined_done(outlined *o)
{
    nodules_done(&o->n);
    lu_patch_done(&o->patch);
    lu_outline_done(&o->outline);
}

static inline void outlined_make(outlined *o, const nodules_scene *s,
                                 const double seed[3], double diameter)
{
    memset(o, 0, sizeof(*o));
    im_geometry g = nodules_cube(38, 0.8, 1);
    nodules_make(&o->n, &g, s);
    assert_int_equal(lu_patch_init(&outlined_run, &o->n.scan, &o->n.lungs, seed,
                                   diameter, &o->patch, NULL),
                     0);
    assert_int_equal(
        lu_outline_find(&outlined_run, &o->patch, &o->outline, NULL), 0);
}

/* Dice of the outline and what is inside an ellipsoid and before the wall. */
static inline double outlined_dice(const outlined *o, const nodules_ball *b,
                                   double wall_x)
{
    assert_true(o->outline.found);
    const im_geometry *g = &o->outline.mask.geometry;
    const uint8_t *m = im_u8(&o->outline.mask);
    size_t both = 0, all = 0;
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                const double at[] = {(double)x, (double)y, (double)z};
                double p[3];
                im_grid_to_world(g, at, p);
                bool in =
                    nodules_outside(b, p) < 0 && (wall_x == 0 || p[0] < wall_x);
                both += in && m[i];
                all += (size_t)in + (size_t)(m[i] != 0);
            }
    return all ? 2 * (double)both / (double)all : 1;
}

#endif
