#include "eval/detection_plot.h"

#include "support/picture.h"
#include "support/study.h"

static void run(void **state, size_t samples, ev_study *s, ev_detection *d)
{
    study_by_chance(*state, 4, 30, s);
    const ev_detection_spec spec = {ev_rule_luna16(), {samples, 8, 0.95}};
    assert_int_equal(ev_detection_run(s, &spec, NULL, d, NULL), 0);
}

static void the_curve_and_its_band_are_where_they_belong(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_detection) d = EV_DETECTION_INIT;
    ev_files f = EV_FILES_INIT;
    run(state, 100, &s, &d);
    assert_int_equal(ev_detection_plots(&d, CS_LANG_ZH, &f, NULL), 0);
    assert_int_equal(f.items.len, 4);
    cairo_surface_t *p = png_read(&file_named(&f, "froc.png")->content);
    /* The field is 76 from the left and 28 from the right, 54 from the top and
     * 92 from the bottom of 760 x 560. */
    size_t seen = 0;
    for (size_t k = 12; k < EV_BAND_STEPS; k += 10) { /* between the dots */
        const ev_interval *v = &d.bootstrap.band[k];
        double x = 76 + 656 * (double)k / EV_BAND_STEPS;
        double low = 54 + (1 - v->low) * 414;
        double high = 54 + (1 - v->high) * 414;
        double at = 54 + (1 - ev_froc_at(&d.froc, d.bootstrap.rate[k])) * 414;
        assert_true(is_blue(png_at(p, x, at)));
        assert_true(is_blue(png_at(p, x, (low + high) / 2)));
        assert_false(is_blue(png_at(p, x, high - 12)));
        assert_true(low > 440 || !is_blue(png_at(p, x, low + 12)));
        seen += low - high > 10;
    }
    assert_true(seen > 5);
    cairo_surface_destroy(p);
    ev_files_done(&f);
}

static void the_same_result_has_the_same_pictures(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_detection) d = EV_DETECTION_INIT;
    ev_files a = EV_FILES_INIT;
    ev_files b = EV_FILES_INIT;
    run(state, 0, &s, &d);
    assert_int_equal(ev_detection_plots(&d, CS_LANG_EN, &a, NULL), 0);
    assert_int_equal(ev_detection_plots(&d, CS_LANG_EN, &b, NULL), 0);
    for (size_t i = 0; i < a.items.len; i++)
        assert_true(cs_str_eq(cs_strbuf_str(&a.items.items[i].content),
                              cs_strbuf_str(&b.items.items[i].content)));
    ev_files_done(&a);
    ev_files_done(&b);
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_curve_and_its_band_are_where_they_belong),
        T(the_same_result_has_the_same_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
