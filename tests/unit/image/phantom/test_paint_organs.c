#include "image/phantom/canvas.h"

#include "base/mem.h"
#include "support/test.h"

/* A scene takes most of a second to build: one for all tests. */
static ph_scene *scene;

static int build_scene(void **state)
{
    (void)state;
    const size_t size[3] = {72, 64, 40};
    scene = cs_new0(ph_scene);
    assert_non_null(scene);
    assert_int_equal(
        ph_scene_init(scene, &im_phantom_sites[0], 11, 3, size, NULL, NULL), 0);
    return 0;
}

static int drop_scene(void **state)
{
    (void)state;
    ph_scene_done(scene);
    cs_free(scene);
    return 0;
}

static float hu_at(const ph_canvas *c, ph_vec v)
{
    const ph_scan *s = &c->board->scene->scan;
    size_t i = (size_t)((v.x - s->start[0]) / s->spacing[0] + 0.5F);
    size_t j = (size_t)((v.y - s->start[1]) / s->spacing[1] + 0.5F);
    return c->hu[j * c->board->width + i];
}

static void set_up(const ph_scene *s, ph_board *b, ph_canvas *c)
{
    assert_int_equal(ph_board_init(b, s, im_table_of(cs_cpu_tier_best()), NULL),
                     0);
    assert_int_equal(ph_canvas_init(c, b, NULL), 0);
}

static void organs_have_their_densities(void **state)
{
    (void)state;
    const ph_scene *s = scene;
    ph_board b;
    ph_canvas c;
    set_up(s, &b, &c);
    const ph_patient *p = &s->patient;
    ph_vec heart = ph_place(p, (ph_vec){26, -36, -74});
    ph_canvas_layer(&c, heart.z);
    ph_paint_organs(&c);
    assert_true(fabsf(hu_at(&c, heart) - p->heart_hu) < 20 ||
                fabsf(hu_at(&c, heart) - p->blood) < 20);
    ph_vec lung = ph_place(p, (ph_vec){-95, 10, -74});
    assert_true(hu_at(&c, lung) > -1000 && hu_at(&c, lung) < -740);
    assert_true(c.hu[0] == -1000); /* air in the corner */
    ph_vec liver = ph_place(p, (ph_vec){-70, -20, -140});
    ph_canvas_layer(&c, liver.z);
    ph_paint_organs(&c);
    assert_true(fabsf(hu_at(&c, liver) - p->liver_hu) < 20);
    ph_canvas_done(&c);
    ph_board_done(&b);
}

static void back_of_the_lung_is_denser_than_its_front(void **state)
{
    (void)state;
    const ph_scene *s = scene;
    ph_board b;
    ph_canvas c;
    set_up(s, &b, &c);
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
