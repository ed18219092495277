#include "image/phantom/canvas.h"

#include "image/phantom/scene_case.h"

/* A scene takes most of a second to build: one for all tests. */
static ph_scene *scene;

static int build_scene(void **state)
{
    (void)state;
    scene = scene_case(0);
    return 0;
}

static int drop_scene(void **state)
{
    (void)state;
    scene_case_free(scene);
    return 0;
}

static void rows_are_the_fields(void **state)
{
    (void)state;
    const ph_scene *s = scene;
    ph_board b;
    ph_canvas c;
    scene_case_canvas(s, &b, &c);
    ph_canvas_layer(&c, -31.7F);
    float row[72];
    for (size_t j = 0; j < 64; j += 7)
        for (int k = 0; k < PH_ORGANS; k++) {
            float y = ph_canvas_y(&b, j);
            assert_true(ph_canvas_row(&c, (ph_organ)k, y, 3, 70, 1e9F, row));
            for (size_t i = 3; i < 70; i++) {
                ph_vec v = {ph_canvas_x(&b, i), y, -31.7F};
                float want = ph_field_at(&s->organs.fields[k], v);
                assert_true(fabsf(row[i] - want) < 2e-3F);
            }
        }
    assert_false(ph_canvas_row(&c, PH_HEART, -150, 0, 72, 1, row));
    ph_canvas_done(&c);
    ph_board_done(&b);
}

static void a_box_holds_the_circle_and_no_more(void **state)
{
    (void)state;
    const ph_scene *s = scene;
    ph_board b;
    ph_canvas c;
    scene_case_canvas(s, &b, &c);
    size_t box[4];
    assert_true(ph_canvas_box(&b, 10, -20, 17, 9, box));
    for (size_t i = 0; i < 72; i++)
        assert_int_equal(fabsf(ph_canvas_x(&b, i) - 10) <= 17,
                         i >= box[0] && i < box[1]);
    for (size_t j = 0; j < 64; j++)
        assert_int_equal(fabsf(ph_canvas_y(&b, j) + 20) <= 9,
                         j >= box[2] && j < box[3]);
    assert_false(ph_canvas_box(&b, 1000, 0, 20, 20, box));
    assert_false(ph_canvas_box(&b, -1000, 0, 20, 20, box));
    assert_true(ph_canvas_box(&b, 0, 0, 5000, 5000, box));
    assert_true(box[0] == 0 && box[1] == 72 && box[2] == 0 && box[3] == 64);
    ph_canvas_done(&c);
    ph_board_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_the_fields),
        cmocka_unit_test(a_box_holds_the_circle_and_no_more),
    };
    return cmocka_run_group_tests(tests, build_scene, drop_scene);
}
