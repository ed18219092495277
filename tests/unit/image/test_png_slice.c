#include "image/png_slice.h"

#include "image/png.h"
#include "support/volume.h"

/* A volume whose grid axes are the world's in this order and with these signs,
 * 4 voxels of 1 mm each way around the origin, black but for one voxel at the
 * patient's left, front and top. */
static void marked(im_volume *v, const unsigned order[3], const int sign[3])
{
    im_geometry g = im_geometry_plain(4, 4, 4);
    memset(g.direction, 0, sizeof(g.direction));
    for (unsigned c = 0; c < 3; c++) {
        g.direction[3 * order[c] + c] = sign[c];
        g.origin[order[c]] = -1.5 * sign[c];
    }
    const double place[3] = {1.5, -1.5, 1.5}; /* L, A, S */
    double grid[3];
    im_world_to_grid(&g, place, grid);
    assert_int_equal(im_volume_init(v, TN_I16, &g, NULL), 0);
    size_t at = im_at(&g, (size_t)lround(grid[0]), (size_t)lround(grid[1]),
                      (size_t)lround(grid[2]));
    ((int16_t *)tn_data(&v->voxels))[at] = 100;
}

/* The one white pixel of a 4 x 4 picture that is black otherwise. */
static void white_at(const im_volume *v, im_plane plane, size_t x, size_t y)
{
    const double place[3] = {1.5, -1.5, 1.5};
    double grid[3];
    CS_SCOPED(im_picture) p = IM_PICTURE_INIT;
    im_world_to_grid(&v->geometry, place, grid);
    unsigned axis = im_plane_axis(&v->geometry, plane);
    assert_int_equal(im_slice_render(v, plane, (size_t)lround(grid[axis]), 50,
                                     100, &p, NULL),
                     0);
    assert_true(p.width == 4 && p.height == 4);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(p.pixels[i], i == y * 4 + x ? 255 : 0);
}

/* Left is on the right side, front and top above. */
static void each_orientation_is_shown_alike(void **state)
{
    (void)state;
    static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                          {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t o = 0; o < 6; o++)
        for (unsigned signs = 0; signs < 8; signs++) {
            const int sign[3] = {signs & 1 ? -1 : 1, signs & 2 ? -1 : 1,
                                 signs & 4 ? -1 : 1};
            CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
            marked(&v, orders[o], sign);
            white_at(&v, IM_AXIAL, 3, 0);
            white_at(&v, IM_CORONAL, 3, 0);
            white_at(&v, IM_SAGITTAL, 0, 0);
        }
}

static void pixels_are_square(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(6, 4, 3);
    g.spacing[0] = 0.5;
    g.spacing[1] = 0.5;
    g.spacing[2] = 2;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&v, TN_F32, &g, NULL), 0);
    for (size_t i = 0; i < 72; i++) {
        size_t slice = i / 24;
        im_f32(&v)[i] = (float)slice * 100; /* a ramp from foot to head */
    }
    CS_SCOPED(im_picture) axial = IM_PICTURE_INIT;
    CS_SCOPED(im_picture) coronal = IM_PICTURE_INIT;
    CS_SCOPED(im_picture) sagittal = IM_PICTURE_INIT;
    assert_int_equal(im_slice_render(&v, IM_AXIAL, 1, 100, 200, &axial, NULL),
                     0);
    assert_true(axial.width == 6 && axial.height == 4);
    assert_int_equal(axial.pixels[0], 128);
    assert_int_equal(
        im_slice_render(&v, IM_CORONAL, 3, 100, 200, &coronal, NULL), 0);
    assert_true(coronal.width == 6 && coronal.height == 12);
    /* head above; pixel centres at 0.25 mm, 0.75 mm ... of 6 mm */
    for (size_t y = 0; y < 12; y++) {
        double slice = 2 - ((double)y + 0.5) * 3 / 12 + 0.5;
        slice = slice > 2 ? 2 : slice < 0 ? 0 : slice;
        assert_int_equal(coronal.pixels[y * 6],
                         (int)(slice * 100 / 200 * 255 + 0.5));
    }
    assert_int_equal(
        im_slice_render(&v, IM_SAGITTAL, 5, 100, 200, &sagittal, NULL), 0);
    assert_true(sagittal.width == 4 && sagittal.height == 12);
}

static void windows_clamp_and_nan_is_black(void **state)
{
    (void)state;
    const im_geometry g = im_geometry_plain(5, 1, 1);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_picture) p = IM_PICTURE_INIT;
    assert_int_equal(im_volume_init(&v, TN_F32, &g, NULL), 0);
    const float x[5] = {-2000, -1350, -600, NAN, 3000};
    const uint8_t y[5] = {0, 0, 128, 0, 255};
    memcpy(im_f32(&v), x, sizeof(x));
    assert_int_equal(im_slice_render(&v, IM_AXIAL, 0, -600, 1500, &p, NULL), 0);
    assert_memory_equal(p.pixels, y, 5);
}

static void slices_that_are_none_are_refused(void **state)
{
    const im_geometry g = im_geometry_plain(5, 4, 3);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_picture p = IM_PICTURE_INIT;
    cs_errinfo info = {0};
    assert_int_equal(im_volume_init(&v, TN_U8, &g, NULL), 0);
    assert_int_equal(im_slice_render(&v, IM_AXIAL, 3, 1, 2, &p, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message,
                        "there is no slice 3; this axis has 0 to 2");
    assert_int_equal(im_slice_render(&v, IM_AXIAL, 0, 1, 0, &p, NULL),
                     CS_E_RANGE);
    const char *path = tmp_path(*state, "s.png");
    assert_int_equal(im_write_png_slice(path, &v, IM_SAGITTAL, 5, 1, 2, NULL),
                     CS_E_RANGE);
    assert_int_equal(im_write_png_slice(path, &v, IM_SAGITTAL, 4, 1, 2, NULL),
                     0);
    v.geometry.spacing[1] = 1e-7;
    assert_int_equal(im_slice_render(&v, IM_AXIAL, 0, 1, 2, &p, NULL),
                     CS_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_orientation_is_shown_alike),
        cmocka_unit_test(pixels_are_square),
        cmocka_unit_test(windows_clamp_and_nan_is_black),
        cmocka_unit_test(slices_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
