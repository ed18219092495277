#include "lung/diagnose.h"

#include "base/mem.h"
#include "detect/scan.h"
#include "lung/chest.h"
#include "lung/models.h"

static im_run here;

static int group_setup(void **state)
{
    (void)state;
    here = (im_run){NULL, cs_cpu_tier_best()};
    return 0;
}

/* Two bright balls in the left lung, one in the right, so bright that nothing
 * else in the chest is seen. */
static const double balls[][4] = {
    {70, 40, 40, 14}, {90, -30, 50, 9}, {-80, 35, 30, 11}};

static void add_balls(chest *t)
{
    const im_geometry *g = &t->hu.geometry;
    int16_t *hu = tn_data(&t->hu.voxels);
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        double p[3];
        chest_mm(g, i, p);
        for (int a = 0; a < 3; a++)
            p[a] += g->origin[a];
        for (size_t k = 0; k < CS_COUNTOF(balls); k++) {
            const double *b = balls[k];
            if (chest_ball(p, b[0], b[1], b[2], b[3] / 2) < 0)
                hu[i] = 1000;
        }
    }
}

typedef struct scene {
    chest t;
    md_set models;
} scene;

static void scene_done(scene *s)
{
    chest_done(&s->t);
    md_set_done(&s->models);
}

static void scene_make(scene *s)
{
    im_geometry g = chest_geometry(2.5, 3);
    *s = (scene){.models = {.has_check = false}};
    chest_make(&s->t, &g, 10);
    add_balls(&s->t);
    models_make(&s->models.detect, MD_DETECT, 12, -6);
}

static void add_models(md_set *s)
{
    models_make(&s->check, MD_CHECK, 30, -2);
    models_make(&s->malignancy, MD_MALIGNANCY, 4, -1);
    s->malignancy.card.calibration = (md_calibration){2, -0.5};
    s->has_check = s->has_malignancy = true;
}

static const lu_finding *nearest(const lu_diagnosis *d, const double *ball)
{
    size_t best = 0;
    double least = 1e9;
    for (size_t i = 0; i < d->findings.len; i++) {
        const double *at = d->findings.items[i].centre;
        double mm = chest_ball(at, ball[0], ball[1], ball[2], 0);
        best = mm < least ? i : best;
        least = fmin(mm, least);
    }
    assert_true(least < 3);
    return &d->findings.items[best];
}

static bool warned(const lu_diagnosis *d, const char *code)
{
    for (size_t i = 0; i < d->warnings.len; i++)
        if (strcmp(d->warnings.items[i].code, code) == 0)
            return true;
    return false;
}

/* What the malignancy network says of a nodule, through its calibration. */
static void malignancy_is_calibrated(const scene *s, const lu_finding *f)
{
    const md_model *m = &s->models.malignancy;
    double centre[1][3], logit;
    memcpy(centre[0], f->centre, sizeof(centre[0]));
    assert_int_equal(dt_classify(&m->card.recipe, m->params, &here, &s->t.hu,
                                 (const double(*)[3])centre, 1, &logit, NULL),
                     0);
    double want = 1 / (1 + exp(-(2 * logit - 0.5)));
    assert_true(f->has_malignancy && fabs(f->malignancy - want) < 1e-6);
}

static void nodules_are_found_measured_and_judged(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(lu_diagnosis) d = {.reliable = false};
    const lu_options o = {.sensitivity = 0.5};
    scene_make(&s);
    add_models(&s.models);
    assert_int_equal(lu_diagnose(&s.models, &here, &s.t.hu, &o, &d, NULL), 0);
    assert_int_equal(d.findings.len, 3);
    assert_true(d.reliable && d.has_malignancy);
    for (size_t i = 0; i < 3; i++) {
        const lu_finding *f = nearest(&d, balls[i]);
        assert_true(fabs(f->measure.mean_mm - balls[i][3]) < 2);
        assert_int_equal(f->measure.left, balls[i][0] > 0);
        assert_true(f->confidence >= d.threshold);
        malignancy_is_calibrated(&s, f);
        assert_string_equal(f->lung_rads, lu_lung_rads(f));
        assert_string_equal(f->fleischner, lu_fleischner(f, true, false));
        size_t at =
            chest_at(&s.t.hu.geometry, balls[i][0], balls[i][1], balls[i][2]);
        assert_int_equal(im_u8(&d.nodules)[at], f->number);
    }
    for (size_t i = 1; i < 3; i++)
        assert_true(d.findings.items[i - 1].confidence >=
                    d.findings.items[i].confidence);
    assert_int_equal(d.risk, LU_RISK_HIGH); /* more than 8 mm */
    assert_true(d.advice.len >= 4 && d.candidates == d.marks.len);
    assert_true(d.seconds_all > 0);
}

