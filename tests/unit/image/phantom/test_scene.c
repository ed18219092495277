#include "image/phantom/scene.h"

#include "base/mem.h"
#include "support/test.h"

/* A scene takes most of a second to build, so all tests look at the same: one
 * of each site. */
#define SITES 5
static ph_scene *scenes[SITES];
static const size_t size[3] = {512, 512, 40};

static int build_scenes(void **state)
{
    (void)state;
    assert_int_equal(im_phantom_site_count, SITES);
    for (size_t i = 0; i < SITES; i++) {
        scenes[i] = cs_new0(ph_scene);
        assert_non_null(scenes[i]);
        assert_int_equal(ph_scene_init(scenes[i], &im_phantom_sites[i], 11, i,
                                       size, NULL, NULL),
                         0);
    }
    return 0;
}

static int drop_scenes(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITES; i++) {
        ph_scene_done(scenes[i]);
        cs_free(scenes[i]);
    }
    return 0;
}

static void a_scene_is_scanned_over_the_whole_lung(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITES; i++) {
        const ph_organs *organs = &scenes[i]->organs;
        const ph_grid *g = &organs->grid;
        const ph_scan *c = &scenes[i]->scan;
        assert_memory_equal(c->size, size, sizeof(size));
        size_t plane = ph_grid_plane(g);
        for (size_t z = 0; z < g->size[2]; z++) {
            float at = g->origin.z + g->pitch * (float)z;
            float end = c->start[2] + c->spacing[2] * 39;
            if (at > c->start[2] && at < end)
                continue;
            for (size_t k = 0; k < plane; k++)
                assert_true(
                    organs->fields[PH_LUNG_RIGHT].values[z * plane + k] > -1);
        }
    }
}

static void kernels_keep_the_mean(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITES; i++) {
        const ph_scene *s = scenes[i];
        float sum = 0;
        for (size_t k = 0; k < s->scan.tap_count; k++)
            sum += s->scan.taps[k];
        assert_true(fabsf(sum - 1) < 1e-5F);
        assert_int_equal(s->scan.tap_count % 2, 1);
        assert_int_equal(s->geometry.direction[0] < 0, s->site->flipped);
    }
}

/* Of a flipped one, x and y count from the other end. */
static void the_world_is_the_patient_and_an_offset(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITES; i++) {
        const ph_scene *s = scenes[i];
        const ph_scan *c = &s->scan;
        double world[3];
        im_grid_to_world(&s->geometry, (double[]){10, 20, 30}, world);
        const float offset[3] = {s->offset.x, s->offset.y, s->offset.z};
        const bool turned = s->site->flipped;
        const float at[3] = {turned ? 501 : 10, turned ? 491 : 20, 30};
        for (int k = 0; k < 3; k++)
            assert_true(
                fabs(world[k] - (double)(c->start[k] + c->spacing[k] * at[k] +
                                         offset[k])) < 2e-3);
    }
}

static void annotated_nodules_measure_3_to_30_mm(void **state)
{
    (void)state;
    size_t nodules = 0;
    for (size_t i = 0; i < SITES; i++) {
        const ph_scene *s = scenes[i];
        assert_true(s->nodule_count <= PH_NODULES);
        for (size_t k = 0; k < s->nodule_count; k++)
            assert_true(s->nodules[k].diameter >= 3 &&
                        s->nodules[k].diameter <= 30);
        for (size_t k = 0; k < s->speck_count; k++)
            assert_true(s->specks[k].diameter < 3);
        nodules += s->nodule_count;
    }
    assert_in_range(nodules, 4, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scene_is_scanned_over_the_whole_lung),
        cmocka_unit_test(kernels_keep_the_mean),
        cmocka_unit_test(the_world_is_the_patient_and_an_offset),
        cmocka_unit_test(annotated_nodules_measure_3_to_30_mm),
    };
    return cmocka_run_group_tests(tests, build_scenes, drop_scenes);
}
