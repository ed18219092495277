#include "report/pages.h"

#include "report/case.h"

static void every_finding_is_in_the_middle_of_its_pictures(void **state)
{
    (void)state;
    made_case m;
    rp_pictures p = {0};
    make_case(&m);
    assert_int_equal(rp_pictures_cut(&m.it, &(im_run){0}, &p, NULL), 0);
    assert_int_equal(p.count, 2);
    for (int axis = 0; axis < RP_AXES; axis++) {
        double xy[2];
        const rp_plane *close = &p.close[1][axis].plane;
        assert_int_equal(close->axis, axis);
        rp_plane_place(close, m.found[1].centre, xy);
        assert_true(xy[0] == (double)close->width / 2);
        assert_true(xy[1] == (double)close->height / 2);
        assert_non_null(p.whole[1][axis].grey);
    }
    assert_true(p.whole[0][RP_AXIAL].plane.centre[2] == m.found[0].centre[2]);
    assert_true(p.whole[0][RP_SAGITTAL].plane.centre[0] ==
                m.found[0].centre[0]);
    rp_pictures_done(&p);
    unmake_case(&m);
}

/* One voxel of lung at the scan's sixth column: the overview is about it. */
static void the_overview_is_about_the_lungs(void **state)
{
    (void)state;
    made_case m;
    rp_pictures p = {0};
    make_case(&m);
    m.diagnosis.findings.len = 0;
    assert_int_equal(rp_pictures_cut(&m.it, &(im_run){0}, &p, NULL), 0);
    assert_int_equal(p.count, 0);
    assert_true(p.overview.plane.centre[0] == -1);
    assert_true(p.overview.plane.centre[1] == -5);
    assert_int_equal(p.overview.plane.axis, RP_CORONAL);
    rp_pictures_done(&p);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_finding_is_in_the_middle_of_its_pictures),
        cmocka_unit_test(the_overview_is_about_the_lungs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
