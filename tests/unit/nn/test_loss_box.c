#include "nn/loss_box.h"

#include "loss_case.h"

#define COUNT 4

struct box_case {
    nn_box_options o;
    const float *pred, *target;
    const golden_loss *iou, *giou;
};

static const struct box_case cases[] = {
    {{.axes = 2, .form = NN_BOX_CORNERS, .eps = 1e-7},
     golden_box2_corners_pred,
     golden_box2_corners_target,
     &golden_box2_corners_iou,
     &golden_box2_corners_giou},
    {{.axes = 2, .form = NN_BOX_CENTRE, .eps = 1e-7},
     golden_box2_centre_pred,
     golden_box2_centre_target,
     &golden_box2_centre_iou,
     &golden_box2_centre_giou},
    {{.axes = 3, .form = NN_BOX_CORNERS, .eps = 1e-7},
     golden_box3_corners_pred,
     golden_box3_corners_target,
     &golden_box3_corners_iou,
     &golden_box3_corners_giou},
    {{.axes = 3, .form = NN_BOX_CENTRE, .eps = 1e-7},
     golden_box3_centre_pred,
     golden_box3_centre_target,
     &golden_box3_centre_iou,
     &golden_box3_centre_giou},
};

/* Runs on boxes behind the interface of the other losses. */
static int run(cs_pool *pool, const loss_case *k, double *ret, float *grad)
{
    return nn_loss_box(pool, k->d.n, k->options, k->pred, k->target, ret, grad,
                       NULL);
}

static void for_each(void (*check)(const loss_case *, const golden_loss *))
{
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        for (int giou = 0; giou < 2; giou++) {
            nn_box_options o = cases[i].o;
            o.measure = giou ? NN_BOX_GIOU : NN_BOX_IOU;
            loss_case k = {{COUNT, 2 * (size_t)o.axes, 1},
                           &o,
                           cases[i].pred,
                           cases[i].target,
                           NULL};
            check(&k, giou ? cases[i].giou : cases[i].iou);
        }
    }
}

static void check_golden(const loss_case *k, const golden_loss *g)
{
    loss_expect_golden(run, k, g);
}

static void check_slope(const loss_case *k, CS_UNUSED const golden_loss *g)
{
    loss_expect_gradient(run, k);
}

static void agrees_with_pytorch(void **state)
{
    (void)state;
    for_each(check_golden);
}

static void gradient_is_the_slope(void **state)
{
    (void)state;
    for_each(check_slope);
}

static void overlap_by_hand(void **state)
{
    (void)state;
    const float a[] = {0, 0, 2, 2};
    const float b[] = {1, 1, 3, 3};
    const float far[] = {4, 0, 6, 2};
    nn_box_options o = {.axes = 2, .measure = NN_BOX_IOU};
    assert_true(nn_box_overlap(&o, a, b) == 1.0 / 7);
    assert_true(nn_box_overlap(&o, a, a) == 1);
    assert_true(nn_box_overlap(&o, a, far) == 0);
    o.measure = NN_BOX_GIOU;
    loss_expect_close(nn_box_overlap(&o, a, b), 1.0 / 7 - 2.0 / 9, 1e-15);
    loss_expect_close(nn_box_overlap(&o, a, far), -4.0 / 12, 1e-15);
    const float none[] = {1, 1, 1, 1};
    assert_true(nn_box_overlap(&o, none, none) == 0);
    const float cube[] = {1, 1, 1, 2, 2, 2};
    const float half[] = {1.5F, 1, 1, 1, 2, 2};
    nn_box_options o3 = {.axes = 3, .form = NN_BOX_CENTRE};
    assert_true(nn_box_overlap(&o3, cube, half) == 0.5);
}

