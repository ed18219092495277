/* Onto oblique grids. */
#include "image/resample_check.h"

static im_geometry around(size_t x, size_t y, size_t z)
{
    im_geometry g = plain_oblique(x, y, z);
    g.origin[0] = -4;
    g.origin[1] = 6;
    g.origin[2] = -2;
    return g;
}

static void the_plain_result_on_an_oblique_grid(void **state)
{
    (void)state;
    const im_geometry to = around(31, 29, 17);
    const size_t sizes[][3] = {
        {19, 20, 25}, {2, 30, 3}, {1, 30, 30}, {3, 3, 40}};
    for (size_t i = 0; i < CS_COUNTOF(sizes); i++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        const im_geometry from =
            im_geometry_plain(sizes[i][0], sizes[i][1], sizes[i][2]);
        plain_noise(&v, TN_I16, &from);
        for (im_interpolation by = IM_NEAREST; by <= IM_CUBIC; by++) {
            check_resample(&v, &to, &(im_resampling){by, -77, TN_F32}, 0.005);
            check_resample(&v, &to, &(im_resampling){by, -77, TN_I16}, 0.505);
        }
    }
}

static void every_element_type_is_read_and_written(void **state)
{
    (void)state;
    const im_geometry from = im_geometry_plain(15, 14, 16);
    const im_geometry to = around(20, 18, 9);
    for (tn_dtype d = 0; d < TN_DTYPES; d++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        plain_noise(&v, d, &from);
        for (im_interpolation by = IM_NEAREST; by <= IM_CUBIC; by++) {
            check_resample(&v, &to, &(im_resampling){by, 7, TN_F32}, 0.005);
            if (by == IM_NEAREST && d != TN_BOOL)
                check_resample(&v, &to, &(im_resampling){by, 7, d}, 5e-4);
        }
    }
}

/* A blob's centre of mass, in world coordinates. */
static void centre_of(const im_volume *v, double ret[3])
{
    const im_geometry *g = &v->geometry;
    double mass = 0, sum[3] = {0};
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++) {
                double w = plain_value(v, im_at(g, x, y, z)), world[3];
                im_grid_to_world(g, (double[]){(double)x, (double)y, (double)z},
                                 world);
                mass += w;
                for (int k = 0; k < 3; k++)
                    sum[k] += w * world[k];
            }
    for (int k = 0; k < 3; k++)
        ret[k] = sum[k] / mass;
}

static void put_blob(im_volume *v, const double centre[3])
{
    const im_geometry *g = &v->geometry;
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++) {
                double world[3], d2 = 0;
                im_grid_to_world(g, (double[]){(double)x, (double)y, (double)z},
                                 world);
                for (int k = 0; k < 3; k++)
                    d2 += (world[k] - centre[k]) * (world[k] - centre[k]);
                im_f32(v)[im_at(g, x, y, z)] = (float)(1000 * exp(-d2 / 8));
            }
}

static void a_blob_keeps_its_place_in_the_world(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry from = plain_oblique(50, 45, 30);
    double middle[3], want[3];
    im_grid_to_world(&from, (double[]){24.3, 22.6, 14.8}, middle);
    assert_int_equal(im_volume_init(&v, TN_F32, &from, NULL), 0);
    put_blob(&v, middle);
    centre_of(&v, want);
    im_geometry to = im_geometry_plain(40, 40, 40);
    for (int k = 0; k < 3; k++)
        to.origin[k] = middle[k] - 20.3 * 0.9, to.spacing[k] = 0.9;
    to.direction[0] = -1;
    to.origin[0] = middle[0] + 20.3 * 0.9;
    for (im_interpolation by = IM_LINEAR; by <= IM_CUBIC; by++) {
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        const im_run run = {.tier = cs_cpu_tier_best()};
        const im_resampling how = {by, 0, TN_F32};
        double centre[3];
        assert_int_equal(im_resample(&v, &to, &how, &run, &got, NULL), 0);
        centre_of(&got, centre);
        for (int k = 0; k < 3; k++)
            assert_true(fabs(centre[k] - want[k]) < 0.02);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_result_on_an_oblique_grid),
        cmocka_unit_test(every_element_type_is_read_and_written),
        cmocka_unit_test(a_blob_keeps_its_place_in_the_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
