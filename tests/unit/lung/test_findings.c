#include "lung/findings.h"

#include <math.h>
#include <string.h>

#include "lung/sides.h"
#include "support/test.h"

static im_run here;

static int group_setup(void **state)
{
    (void)state;
    here = (im_run){NULL, cs_cpu_tier_best()};
    return 0;
}

/* Lung with balls of tissue in it. */
typedef struct scene {
    im_volume hu, lungs;
} scene;

static void scene_done(scene *s)
{
    im_volume_done(&s->hu);
    im_volume_done(&s->lungs);
}

static double distance(const double a[3], const double b[3])
{
    double sum = 0;
    for (int i = 0; i < 3; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

static const double balls[][3] = {{20, 20, 20}, {60, 30, 40}, {40, 60, 30}};
static const double diameters[] = {10, 12, 8};

static void scene_make(scene *s)
{
    im_geometry g = im_geometry_plain(80, 80, 50);
    g.spacing[2] = 1.2;
    *s = (scene){IM_VOLUME_INIT, IM_VOLUME_INIT};
    assert_int_equal(im_volume_init(&s->hu, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&s->lungs, TN_U8, &g, NULL), 0);
    int16_t *hu = tn_data(&s->hu.voxels);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        const size_t at[3] = {i % 80, i / 80 % 80, i / 6400};
        double p[3] = {(double)at[0], (double)at[1], (double)at[2]};
        im_grid_to_world(&g, p, p);
        hu[i] = -860;
        im_u8(&s->lungs)[i] = LU_LEFT;
        for (size_t k = 0; k < CS_COUNTOF(balls); k++)
            if (distance(p, balls[k]) < diameters[k] / 2)
                hu[i] = 40;
    }
}

static void add(dt_candidates *c, const double at[3], double dx, double d,
                double score)
{
    dt_candidate m = {.diameter = d, .score = score};
    memcpy(m.centre, at, sizeof(m.centre));
    m.centre[0] += dx;
    assert_int_equal(cs_vec_push(c, m), 0);
}

static void measure(const scene *s, const dt_candidates *c, size_t most,
                    lu_nodules *ret)
{
    const lu_nodules_options o = {.most = most};
    assert_int_equal(
        lu_nodules_measure(&here, &s->hu, &s->lungs, c, &o, ret, NULL), 0);
}

static void candidates_become_numbered_findings_on_the_scans_grid(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(lu_nodules) n = LU_NODULES_INIT;
    dt_candidates c = CS_VEC_INIT;
    scene_make(&s);
    for (size_t i = 0; i < 3; i++)
        add(&c, balls[i], 1, diameters[i] + 1, 0.9 - 0.1 * (double)i);
    measure(&s, &c, 10, &n);
    assert_int_equal(n.findings.len, 3);
    assert_false(n.more);
    size_t counts[4] = {0};
    for (size_t i = 0; i < im_geometry_voxels(&s.hu.geometry); i++) {
        assert_true(im_u8(&n.labels)[i] < 4);
        counts[im_u8(&n.labels)[i]]++;
    }
    for (size_t i = 0; i < 3; i++) {
        const lu_finding *f = &n.findings.items[i];
        assert_int_equal(f->number, i + 1);
        assert_true(f->confidence == c.items[i].score);
        assert_true(f->measure.segmented);
        assert_true(distance(f->centre, balls[i]) < 0.7);
        double ball = pow(diameters[i], 3) * 0.5236;
        assert_true(fabs((double)counts[i + 1] * 1.2 / ball - 1) < 0.25);
    }
    cs_vec_done(&c);
}

static void marks_on_one_nodule_are_one_finding(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(lu_nodules) n = LU_NODULES_INIT;
    dt_candidates c = CS_VEC_INIT;
    scene_make(&s);
    add(&c, balls[1], 1.5, 12, 0.9);
    add(&c, balls[0], 0, 10, 0.8);
    add(&c, balls[1], -2, 11, 0.7);
    measure(&s, &c, 10, &n);
    assert_int_equal(n.findings.len, 2);
    assert_true(n.findings.items[0].confidence == 0.9);
    assert_true(n.findings.items[1].confidence == 0.8);
    assert_int_equal(n.findings.items[1].number, 2);
    cs_vec_done(&c);
}

static void what_lies_outside_the_scan_is_dropped(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(lu_nodules) n = LU_NODULES_INIT;
    dt_candidates c = CS_VEC_INIT;
    scene_make(&s);
    add(&c, balls[0], -30, 10, 0.9);
    add(&c, balls[0], 0, (double)NAN, 0.85);
    add(&c, balls[0], 0, 10, 0.8);
    measure(&s, &c, 10, &n);
    assert_int_equal(n.findings.len, 1);
    assert_true(n.findings.items[0].confidence == 0.8);
    cs_vec_done(&c);
}

static void no_more_than_asked_for_are_given(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(lu_nodules) two = LU_NODULES_INIT;
    CS_SCOPED(lu_nodules) none = LU_NODULES_INIT;
    dt_candidates c = CS_VEC_INIT;
    scene_make(&s);
    measure(&s, &c, 2, &none);
    assert_int_equal(none.findings.len, 0);
    assert_false(none.more);
    for (size_t i = 0; i < 3; i++)
        add(&c, balls[i], 0, diameters[i], 0.9 - 0.1 * (double)i);
    measure(&s, &c, 2, &two);
    assert_int_equal(two.findings.len, 2);
    assert_true(two.more);
    cs_vec_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_become_numbered_findings_on_the_scans_grid),
        cmocka_unit_test(marks_on_one_nodule_are_one_finding),
        cmocka_unit_test(what_lies_outside_the_scan_is_dropped),
        cmocka_unit_test(no_more_than_asked_for_are_given),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
