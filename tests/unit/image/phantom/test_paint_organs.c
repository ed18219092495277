#include "image/phantom/canvas.h"

#include "image/phantom/scene_case.h"

/* A scene takes most of a second to build: one for all tests. */
static ph_scene *scene;

static int build_scene(void **state)
{
    (void)state;
    scene = scene_case(3);
    return 0;
}

static int drop_scene(void **state)
{
    (void)state;
    scene_case_free(scene);
    return 0;
}

static void organs_have_their_densities(void **state)
{
    (void)state;
    const ph_scene *s = scene;
    ph_board b;
    ph_canvas c;
    scene_case_canvas(s, &b, &c);
    const ph_patient *p = &s->patient;
    ph_vec heart = ph_place(p, (ph_vec){26, -36, -74});
    ph_canvas_layer(&c, heart.z);
    ph_paint_organs(&c);
    assert_true(fabsf(scene_case_hu(&c, heart) - p->heart_hu) < 20 ||
                fabsf(scene_case_hu(&c, heart) - p->blood) < 20);
    ph_vec lung = ph_place(p, (ph_vec){-95, 10, -74});
    assert_true(scene_case_hu(&c, lung) > -1000 &&
                scene_case_hu(&c, lung) < -740);
    assert_true(c.hu[0] == -1000); /* air in the corner */
    ph_vec liver = ph_place(p, (ph_vec){-70, -20, -140});
    ph_canvas_layer(&c, liver.z);
    ph_paint_organs(&c);
    assert_true(fabsf(scene_case_hu(&c, liver) - p->liver_hu) < 20);
    ph_canvas_done(&c);
    ph_board_done(&b);
}

static void back_of_the_lung_is_denser_than_its_front(void **state)
{
    (void)state;
    const ph_scene *s = scene;
    ph_board b;
    ph_canvas c;
    scene_case_canvas(s, &b, &c);
    double sum[2] = {0, 0};
    size_t n[2] = {0, 0};
    for (float z = -60; z < 40; z += 10) {
        ph_canvas_layer(&c, z);
        ph_paint_organs(&c);
        for (size_t k = 0; k < b.width * b.height; k++) {
            ph_vec v = {ph_canvas_x(&b, k % 72), ph_canvas_y(&b, k / 72), z};
            if (ph_lung_distance(&s->organs, v) > -9)
                continue;
            sum[v.y > 10] += (double)c.hu[k];
            n[v.y > 10]++;
        }
    }
    assert_true(n[0] > 50 && n[1] > 50);
    assert_true(sum[1] / (double)n[1] > sum[0] / (double)n[0] + 4);
    ph_canvas_done(&c);
    ph_board_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(organs_have_their_densities),
        cmocka_unit_test(back_of_the_lung_is_denser_than_its_front),
    };
    return cmocka_run_group_tests(tests, build_scene, drop_scene);
}
