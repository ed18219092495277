#include "image/phantom/canvas.h"

#include "image/phantom/scene_case.h"

static void bones_are_bright_and_airways_dark(void **state)
{
    (void)state;
    ph_scene *s = scene_case(5);
    ph_board b;
    ph_canvas c;
    scene_case_canvas(s, &b, &c);
    const ph_patient *p = &s->patient;
    ph_vec trachea = ph_place(p, (ph_vec){1, 12, 70});
    ph_canvas_layer(&c, trachea.z);
    ph_paint_organs(&c);
    ph_paint_shapes(&c);
    assert_true(scene_case_hu(&c, trachea) < -900);
    /* marrow is mottled: the mean of places across the vertebra */
    float marrow = 0;
    for (int k = -2; k <= 2; k++) {
        float x = 4 * (float)k;
        marrow += scene_case_hu(
                      &c, ph_place(p, (ph_vec){x, ph_spine_at(74.2F), 74.2F})) /
                  5;
    }
    assert_true(marrow > 80 && marrow < 500);
    float most = -2000;
    for (size_t k = 0; k < b.width * b.height; k++)
        most = c.hu[k] > most ? c.hu[k] : most;
    assert_true(most > 300 && most < 1500);
    ph_canvas_done(&c);
    ph_board_done(&b);
    scene_case_free(s);
}

/* Each nodule that is not calcified is brighter than the lung was there, and
 * not beyond soft tissue. */
static void nodules_show(void **state)
{
    (void)state;
    size_t seen = 0;
    /* The first patients that have one large enough. */
    for (uint64_t i = 0; i < 24 && seen < 2; i++) {
        ph_scene *s = scene_case(i);
        ph_board b;
        ph_canvas c;
        scene_case_canvas(s, &b, &c);
        for (size_t k = 0; k < s->nodule_count; k++) {
            const ph_nodule *n = &s->nodules[k];
            if (n->radius < 5)
                continue;
            ph_canvas_layer(&c, n->c.z);
            ph_paint_organs(&c);
            float before = scene_case_hu(&c, n->c);
            ph_paint_shapes(&c);
            float after = scene_case_hu(&c, n->c);
            assert_true(after > before + 60);
            if (n->type == IM_PHANTOM_SOLID)
                assert_true(after > -150 && after < 160);
            seen++;
        }
        ph_canvas_done(&c);
        ph_board_done(&b);
        scene_case_free(s);
    }
    assert_true(seen > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bones_are_bright_and_airways_dark),
        cmocka_unit_test(nodules_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
