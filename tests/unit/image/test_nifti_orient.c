#include "image/nifti.h"

#include "support/volume.h"

static im_nifti_place place_of(const im_geometry *g)
{
    im_nifti_place p;
    im_nifti_place_of(g, &p);
    return p;
}

static im_geometry sized(const im_geometry *like)
{
    im_geometry g = im_geometry_plain(1, 1, 1);
    memcpy(g.size, like->size, sizeof(g.size));
    return g;
}

/* By hand: RAS of a point under each form. */
static void both_forms_say_what_the_geometry_says(void **state)
{
    (void)state;
    const im_geometry g = vt_oblique();
    const im_nifti_place p = place_of(&g);
    const double grid[3] = {2, -1, 5};
    double world[3], ras[3];
    im_grid_to_world(&g, grid, world);
    for (int i = 0; i < 3; i++)
        ras[i] = p.rows[4 * i] * grid[0] + p.rows[4 * i + 1] * grid[1] +
                 p.rows[4 * i + 2] * grid[2] + p.rows[4 * i + 3];
    assert_true(fabs(ras[0] + world[0]) < 1e-12 &&
                fabs(ras[1] + world[1]) < 1e-12 &&
                fabs(ras[2] - world[2]) < 1e-12);
}

/* Half turns about each axis, small angles, mirrored: each way round. */
static void every_rotation_survives_each_form(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    const double angles[] = {0, 1e-9, 0.001, 0.5, pi / 2, 2, pi - 1e-7, pi};
    for (size_t i = 0; i < CS_COUNTOF(angles); i++)
        for (int axis = 0; axis < 3; axis++)
            for (int mirror = 0; mirror < 2; mirror++) {
                im_geometry g = vt_oblique(), got;
                const double c = cos(angles[i]), s = sin(angles[i]);
                int a = (axis + 1) % 3, b = (axis + 2) % 3;
                memset(g.direction, 0, sizeof(g.direction));
                g.direction[4 * axis] = 1;
                g.direction[4 * a] = g.direction[4 * b] = c;
                g.direction[3 * a + b] = -s;
                g.direction[3 * b + a] = s;
                for (int r = 0; mirror && r < 3; r++)
                    g.direction[3 * r + 1] *= -1;
                im_nifti_place p = place_of(&g);
                bool placed = false;
                p.qform = 0;
                got = sized(&g);
                assert_int_equal(im_nifti_orient(&p, "a", &got, &placed, NULL),
                                 0);
                vt_same_place(&g, &got, 1e-11);
                p.qform = 1;
                p.sform = 0;
                got = sized(&g);
                assert_int_equal(im_nifti_orient(&p, "a", &got, &placed, NULL),
                                 0);
                vt_same_place(&g, &got, 1e-5); /* half turns are floats */
                assert_true(placed);
            }
}

/* Coronal slices: a half turn about an axis between two of the world's. What
 * floats leave of 1 must be nothing, not a small angle. */
static void a_half_turn_kept_as_floats_stays_one(void **state)
{
    (void)state;
    im_geometry g = vt_oblique();
    const double coronal[9] = {1, 0, 0, 0, 0, 1, 0, -1, 0};
    memcpy(g.direction, coronal, sizeof(coronal));
    im_nifti_place p = place_of(&g);
    double sum = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_true(p.quatern[i] == (double)(float)p.quatern[i]);
        sum += p.quatern[i] * p.quatern[i];
    }
    assert_true(sum >= 1 && sum < 1 + 3e-7);
    p.sform = 0;
    im_geometry got = sized(&g);
    bool placed;
    assert_int_equal(im_nifti_orient(&p, "a", &got, &placed, NULL), 0);
    vt_same_place(&g, &got, 1e-5);
}

/* Which form counts, as ITK 5.2 has it; nibabel takes sform wherever its code
 * is not 0. */
