/* Lung with analytic nodules in it: ellipsoids, rods and a wall, whose edges
 * are blurred over 1 mm. Places are world mm, whatever the grid. */
#ifndef CS_TESTS_LUNG_NODULES_H
#define CS_TESTS_LUNG_NODULES_H

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "image/volume.h"
#include "lung/chest.h"
#include "lung/sides.h"
#include "support/test.h"

#define assert_near(got, want, by)                                             \
    assert_true(fabs((double)(got) - (double)(want)) <= (by))

#define NODULES_LUNG (-860.0)

typedef struct nodules_ball {
    double c[3], r[3];
    double hu;
} nodules_ball;

typedef struct nodules_rod {
    double a[3], b[3];
    double r, hu;
} nodules_rod;

typedef struct nodules_scene {
    const nodules_ball *balls;
    size_t ball_count;
    const nodules_rod *rods;
    size_t rod_count;
    double wall_x; /* beyond is the chest's wall, where it is not 0 */
    double noise;  /* HU, standard deviation */
} nodules_scene;

typedef struct nodules {
    im_volume scan, lungs;
} nodules;

static inline void nodules_done(nodules *n)
{
    im_volume_done(&n->scan);
    im_volume_done(&n->lungs);
}

/* A cube of `mm` around world 0. */
static inline im_geometry nodules_cube(double mm, double xy, double z)
{
    im_geometry g = im_geometry_plain(
        (size_t)(mm / xy) | 1, (size_t)(mm / xy) | 1, (size_t)(mm / z) | 1);
    const double spacing[] = {xy, xy, z};
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = spacing[a];
        g.origin[a] = -((double)g.size[a] - 1) / 2 * spacing[a];
    }
    return g;
}

/* mm outside an ellipsoid, along the ray from its middle. */
static inline double nodules_outside(const nodules_ball *b, const double p[3])
{
    double q = 0, l = 0;
    for (int a = 0; a < 3; a++) {
        q += chest_sq((p[a] - b->c[a]) / b->r[a]);
        l += chest_sq(p[a] - b->c[a]);
    }
    return q > 0 ? sqrt(l) * (1 - 1 / sqrt(q)) : -b->r[0];
}

static inline double nodules_blend(double under, double hu, double outside)
{
    double cover = fmin(fmax(0.5 - outside, 0), 1);
    return under + cover * (hu - under);
}

static inline double nodules_hu(const nodules_scene *s, const double p[3])
{
    double v = NODULES_LUNG;
    for (size_t i = 0; i < s->rod_count; i++) {
        const nodules_rod *r = &s->rods[i];
        v = nodules_blend(v, r->hu, chest_rod(p, r->a, r->b, r->r));
    }
    for (size_t i = 0; i < s->ball_count; i++)
        v = nodules_blend(v, s->balls[i].hu, nodules_outside(&s->balls[i], p));
    if (s->wall_x != 0)
        v = nodules_blend(v, 40, s->wall_x - p[0]);
    return v;
}

static inline double nodules_noise(cs_rng *rng)
{
    return (double)cs_rng_normal_f32(rng);
}

static inline void nodules_make(nodules *n, const im_geometry *g,
                                const nodules_scene *s)
{
    *n = (nodules){IM_VOLUME_INIT, IM_VOLUME_INIT};
    assert_int_equal(im_volume_init(&n->scan, TN_I16, g, NULL), 0);
    assert_int_equal(im_volume_init(&n->lungs, TN_U8, g, NULL), 0);
    cs_rng rng = cs_rng_stream(5, 0);
    int16_t *hu = tn_data(&n->scan.voxels);
    uint8_t *label = im_u8(&n->lungs);
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                const double grid[] = {(double)x, (double)y, (double)z};
                double p[3];
                im_grid_to_world(g, grid, p);
                double v = nodules_hu(s, p);
                if (s->noise > 0)
                    v += s->noise * nodules_noise(&rng);
                hu[i] = (int16_t)lrint(v);
                label[i] = s->wall_x != 0 && p[0] > s->wall_x ? 0 : LU_LEFT;
            }
}

#endif
