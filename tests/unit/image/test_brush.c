#include "image/morphology.h"

#include "mask_case.h"

static size_t reach(const im_brush *e, size_t dy, size_t dz)
{
    return e->reach[dz * (e->radius[1] + 1) + dy];
}

/* How many voxels the element has. */
static size_t volume(const im_brush *e)
{
    size_t n = 0;
    for (size_t dz = 0; dz <= e->radius[2]; dz++)
        for (size_t dy = 0; dy <= e->radius[1]; dy++)
            if (reach(e, dy, dz))
                n += (2 * reach(e, dy, dz) - 1) * (dy ? 2 : 1) * (dz ? 2 : 1);
    return n;
}

/* Counted in ITK 5.2's BinaryBallStructuringElement. */
static void balls_have_as_many_voxels_as_those_of_itk(void **state)
{
    (void)state;
    static const struct {
        size_t radius[3], voxels;
    } cases[] = {
        {{0, 0, 0}, 1},    {{1, 1, 1}, 19},      {{2, 2, 2}, 81},
        {{3, 3, 3}, 179},  {{4, 4, 4}, 389},     {{5, 5, 5}, 739},
        {{7, 7, 7}, 1791}, {{10, 10, 10}, 4945}, {{3, 2, 1}, 61},
        {{5, 5, 3}, 463},  {{1, 0, 4}, 23},      {{0, 3, 3}, 37},
        {{6, 2, 9}, 647},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
        assert_int_equal(im_brush_ball(&e, cases[i].radius, NULL), 0);
        assert_int_equal(volume(&e), cases[i].voxels);
    }
}

static void boxes_have_all_voxels(void **state)
{
    (void)state;
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    assert_int_equal(im_brush_box(&e, (size_t[]){3, 0, 2}, NULL), 0);
    assert_int_equal(volume(&e), 7 * 1 * 5);
}

static bool within(double mm, const double s[3], size_t x, size_t y, size_t z)
{
    double dx = (double)x * s[0], dy = (double)y * s[1], dz = (double)z * s[2];
    return dx * dx + dy * dy + dz * dz <= mm * mm * (1 + 1e-8);
}

static void balls_in_mm_follow_the_spacing(void **state)
{
    (void)state;
    static const double spacing[] = {0.7, 0.7, 1.25},
                        mms[] = {0, 0.69, 0.7, 2.1, 3.5, 8};
    for (size_t i = 0; i < CS_COUNTOF(mms); i++) {
        CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
        assert_int_equal(im_brush_ball_mm(&e, mms[i], spacing, NULL), 0);
        for (size_t z = 0; z < 20; z++)
            for (size_t y = 0; y < 20; y++)
                for (size_t x = 0; x < 20; x++) {
                    bool in = y <= e.radius[1] && z <= e.radius[2] &&
                              x < reach(&e, y, z);
                    assert_int_equal(in, within(mms[i], spacing, x, y, z));
                }
    }
}

static void radii_that_are_none_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    const double spacing[] = {1, 1, 0.001};
    cs_errinfo info = {0};
    assert_int_equal(im_brush_ball(&e, (size_t[]){1, 257, 1}, &info),
                     CS_E_LIMIT);
    assert_string_equal(info.message,
                        "a radius of 257 voxels is too large, at most 256");
    assert_int_equal(im_brush_ball_mm(&e, 5, spacing, &info), CS_E_LIMIT);
    assert_int_equal(im_brush_ball_mm(&e, -1, spacing, &info), CS_E_RANGE);
    assert_string_equal(info.message, "-1 mm is no radius");
    assert_null(e.reach);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balls_have_as_many_voxels_as_those_of_itk),
        cmocka_unit_test(boxes_have_all_voxels),
        cmocka_unit_test(balls_in_mm_follow_the_spacing),
        cmocka_unit_test(radii_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
