#include "lung/envelope.h"

#include "base/mem.h"
#include "lung/chest.h"
#include "lung/sides.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

/* A block of lung, 100 x 100 x 100 mm in a grid of 2 mm, outer side at
 * x = 120. */
static void make(im_volume *v)
{
    im_geometry g = im_geometry_plain(80, 70, 70);
    g.spacing[0] = g.spacing[1] = g.spacing[2] = 2;
    assert_int_equal(im_volume_init(v, TN_U8, &g, NULL), 0);
    for (size_t z = 10; z < 60; z++)
        for (size_t y = 10; y < 60; y++)
            memset(im_u8(v) + im_at(&g, 10, y, z), LU_RIGHT, 50);
}

typedef double shape(const double p[3]);

static void cut(im_volume *v, shape *d)
{
    const im_geometry *g = &v->geometry;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        double p[3];
        chest_mm(g, i, p);
        if (d(p) < 0)
            im_u8(v)[i] = 0;
    }
}

static size_t count(const im_volume *v, shape *d, uint8_t label, size_t *all)
{
    size_t n = 0;
    *all = 0;
    for (size_t i = 0; i < im_geometry_voxels(&v->geometry); i++) {
        double p[3];
        chest_mm(&v->geometry, i, p);
        if (p[0] < 20 || p[0] >= 120 || d(p) >= 0)
            continue;
        n += im_u8(v)[i] == label;
        ++*all;
    }
    return n;
}

/* The share of a shape that is filled when it is cut out of the block. */
static double filled(shape *d, shape *barred)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v);
    cut(&v, d);
    size_t n = im_geometry_voxels(&v.geometry), all;
    CS_AUTO_MEM uint8_t *bar = cs_calloc(n, 1);
    assert_non_null(bar);
    for (size_t i = 0; barred && i < n; i++) {
        double p[3];
        chest_mm(&v.geometry, i, p);
        bar[i] = barred(p) < 0;
    }
    assert_int_equal(lu_envelope_close(&here, &v, bar, NULL), 0);
    for (size_t i = 0; i < n; i++)
        assert_true(!bar[i] || im_u8(&v)[i] == 0 || barred != d);
    return (double)count(&v, d, LU_RIGHT, &all) / (double)all;
}

/* A vessel of 12 mm that runs in from the outside. */
static double vessel(const double p[3])
{
    return hypot(p[1] - 70, p[2] - 70) - 6;
}

static double inner_ball(const double p[3])
{
    return chest_ball(p, 70, 70, 70, 20);
}

/* Nodules on the outer side: 12 and 30 mm. */
static double small_nodule(const double p[3])
{
    return chest_ball(p, 116, 70, 70, 6);
}

static double large_nodule(const double p[3])
{
    return chest_ball(p, 110, 70, 70, 15);
}

/* The heart: 56 mm wide, from above. */
static double heart(const double p[3])
{
    return chest_ball(p, 126, 70, 70, 36);
}

/* An aorta along the outer side, 30 mm wide. */
static double aorta(const double p[3])
{
    return hypot(p[0] - 114, p[1] - 70) - 15;
}

static void vessels_and_what_is_inside_are_lung(void **state)
{
    (void)state;
    assert_true(filled(vessel, NULL) > 0.93);
    assert_true(filled(inner_ball, NULL) == 1);
}

static void nodules_on_the_pleura_are_lung(void **state)
{
    (void)state;
    /* Where it reaches the surface the ball dips in a little. */
    assert_true(filled(small_nodule, NULL) > 0.7);
    assert_true(filled(large_nodule, NULL) > 0.88);
}

static void heart_and_aorta_are_not(void **state)
{
    (void)state;
    assert_true(filled(heart, NULL) < 0.1);
    assert_true(filled(aorta, NULL) < 0.1);
}

static void what_is_barred_stays_out(void **state)
{
    (void)state;
    assert_true(filled(vessel, vessel) == 0);
    assert_true(filled(inner_ball, inner_ball) == 0);
    assert_true(filled(large_nodule, large_nodule) == 0);
}

/* The left lung lies in a dent of the right one. */
static void the_other_lung_is_not_taken(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v);
    cut(&v, vessel);
    size_t n = im_geometry_voxels(&v.geometry), all;
    for (size_t i = 0; i < n; i++) {
        double p[3];
        chest_mm(&v.geometry, i, p);
        if (vessel(p) < 0 && p[0] < 120 && p[0] >= 20)
            im_u8(&v)[i] = LU_LEFT;
    }
    CS_AUTO_MEM uint8_t *bar = cs_calloc(n, 1);
    assert_non_null(bar);
    assert_int_equal(lu_envelope_close(&here, &v, bar, NULL), 0);
    assert_int_equal(count(&v, vessel, LU_RIGHT, &all), 0);
}

static void nothing_stays_nothing(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(1, 1, 1);
    assert_int_equal(im_volume_init(&v, TN_U8, &g, NULL), 0);
    const uint8_t bar[1] = {0};
    assert_int_equal(lu_envelope_close(&here, &v, bar, NULL), 0);
    assert_int_equal(im_u8(&v)[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vessels_and_what_is_inside_are_lung),
        cmocka_unit_test(nodules_on_the_pleura_are_lung),
        cmocka_unit_test(heart_and_aorta_are_not),
        cmocka_unit_test(what_is_barred_stays_out),
        cmocka_unit_test(the_other_lung_is_not_taken),
        cmocka_unit_test(nothing_stays_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