static void the_order_of_the_forms_is_itks(void **state)
{
    (void)state;
    const im_geometry g = vt_oblique();
    for (int qform = 0; qform < 4; qform++)
        for (int sform = 0; sform < 4; sform++) {
            im_nifti_place p = place_of(&g);
            im_geometry got = sized(&g);
            bool placed = true;
            p.qform = qform;
            p.sform = sform;
            p.offset[2] = 7;
            p.rows[11] = 8;
            assert_int_equal(im_nifti_orient(&p, "a", &got, &placed, NULL), 0);
            double z = 7;
            if (sform == 1 || (sform > 0 && qform == 0))
                z = 8;
            if (sform == 0 && qform == 0)
                z = 0;
            assert_true(got.origin[2] == z);
            assert_int_equal(placed, sform > 0 || qform > 0);
        }
}

static void units_scale_spacing_and_place(void **state)
{
    (void)state;
    const im_geometry g = vt_oblique();
    im_nifti_place p = place_of(&g);
    im_geometry got = sized(&g);
    bool placed;
    p.unit = 0.001;
    assert_int_equal(im_nifti_orient(&p, "a", &got, &placed, NULL), 0);
    assert_true(fabs(got.spacing[2] - 0.0025) < 1e-15);
    assert_true(fabs(got.origin[2] + 1.4345) < 1e-12);
}

static void refuse(im_nifti_place p, const char *says)
{
    const im_geometry like = vt_oblique();
    im_geometry g = sized(&like);
    bool placed;
    cs_errinfo info = {0};
    assert_int_equal(im_nifti_orient(&p, "a.nii", &g, &placed, &info),
                     CS_E_FORMAT);
    if (!strstr(info.message, says))
        fail_msg("'%s', expected '%s'", info.message, says);
}

static void forms_that_are_none_are_refused(void **state)
{
    (void)state;
    const im_geometry g = vt_oblique();
    const im_nifti_place good = place_of(&g);
    im_nifti_place p = good;
    p.rows[1] += 0.3;
    refuse(p, "sform has voxels of");
    p = good; /* sheared, all lengths kept */
    for (size_t i = 0; i < 3; i++)
        p.rows[4 * i + 1] = p.rows[4 * i] * 0.8125 / 0.7;
    refuse(p, "a.nii: sform's axes are not at right angles");
    p = good;
    p.rows[7] = (double)NAN;
    refuse(p, "srow holds a number that is not finite");
    p = good;
    p.pixdim[2] = 0;
    refuse(p, "pixdim[2] = 0 is no spacing");
    p.pixdim[2] = -1;
    refuse(p, "pixdim[2] = -1 is no spacing");
    p.pixdim[2] = (double)NAN;
    refuse(p, "is no spacing");
    p = good;
    p.sform = 0;
    p.quatern[0] = (double)INFINITY;
    refuse(p, "quatern holds");
    p.quatern[0] = 2;
    refuse(p, "quatern_b, c, d are of length");
    p = good;
    p.sform = 0;
    p.offset[1] = (double)NAN;
    refuse(p, "qoffset holds");
}

static void an_axis_of_one_voxel_may_lack_its_spacing(void **state)
{
    (void)state;
    im_geometry like = vt_oblique();
    like.size[2] = 1;
    im_nifti_place p = place_of(&like);
    p.pixdim[3] = 0;
    p.sform = 0;
    im_geometry g = sized(&like);
    bool placed;
    assert_int_equal(im_nifti_orient(&p, "a", &g, &placed, NULL), 0);
    assert_true(g.spacing[2] == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_say_what_the_geometry_says),
        cmocka_unit_test(every_rotation_survives_each_form),
        cmocka_unit_test(a_half_turn_kept_as_floats_stays_one),
        cmocka_unit_test(the_order_of_the_forms_is_itks),
        cmocka_unit_test(units_scale_spacing_and_place),
        cmocka_unit_test(forms_that_are_none_are_refused),
        cmocka_unit_test(an_axis_of_one_voxel_may_lack_its_spacing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
