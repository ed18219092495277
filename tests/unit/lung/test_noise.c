#include "lung/noise.h"

#include <math.h>

#include "base/random.h"
#include "support/test.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

/* Muscle with noise of this deviation; beside it, if asked for, a wall to bone
 * that rises through every patch of half the volume. */
static void make(im_volume *v, const im_geometry *g, double sd, bool edges)
{
    assert_int_equal(im_volume_init(v, TN_I16, g, NULL), 0);
    cs_rng rng = cs_rng_stream(5, 1);
    int16_t *hu = tn_data(&v->voxels);
    size_t n = im_geometry_voxels(g);
    for (size_t i = 0; i < n; i++) {
        double sum = -6;
        for (int k = 0; k < 12; k++)
            sum += (double)cs_rng_u32(&rng) / 4294967296.0;
        size_t x = i % g->size[0];
        bool wall = edges && x < g->size[0] / 2 && x % 7 == 0;
        hu[i] = (int16_t)lround((wall ? 300 : 50) + sd * sum);
    }
}

static void the_deviation_of_even_tissue_is_found(void **state)
{
    (void)state;
    static const double sds[] = {3, 20, 90};
    im_geometry g = im_geometry_plain(90, 80, 23);
    g.spacing[0] = g.spacing[1] = 0.8;
    for (size_t i = 0; i < CS_COUNTOF(sds); i++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        double hu = 0;
        make(&v, &g, sds[i], false);
        assert_int_equal(lu_noise_find(&here, &v, 2, &hu, NULL), 0);
        assert_true(fabs(hu - sds[i]) < 0.06 * sds[i] + 0.6);
    }
}

static void edges_do_not_count(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(100, 60, 20);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    double hu = 0;
    make(&v, &g, 15, true);
    assert_int_equal(lu_noise_find(&here, &v, 2, &hu, NULL), 0);
    assert_true(fabs(hu - 15) < 2);
}

static void slices_lie_across_any_axis(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(60, 47, 53);
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    const im_run more = {pool, CS_CPU_BASELINE};
    for (unsigned axis = 0; axis < 3; axis++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        double one = 0, two = 0;
        make(&v, &g, 30, false);
        assert_int_equal(lu_noise_find(&here, &v, axis, &one, NULL), 0);
        assert_int_equal(lu_noise_find(&more, &v, axis, &two, NULL), 0);
        assert_true(fabs(one - 30) < 2.5);
        assert_true(one == two);
    }
}

static void without_soft_tissue_nothing_is_said(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(40, 40, 5);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    double hu = 7;
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    int16_t *air = tn_data(&v.voxels);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        air[i] = -1000;
    assert_int_equal(lu_noise_find(&here, &v, 2, &hu, NULL), 0);
    assert_true(hu == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_deviation_of_even_tissue_is_found),
        cmocka_unit_test(edges_do_not_count),
        cmocka_unit_test(slices_lie_across_any_axis),
        cmocka_unit_test(without_soft_tissue_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
