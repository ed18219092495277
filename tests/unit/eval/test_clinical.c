#include "eval/clinical.h"

#include <math.h>

#include "support/study.h"

static const ev_clinical_spec spec = {
    .radius = 5, .threshold = 0.5, .malignant = 0.5, .bootstrap = {0, 1, 0.95}};

#define HEAD "study_id,x,y,z,diameter,malignant\n"
#define MARK "study_id,x,y,z,confidence,malignancy_score\n"

static void scans_without_detections_count(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    assert_int_equal(study_read(*state, "a\nb\nc\nd\n", HEAD "a,0,0,0,4,\n",
                                NULL,
                                MARK "a,0,0,4.9,.9,\na,0,0,5,.9,\na,9,9,9,.6,\n"
                                     "b,0,0,0,.5,\nb,0,0,0,.49,\nb,1,1,1,.7,\n",
                                &s, NULL),
                     0);
    assert_int_equal(ev_clinical_run(&s, &spec, NULL, &c, NULL), 0);
    assert_true(c.fp.n == 4 && c.fp.mean == 1 && c.fp.median == 1);
    assert_true(c.fp.max == 2 && fabs(c.fp.sd - sqrt(4.0 / 3)) < 1e-12);
    assert_true(c.sensitivity.hits == 1 && c.sensitivity.n == 1);
    assert_true(c.ppv.hits == 1 && c.ppv.n == 5);
    assert_false(c.has_malignancy);
}

/* A nodule below 3 mm is in the denominator and, when found, in the
 * numerator. */
static void every_nodule_counts_once_in_all_and_in_its_group(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    study_by_chance(*state, 12, 40, &s);
    assert_int_equal(ev_clinical_run(&s, &spec, NULL, &c, NULL), 0);
    size_t hits = 0;
    size_t n = 0;
    for (size_t g = 0; g < EV_SIZE_GROUPS; g++) {
        hits += c.by_size[g].hits;
        n += c.by_size[g].n;
    }
    assert_true(c.by_size[0].n > 0);
    assert_true(hits == c.sensitivity.hits && n == c.sensitivity.n);
    size_t found = 0;
    for (size_t i = 0; i < s.nodules.len; i++) {
        const ev_nodule *v = &s.nodules.items[i];
        bool hit = false;
        for (size_t k = 0; k < s.marks.len; k++) {
            const ev_mark *m = &s.marks.items[k];
            hit = hit || (m->scan == v->scan && m->probability >= 0.5 &&
                          ev_distance2(m->at, v->at) < 25);
        }
        found += hit && !v->excluded;
    }
    assert_int_equal(c.sensitivity.hits, found);
}

static void the_nearest_detection_judges(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    assert_int_equal(
        study_read(*state, "a\nb\n",
                   HEAD "a,0,0,0,4,1\na,50,0,0,4,0\na,90,0,0,8,1\n"
                        "b,0,0,0,4,1\nb,50,0,0,4,0\nb,90,0,0,4,\n",
                   NULL,
                   MARK "a,3,0,0,.99,.1\na,1,0,0,.6,.8\na,0,0,0,.3,.1\n"
                        "a,50,0,0,.9,.6\nb,0,0,0,.9,.5\nb,51,0,0,.9,.2\n",
                   &s, NULL),
        0);
    assert_int_equal(ev_clinical_run(&s, &spec, NULL, &c, NULL), 0);
    const ev_malignancy *m = &c.malignancy;
    assert_true(c.has_malignancy && m->known == 5 && m->judged == 4);
    const ev_confusion *n = &m->classes.counts;
    assert_true(n->tp == 1 && n->fn == 1 && n->fp == 1 && n->tn == 1);
    assert_true(m->caught.hits == 1 && m->caught.n == 3);
    /* malignant .8 and .5 against benign .6 and .2 */
    assert_true(m->classes.roc.auc == 0.75);
}

static void a_class_in_words_outweighs_the_score(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    assert_int_equal(study_read(*state, "a\n",
                                HEAD "a,0,0,0,4,1\na,50,0,0,4,0\n", NULL,
                                "scan,x,y,z,score,malignancy_class\n"
                                "a,0,0,0,.9,malignant\na,50,0,0,.9,benign\n",
                                &s, NULL),
                     0);
    assert_int_equal(ev_clinical_run(&s, &spec, NULL, &c, NULL), 0);
    const ev_classes *v = &c.malignancy.classes;
    assert_true(v->counts.tp == 1 && v->counts.tn == 1 && !v->has_scores);
}

static void the_curve_knows_no_threshold(void **state)
{
    CS_SCOPED(ev_study) s = EV_STUDY_INIT;
    CS_SCOPED(ev_clinical) c = EV_CLINICAL_INIT;
    study_by_chance(*state, 12, 40, &s);
    assert_int_equal(ev_clinical_run(&s, &spec, NULL, &c, NULL), 0);
    assert_int_equal(c.detection.match.counts.marks, s.marks.len);
    assert_true(c.match.counts.marks < s.marks.len);
    assert_true(c.detection.spec.rule.radius == 5);
}

#define T(test) cmocka_unit_test_setup_teardown(test, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(scans_without_detections_count),
        T(every_nodule_counts_once_in_all_and_in_its_group),
        T(the_nearest_detection_judges),
        T(a_class_in_words_outweighs_the_score),
        T(the_curve_knows_no_threshold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
