/* A chest of simple shapes, of which it is known what each voxel is: body with
 * skin, ribs and backbone, heart, two lungs with vessels in them and a nodule
 * on the pleura, windpipe and main bronchi with walls, gas in the stomach, a
 * table with a foam pad. All places are in mm, in the patient's axes, 0 in the
 * middle of the chest. */
#ifndef CS_TESTS_LUNG_CHEST_H
#define CS_TESTS_LUNG_CHEST_H

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "image/volume.h"
#include "support/test.h"

enum {
    CHEST_OTHER,
    CHEST_LEFT = 3,
    CHEST_RIGHT = 4,
    CHEST_AIRWAY = 5,
    CHEST_WALL, /* of an airway; its place is nobody's fault */
};

typedef struct chest {
    im_volume hu;    /* TN_I16 */
    im_volume truth; /* TN_U8: of the above */
} chest;

static inline void chest_done(chest *c)
{
    im_volume_done(&c->hu);
    im_volume_done(&c->truth);
}

/* 350 x 260 x 280 mm at this spacing, the origin set so that world (0, 0, 0)
 * is the middle. */
static inline im_geometry chest_geometry(double xy, double z)
{
    im_geometry g = im_geometry_plain((size_t)(350 / xy), (size_t)(260 / xy),
                                      (size_t)(280 / z));
    const double mm[] = {xy, xy, z};
    for (int a = 0; a < 3; a++) {
        g.spacing[a] = mm[a];
        g.origin[a] = -((double)g.size[a] - 1) / 2 * mm[a];
    }
    return g;
}

static inline double chest_sq(double v)
{
    return v * v;
}

static inline double chest_ball(const double p[3], double x, double y, double z,
                                double r)
{
    return sqrt(chest_sq(p[0] - x) + chest_sq(p[1] - y) + chest_sq(p[2] - z)) -
           r;
}

/* mm outside a rod from a to b. */
static inline double chest_rod(const double p[3], const double a[3],
                               const double b[3], double r)
{
    double along = 0, length = 0, d = 0;
    for (int i = 0; i < 3; i++) {
        along += (p[i] - a[i]) * (b[i] - a[i]);
        length += chest_sq(b[i] - a[i]);
    }
    double t = along / length;
    t = t < 0 ? 0 : t;
    t = t > 1 ? 1 : t;
    for (int i = 0; i < 3; i++)
        d += chest_sq(p[i] - a[i] - t * (b[i] - a[i]));
    return sqrt(d) - r;
}

/* mm outside windpipe and main bronchi. */
static inline double chest_airway(const double p[3])
{
    static const double top[] = {0, 15, 400}, fork[] = {0, 15, 25};
    static const double left[] = {36, 15, 0}, right[] = {-34, 15, 2};
    double d = chest_rod(p, top, fork, 9);
    d = fmin(d, chest_rod(p, fork, left, 6));
    return fmin(d, chest_rod(p, fork, right, 7));
}

/* Ellipsoids, cut off by the diaphragm's dome and dented by the heart. */
static inline bool chest_in_lung(const double p[3], int side)
{
    double cx = side * 78;
    double across = chest_sq((p[0] - cx) / 60) + chest_sq(p[1] / 82);
    if (across + chest_sq((p[2] - 5) / 112) > 1)
        return false;
    double dome = -95 + 45 * (1 - across);
    return p[2] > dome && chest_ball(p, 25, -30, -40, 56) > 0;
}

/* On the right lung's outer side, half way up; 18 mm across. */
#define CHEST_NODULE_X (-129.0)
#define CHEST_NODULE_R 9.0

static inline bool chest_vessel(const double p[3])
{
    double x = remainder(p[0], 19), y = remainder(p[1] + 5, 17);
    static const double heart[] = {20, 5, -12}, left[] = {62, 25, -14};
    static const double out[] = {-56, 25, -16};
    return x * x + y * y < 4 || chest_rod(p, heart, left, 5) < 0 ||
           chest_rod(p, heart, out, 5) < 0;
}

static inline int chest_lung_hu(const double p[3])
{
    if (chest_ball(p, CHEST_NODULE_X, 0, 20, CHEST_NODULE_R) < 0)
        return 40;
    return chest_vessel(p) ? 45 : -860;
}