static void detect_only_gives_marks_and_nothing_else(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(lu_diagnosis) d = {.reliable = false};
    const lu_options o = {.sensitivity = 0.5, .detect_only = true};
    scene_make(&s);
    assert_int_equal(lu_diagnose(&s.models, &here, &s.t.hu, &o, &d, NULL), 0);
    assert_true(d.marks.len >= 3);
    assert_int_equal(d.findings.len, 0);
    assert_null(d.nodules.voxels.buffer);
    assert_true(warned(&d, "no-check") && !warned(&d, "no-malignancy"));
}

static void less_sensitivity_finds_less(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(lu_diagnosis) d = {.reliable = false};
    const lu_options o = {.sensitivity = 0};
    scene_make(&s);
    s.models.detect.card.threshold = 0.999;
    assert_int_equal(lu_diagnose(&s.models, &here, &s.t.hu, &o, &d, NULL), 0);
    assert_int_equal(d.findings.len, 0);
    assert_true(d.candidates >= 3);
    assert_int_equal(d.risk, LU_RISK_LOW);
    assert_string_equal(d.lung_rads, "1");
    assert_true(warned(&d, "sensitivity"));
}

/* Without its middle the chest must not look normal, nodules or not. */
static void a_severe_fault_is_not_a_normal_result(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(im_volume) part = IM_VOLUME_INIT;
    CS_SCOPED(lu_diagnosis) d = {.reliable = true};
    const lu_options o = {.sensitivity = 0};
    scene_make(&s);
    s.models.detect.card.threshold = 0.999;
    im_geometry g = s.t.hu.geometry;
    size_t plane = g.size[0] * g.size[1];
    g.size[2] = 33;
    assert_int_equal(im_volume_init(&part, TN_I16, &g, NULL), 0);
    memcpy(tn_data(&part.voxels), im_i16(&s.t.hu) + 33 * plane,
           33 * plane * sizeof(int16_t));
    assert_int_equal(lu_diagnose(&s.models, &here, &part, &o, &d, NULL), 0);
    assert_false(d.reliable);
    assert_string_equal(d.lung_rads, "0");
    assert_non_null(strstr(d.advice.items[0].text, "severe faults"));
    assert_true(warned(&d, "cut-lung-head"));
}

typedef struct steps {
    lu_stage last;
    unsigned calls, seen;
} steps;

static void count(void *ctx, lu_stage stage, size_t done, size_t of)
{
    steps *s = ctx;
    assert_true(done <= of && stage >= s->last);
    s->last = stage;
    s->seen |= 1U << stage;
    s->calls++;
}

static void stages_are_told_in_order_and_types_do_not_matter(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    CS_SCOPED(im_volume) floats = IM_VOLUME_INIT;
    CS_SCOPED(lu_diagnosis) d = {.reliable = false};
    steps seen = {0};
    const lu_options o = {
        .sensitivity = 0.5, .fast = true, .progress = count, .ctx = &seen};
    scene_make(&s);
    assert_int_equal(im_volume_convert(&s.t.hu, TN_F32, &floats, NULL), 0);
    assert_int_equal(lu_diagnose(&s.models, &here, &floats, &o, &d, NULL), 0);
    assert_true(d.findings.len >= 2); /* at 3 mm */
    assert_int_equal(seen.seen, (1U << LU_STAGE_MALIGNANCY) - 1);
    assert_true(warned(&d, "fast"));
}

static void what_is_no_chest_fails_and_leaves_nothing(void **state)
{
    (void)state;
    md_set models = {.has_check = false};
    models_make(&models.detect, MD_DETECT, 12, -6);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(60, 60, 60);
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    const lu_options o = {.sensitivity = 0.5};
    lu_diagnosis d = {.reliable = false};
    assert_int_equal(lu_diagnose(&models, &here, &v, &o, &d, NULL),
                     CS_E_FORMAT);
    assert_null(d.lungs.labels.voxels.buffer);
    assert_null(d.warnings.items);
    md_set_done(&models);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodules_are_found_measured_and_judged),
        cmocka_unit_test(detect_only_gives_marks_and_nothing_else),
        cmocka_unit_test(less_sensitivity_finds_less),
        cmocka_unit_test(a_severe_fault_is_not_a_normal_result),
        cmocka_unit_test(stages_are_told_in_order_and_types_do_not_matter),
        cmocka_unit_test(what_is_no_chest_fails_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
