/* A case made up for tests: two findings on a small scan. */
#ifndef CS_TESTS_REPORT_CASE_H
#define CS_TESTS_REPORT_CASE_H

#include "report/report.h"
#include "support/test.h"

typedef struct made_case {
    lu_finding found[2];
    lu_advice advice[2];
    lu_warning warnings[2];
    lu_diagnosis diagnosis;
    im_volume scan;
    md_set models;
    rp_case it;
} made_case;

static inline lu_finding made_finding(unsigned number, double x)
{
    lu_finding f = {.number = number,
                    .centre = {x, -2.5, 3.25},
                    .confidence = 0.875,
                    .has_malignancy = number == 1,
                    .malignancy = 0.75,
                    .lung_rads = "4A",
                    .fleischner = "consider CT at 3 months"};
    f.measure = (lu_measure){.segmented = true,
                             .long_mm = 10,
                             .short_mm = 8,
                             .mean_mm = 9,
                             .extent_mm = {10, 8, 9},
                             .volume_mm3 = 380.5,
                             .mean_hu = -20,
                             .density = LU_PART_SOLID,
                             .sphericity = 0.9,
                             .spiculated = true,
                             .left = true,
                             .zone = LU_ZONE_LOWER,
                             .pleura_mm = 4};
    return f;
}

static inline void make_case(made_case *m)
{
    *m = (made_case){
        .found = {made_finding(1, 12.5), made_finding(2, -40)},
        .advice = {{"see a doctor", 0}, {"look at nodule %u", 2}},
        .warnings = {{"thick", "slices of %.1f mm", {5, 0}, 1, false},
                     {"cut", "a lung is cut", {0, 0}, 0, true}}};
    lu_diagnosis *d = &m->diagnosis;
    d->findings.items = m->found;
    d->findings.len = 2;
    d->advice.items = m->advice;
    d->advice.len = 2;
    d->warnings.items = m->warnings;
    d->warnings.len = 2;
    d->risk = LU_RISK_HIGH;
    d->lung_rads = "4A";
    d->threshold = 0.5;
    d->candidates = 17;
    d->seconds_all = 12.5;
    im_geometry g = {.size = {12, 10, 8},
                     .spacing = {1, 1, 2},
                     .origin = {-6, -5, 0},
                     .direction = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
    assert_int_equal(im_volume_init(&m->scan, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&d->nodules, TN_U8, &g, NULL), 0);
    assert_int_equal(im_volume_init(&d->lungs.labels, TN_U8, &g, NULL), 0);
    im_u8(&d->nodules)[5] = 2;
    im_u8(&d->lungs.labels)[5] = LU_LEFT;
    m->models.detect.card.name = "made-up";
    m->models.detect.card.weights = "00ff";
    m->models.detect.card.data.source = MD_SOURCE_PHANTOMS;
    m->it = (rp_case){.diagnosis = d,
                      .scan = &m->scan,
                      .uid = "1.2.3",
                      .study_id = "study",
                      .models = &m->models,
                      .version = "consilium 0",
                      .created = "2026-01-02T03:04:05Z"};
}

static inline void unmake_case(made_case *m)
{
    im_volume_done(&m->scan);
    im_volume_done(&m->diagnosis.nodules);
    im_volume_done(&m->diagnosis.lungs.labels);
}

#endif
