#include "train/canvas.h"

#include "train/scene.h"

static const im_run alone = {.pool = NULL};

typedef struct setting {
    tr_source source;
    tr_plan plan;
    tr_dataset *data;
    tr_canvas *canvas;
} setting;

static void begin(setting *s)
{
    s->data = scene_open(&s->plan, NULL);
    assert_int_equal(tr_canvas_new(&s->plan, s->data, &s->canvas, NULL), 0);
}

static void end(setting *s)
{
    tr_canvas_free(s->canvas);
    tr_dataset_free(s->data);
}

static void paint(setting *s, const tr_choice *choice)
{
    cs_errinfo info = {0};
    if (tr_canvas_paint(s->canvas, &s->plan, s->data, choice, &alone, &info) <
        0)
        fail_msg("%s", info.message);
}

static float normalised(const tr_plan *p, double hu)
{
    double v = (hu - p->recipe.input.low) /
               (p->recipe.input.high - p->recipe.input.low);
    return (float)fmin(fmax(v, 0), 1);
}

/* The prepared scan's own voxels, and air beyond it. */
static void a_patch_is_a_piece_of_the_prepared_scan(void **state)
{
    setting s;
    scene_make(*state, 1, true);
    s.plan = scene_plan(&s.source, *state);
    begin(&s);
    tr_choice choice = {.kind = TR_KIND_BACKGROUND};
    scene_centre(0, 0, choice.centre);
    choice.centre[0] -= 30; /* reaches over the edge */
    paint(&s, &choice);
    tr_prepared t = TR_PREPARED_INIT;
    assert_int_equal(tr_dataset_prepared(s.data, 0, &t, NULL), 0);
    const im_geometry *g = &t.scan.image.geometry;
    const im_geometry *patch = &s.canvas->image.geometry;
    const size_t *size = s.plan.recipe.input.patch;
    size_t beyond = 0;
    for (size_t i = 0; i < size[0] * size[1] * size[2]; i++) {
        double x[3];
        scene_place(size, i, x);
        double at[3];
        im_grid_to_world(patch, x, at);
        im_world_to_grid(g, at, at);
        bool inside = true;
        for (int a = 0; a < 3; a++)
            inside &= at[a] > -0.5 && at[a] < (double)g->size[a] - 0.5;
        beyond += !inside;
        double hu = -1024;
        if (inside)
            hu = im_i16(&t.scan.image)[im_at(g, (size_t)lround(at[0]),
                                             (size_t)lround(at[1]),
                                             (size_t)lround(at[2]))];
        scene_near((double)s.canvas->sample.image[i],
                   (double)normalised(&s.plan, hu), 1e-6);
    }
    assert_true(beyond > 0);
    tr_prepared_done(&t);
    end(&s);
}

static size_t count(const setting *s, uint8_t value)
{
    const size_t *size = s->plan.recipe.input.patch;
    size_t n = 0;
    for (size_t i = 0; i < size[0] * size[1] * size[2]; i++)
        n += s->canvas->sample.truth.mask[i] == value;
    return n;
}

static void excluded_nodules_are_not_to_be_learned(void **state)
{
    setting s;
    scene_make(*state, 1, true);
    s.plan = scene_plan(&s.source, *state);
    s.plan.data.query.diameter_min = scene_diameter(0, 0) + 0.5;
    begin(&s);
    tr_choice choice = {.kind = TR_KIND_NODULE};
    scene_centre(0, 0, choice.centre);
    paint(&s, &choice);
    assert_true(count(&s, 255) > 30);
    size_t excluded = 0;
    for (size_t i = 0; i < s.canvas->sample.truth.count; i++)
        excluded += s.canvas->sample.truth.nodules[i].excluded;
    assert_int_equal(excluded, 1);
    scene_centre(0, 1, choice.centre);
    paint(&s, &choice);
    assert_true(count(&s, 1) > 30);
    end(&s);
}

/* By the reference's own arithmetic, voxel by voxel; the scan is smaller than
 * the patch along one axis and larger along the others. */
static void the_middle_is_the_reference_s(void **state)
{
    setting s;
    scene_make(*state, 1, false);
    s.plan = scene_plan(&s.source, *state);
    s.plan.sampling.crop = TR_CROP_CENTRE;
    s.plan.recipe.input.spacing = 0;
    const size_t size[3] = {28, 24, 32};
    memcpy(s.plan.recipe.input.patch, size, sizeof(size));
    begin(&s);
    paint(&s, &(tr_choice){.kind = TR_KIND_MIDDLE});
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    assert_int_equal(im_read(tmp_path(*state, "scan0.mhd"), &scan, NULL), 0);
    const im_geometry *g = &scan.geometry; /* 40 x 36 x 25 */
    const ptrdiff_t begin_at[3] = {6, 6, -3};
    for (size_t i = 0; i < size[0] * size[1] * size[2]; i++) {
        const ptrdiff_t x = (ptrdiff_t)(i % 28) + begin_at[0];
        const ptrdiff_t y = (ptrdiff_t)(i / 28 % 24) + begin_at[1];
        const ptrdiff_t z = (ptrdiff_t)(i / 28 / 24) + begin_at[2];
        const bool inside = z >= 0 && z < 25;
        float wanted = 0;
        if (inside)
            wanted = normalised(
                &s.plan,
                im_i16(&scan)[im_at(g, (size_t)x, (size_t)y, (size_t)z)]);
        scene_near((double)s.canvas->sample.image[i], (double)wanted, 1e-6);
        uint8_t label = 0;
        for (size_t k = 0; k < SCENE_NODULES; k++) {
            double c[3];
            scene_centre(0, k, c);
            const int r = (int)(scene_diameter(0, k) / (2 * 1.0));
            const int vx = (int)((c[0] - g->origin[0]) / g->spacing[0]);
            const int vy = (int)((c[1] - g->origin[1]) / g->spacing[1]);
            const int vz = (int)((c[2] - g->origin[2]) / g->spacing[2]);
            label |= (x - vx) * (x - vx) + (y - vy) * (y - vy) +
                         (z - vz) * (z - vz) <=
                     r * r;
        }
        assert_int_equal(s.canvas->sample.truth.mask[i], label);
    }
    assert_true(count(&s, 1) > 50);
    end(&s);
}

static void heads_without_voxels_have_no_mask(void **state)
{
    setting s;
    scene_make(*state, 1, true);
    s.plan = scene_plan(&s.source, *state);
    s.plan.recipe.head.kind = MD_HEAD_CENTRES;
    begin(&s);
    tr_choice choice = {.kind = TR_KIND_NODULE};
    scene_centre(0, 1, choice.centre);
    paint(&s, &choice);
    assert_null(s.canvas->sample.truth.mask);
    assert_int_equal(s.canvas->sample.truth.count, 2);
    scene_near(s.canvas->sample.truth.nodules[1].diameter,
               scene_diameter(0, 1) / 1.5, 1e-9);
    end(&s);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(a_patch_is_a_piece_of_the_prepared_scan),
        T(excluded_nodules_are_not_to_be_learned),
        T(the_middle_is_the_reference_s),
        T(heads_without_voxels_have_no_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
