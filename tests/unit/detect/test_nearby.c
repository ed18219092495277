#include "detect/nearby.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "support/test.h"

/* Askew, and of flat voxels. */
static void make_lungs(im_volume *v)
{
    im_geometry g = im_geometry_plain(12, 9, 7);
    const double c = cos(0.4), s = sin(0.4);
    const double direction[9] = {c, -s, 0, s, c, 0, 0, 0, -1};
    memcpy(g.direction, direction, sizeof(direction));
    g.spacing[0] = 0.7;
    g.spacing[1] = 0.9;
    g.spacing[2] = 2.5;
    g.origin[0] = -100;
    assert_int_equal(im_volume_init(v, TN_U8, &g, NULL), 0);
    im_u8(v)[im_at(&g, 6, 4, 3)] = 1;
    im_u8(v)[im_at(&g, 0, 8, 6)] = 4;
}

/* Over all voxels, in the world. */
static bool is_near_plainly(const im_volume *v, const double at[3], double mm)
{
    const size_t *n = v->geometry.size;
    double world[3];
    im_grid_to_world(&v->geometry, at, world);
    for (size_t i = 0; i < im_geometry_voxels(&v->geometry); i++) {
        const size_t y = i / n[0] % n[1];
        const size_t z = i / n[0] / n[1];
        double voxel[3] = {(double)(i % n[0]), (double)y, (double)z};
        bool in = true;
        if (!im_u8(v)[i])
            continue;
        for (int k = 0; k < 3; k++)
            in = in && floor(at[k] + 0.5) == voxel[k];
        im_grid_to_world(&v->geometry, voxel, voxel);
        const double d = hypot(hypot(voxel[0] - world[0], voxel[1] - world[1]),
                               voxel[2] - world[2]);
        if (in || d <= mm)
            return true;
    }
    return false;
}

static void as_a_search_over_all_voxels(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const double reach[] = {0, 0.5, 3, 7};
    cs_rng rng = cs_rng_stream(2, 0);
    size_t near = 0, far = 0;
    make_lungs(&v);
    for (size_t i = 0; i < 4000; i++) {
        double at[3];
        const double mm = reach[i % CS_COUNTOF(reach)];
        for (int k = 0; k < 3; k++)
            at[k] =
                cs_rng_uniform_f64(&rng) * ((double)v.geometry.size[k] + 6) - 3;
        const bool want = is_near_plainly(&v, at, mm);
        assert_int_equal(dt_is_near(&v, at, mm), want);
        near += want;
        far += !want;
    }
    assert_true(near > 300 && far > 300);
}

static void places_that_are_none_are_far(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY,
                          1e300, -1e300};
    make_lungs(&v);
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        const double at[3] = {6, bad[i], 3};
        assert_false(dt_is_near(&v, at, 3));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_a_search_over_all_voxels),
        cmocka_unit_test(places_that_are_none_are_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