/* Boxes apart: GIoU still pulls, IoU does not. */
static void distant_boxes_are_pulled_together(void **state)
{
    (void)state;
    const float a[] = {0, 0, 1, 1};
    const float b[] = {3, 0, 4, 1};
    double loss = 0;
    float grad[4];
    nn_box_options o = {.axes = 2, .measure = NN_BOX_GIOU, .eps = 1e-7};
    assert_int_equal(nn_loss_box(NULL, 1, &o, a, b, &loss, grad, NULL), 0);
    assert_true(loss > 1 && grad[0] + grad[2] < 0);
    o.measure = NN_BOX_IOU;
    assert_int_equal(nn_loss_box(NULL, 1, &o, a, b, &loss, grad, NULL), 0);
    assert_true(loss == 1 && grad[0] == 0 && grad[2] == 0);
}

static void inverted_predictions_stay_finite(void **state)
{
    (void)state;
    const float pred[] = {1, 1, 0, 0, 1e30F, 0, -1e30F, 1, 2, 2, 2, 2};
    const float target[] = {0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 2};
    double loss = (double)NAN;
    float grad[12];
    nn_box_options o = {.axes = 2, .measure = NN_BOX_GIOU, .eps = 1e-7};
    assert_int_equal(nn_loss_box(NULL, 3, &o, pred, target, &loss, grad, NULL),
                     0);
    assert_true(isfinite(loss));
    for (size_t i = 0; i < CS_COUNTOF(grad); i++)
        assert_true(isfinite(grad[i]));
}

static void a_prediction_of_nan_is_not_hidden(void **state)
{
    (void)state;
    const float pred[] = {(float)NAN, 0, 1, 1};
    const float target[] = {0, 0, 1, 1};
    double loss = 0;
    nn_box_options o = {.axes = 2, .eps = 1e-7};
    assert_int_equal(nn_loss_box(NULL, 1, &o, pred, target, &loss, NULL, NULL),
                     0);
    assert_true(isnan(loss));
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    const float good[] = {0, 0, 1, 1, 0, 0, 1, 1};
    const float bad[] = {0, 0, 1, 1, 0, 0, -1, 1};
    const float nan[] = {0, 0, 1, 1, 0, 0, (float)NAN, 1};
    cs_errinfo info = {0};
    double loss = -7;
    nn_box_options o = {.axes = 2, .eps = 1e-7};
    assert_int_equal(nn_loss_box(NULL, 2, &o, good, bad, &loss, NULL, &info),
                     CS_E_RANGE);
    assert_string_equal(info.message,
                        "target box 1 has no extent that is 0 or more");
    assert_int_equal(nn_loss_box(NULL, 2, &o, good, nan, &loss, NULL, NULL),
                     CS_E_RANGE);
    assert_int_equal(nn_loss_box(NULL, 0, &o, good, good, &loss, NULL, NULL),
                     CS_E_RANGE);
    o.eps = 0;
    assert_int_equal(nn_loss_box(NULL, 2, &o, good, good, &loss, NULL, NULL),
                     CS_E_RANGE);
    o = (nn_box_options){.axes = 4, .eps = 1e-7};
    assert_int_equal(nn_loss_box(NULL, 1, &o, good, good, &loss, NULL, NULL),
                     CS_E_RANGE);
    assert_true(loss == -7);
}

/* Boxes from the common random numbers: centre and extent, all positive. */
static int run_centres(cs_pool *pool, const loss_case *k, double *ret,
                       float *grad)
{
    nn_box_options o = {
        .axes = 3, .form = NN_BOX_CENTRE, .measure = NN_BOX_GIOU, .eps = 1e-7};
    size_t count = k->d.n * k->d.c * k->d.p / 6;
    if (grad)
        memset(grad + count * 6, 0,
               k->d.n * k->d.c * k->d.p % 6 * sizeof(*grad));
    return nn_loss_box(pool, count, &o, k->pred, k->target, ret, grad, NULL);
}

static void same_bits_on_any_number_of_threads(void **state)
{
    (void)state;
    loss_expect_same_bits(run_centres, NULL, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(gradient_is_the_slope),
        cmocka_unit_test(overlap_by_hand),
        cmocka_unit_test(distant_boxes_are_pulled_together),
        cmocka_unit_test(inverted_predictions_stay_finite),
        cmocka_unit_test(a_prediction_of_nan_is_not_hidden),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(same_bits_on_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
