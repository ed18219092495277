#include "image/window.h"

#include <math.h>

#include "support/test.h"

static const im_run run = {.tier = CS_CPU_BASELINE};

#define N 9
static const int16_t hu[N] = {-1024, -1350, -1349, -600, -225,
                              150,   149,   40,    3071};

static void ct(im_volume *v)
{
    const im_geometry g = im_geometry_plain(N, 1, 1);
    assert_int_equal(im_volume_init(v, TN_I16, &g, NULL), 0);
    for (size_t i = 0; i < N; i++)
        ((int16_t *)tn_data(&v->voxels))[i] = hu[i];
}

/* The formulas as the standard writes them, PS3.3 C.11.2.1. */
static double law(const im_window *w, double x)
{
    double c = w->centre, k = w->width;
    if (w->law == IM_WINDOW_DICOM)
        c -= 0.5, k -= 1;
    if (x <= c - k / 2)
        return 0;
    return x > c + k / 2 ? 1 : (x - c) / k + 0.5;
}

static void both_laws_are_the_standards(void **state)
{
    (void)state;
    const im_window windows[] = {{-600, 1500, IM_WINDOW_EXACT},
                                 {-600, 1500, IM_WINDOW_DICOM},
                                 {40, 1, IM_WINDOW_DICOM},
                                 {40, 0.5, IM_WINDOW_EXACT}};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    ct(&v);
    for (size_t k = 0; k < CS_COUNTOF(windows); k++) {
        CS_SCOPED(im_volume) f = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) u = IM_VOLUME_INIT;
        const im_window *w = &windows[k];
        assert_int_equal(im_window_over(&v, w, TN_F32, &run, &f, NULL), 0);
        assert_int_equal(im_window_over(&v, w, TN_U8, &run, &u, NULL), 0);
        for (size_t i = 0; i < N; i++) {
            double want = law(w, hu[i]);
            assert_true(fabs((double)im_f32(&f)[i] - want) < 1e-6);
            assert_true(fabs(im_u8(&u)[i] - 255 * want) < 0.501);
        }
    }
}

static void presets_have_names(void **state)
{
    (void)state;
    im_window w = {0};
    size_t n = 0;
    for (; im_window_preset_name(n); n++)
        assert_true(im_window_preset(im_window_preset_name(n), &w));
    assert_true(n >= 5);
    assert_true(im_window_preset("lung", &w));
    assert_true(w.centre == -600 && w.width == 1500);
    assert_false(im_window_preset("lungs", &w));
}

static void a_width_that_is_none_is_refused(void **state)
{
    (void)state;
    const im_window windows[] = {{40, 0, IM_WINDOW_EXACT},
                                 {40, -5, IM_WINDOW_EXACT},
                                 {(double)NAN, 5, IM_WINDOW_EXACT},
                                 {40, (double)INFINITY, IM_WINDOW_EXACT},
                                 {40, 0.9, IM_WINDOW_DICOM}};
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    ct(&v);
    for (size_t k = 0; k < CS_COUNTOF(windows); k++) {
        CS_SCOPED(im_volume) f = IM_VOLUME_INIT;
        cs_errinfo info = {0};
        assert_int_equal(
            im_window_over(&v, &windows[k], TN_F32, &run, &f, &info),
            CS_E_RANGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_laws_are_the_standards),
        cmocka_unit_test(presets_have_names),
        cmocka_unit_test(a_width_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