static inline int chest_body_hu(const double p[3], double rho)
{
    if (chest_ball(p, 60, -20, -115, 24) < 0)
        return -1000; /* gas in the stomach */
    if (hypot(p[0], p[1] - 84) < 17)
        return 330; /* backbone */
    double shell = hypot(p[0] / 145, p[1] / 92);
    double rib = remainder(p[2] + 0.4 * p[1], 27);
    if (shell > 0.97 && shell < 1.02 && fabs(rib) < 5)
        return 350;
    return rho > 0.93 ? -100 : 45;
}

static inline int chest_outside_hu(const double p[3])
{
    if (p[1] > 114 && p[1] < 124 && fabs(p[0]) < 150)
        return -930; /* pad */
    return p[1] >= 124 && p[1] < 128 && fabs(p[0]) < 160 ? 100 : -1000;
}

static inline int chest_voxel(const double p[3], uint8_t *what)
{
    double rho = hypot(p[0] / 168, p[1] / 110);
    *what = CHEST_OTHER;
    if (rho > 1)
        return chest_outside_hu(p);
    double airway = chest_airway(p);
    if (airway < 2) {
        *what = airway < 0 ? CHEST_AIRWAY : CHEST_WALL;
        return airway < 0 ? -1000 : 30;
    }
    for (int side = -1; side <= 1; side += 2)
        if (chest_in_lung(p, side)) {
            *what = side > 0 ? CHEST_LEFT : CHEST_RIGHT;
            return chest_lung_hu(p);
        }
    return chest_body_hu(p, rho);
}

/* Evenly spread noise of up to `noise` HU either way. */
static inline void chest_make(chest *c, const im_geometry *g, int noise)
{
    *c = (chest){IM_VOLUME_INIT, IM_VOLUME_INIT};
    assert_int_equal(im_volume_init(&c->hu, TN_I16, g, NULL), 0);
    assert_int_equal(im_volume_init(&c->truth, TN_U8, g, NULL), 0);
    cs_rng rng = cs_rng_stream(11, 0);
    int16_t *hu = tn_data(&c->hu.voxels);
    uint8_t *what = im_u8(&c->truth);
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                const double grid[] = {(double)x, (double)y, (double)z};
                double p[3];
                im_grid_to_world(g, grid, p);
                hu[i] = (int16_t)chest_voxel(p, &what[i]);
                if (noise)
                    hu[i] = (int16_t)(hu[i] - noise +
                                      (int)(cs_rng_u32(&rng) %
                                            (2 * (unsigned)noise + 1)));
            }
}

/* Twice what both have, over what each has; walls are not looked at. */
static inline double chest_dice(const im_volume *found, const chest *c,
                                uint8_t label)
{
    size_t n = im_geometry_voxels(&found->geometry), both = 0, all = 0;
    const uint8_t *f = im_u8(found), *t = im_u8(&c->truth);
    for (size_t i = 0; i < n; i++) {
        if (t[i] == CHEST_WALL)
            continue;
        both += f[i] == label && t[i] == label;
        all += (size_t)(f[i] == label) + (size_t)(t[i] == label);
    }
    return all ? 2 * (double)both / (double)all : 1;
}

/* mm from voxel 0 to voxel i, along the grid's axes. */
static inline void chest_mm(const im_geometry *g, size_t i, double ret[3])
{
    for (int a = 0; a < 3; a++) {
        size_t at = i % g->size[a];
        ret[a] = (double)at * g->spacing[a];
        i /= g->size[a];
    }
}

/* The voxel at a place. */
static inline size_t chest_at(const im_geometry *g, double x, double y,
                              double z)
{
    const double world[] = {x, y, z};
    double p[3];
    im_world_to_grid(g, world, p);
    size_t at[3];
    for (int a = 0; a < 3; a++) {
        assert_true(p[a] > -0.5 && p[a] < (double)g->size[a] - 0.5);
        at[a] = (size_t)(p[a] + 0.5);
    }
    return im_at(g, at[0], at[1], at[2]);
}

/* A grid with its axes in another order and sense over the same place. */
static inline im_geometry
chest_turned(const im_geometry *g, const unsigned order[3], const bool flip[3])
{
    im_geometry t = *g;
    double corner[3];
    memset(t.direction, 0, sizeof(t.direction));
    for (unsigned a = 0; a < 3; a++) {
        t.size[a] = g->size[order[a]];
        t.spacing[a] = g->spacing[order[a]];
        t.direction[3 * order[a] + a] = flip[a] ? -1 : 1;
        corner[order[a]] = flip[a] ? (double)(t.size[a] - 1) : 0;
    }
    im_grid_to_world(g, corner, t.origin);
    return t;
}

#endif
