#include "image/phantom/scene.h"

#include "base/mem.h"
#include "support/test.h"

static ph_scene *scene_of(uint64_t index)
{
    const size_t size[3] = {72, 64, 40};
    ph_scene *s = cs_new0(ph_scene);
    assert_non_null(s);
    assert_int_equal(
        ph_scene_init(s, &im_phantom_sites[0], 11, index, size, NULL, NULL), 0);
    return s;
}

static void scene_free(ph_scene *s)
{
    ph_scene_done(s);
    cs_free(s);
}

static void a_scene_is_scanned_over_the_whole_lung(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 4; i++) {
        ph_scene *s = scene_of(i);
        const ph_grid *g = &s->organs.grid;
        const ph_scan *c = &s->scan;
        assert_int_equal(c->size[0], 72);
        assert_int_equal(c->size[2], 40);
        size_t plane = ph_grid_plane(g);
        for (size_t z = 0; z < g->size[2]; z++) {
            float at = g->origin.z + g->pitch * (float)z;
            float end = c->start[2] + c->spacing[2] * 39;
            if (at > c->start[2] && at < end)
                continue;
            for (size_t k = 0; k < plane; k++)
                assert_true(
                    s->organs.fields[PH_LUNG_RIGHT].values[z * plane + k] > -1);
        }
        scene_free(s);
    }
}

static void kernels_keep_the_mean(void **state)
{
    (void)state;
    for (size_t i = 0; i < im_phantom_site_count; i++) {
        const size_t size[3] = {512, 512, 16};
        ph_scene *s = cs_new0(ph_scene);
        assert_non_null(s);
        assert_int_equal(
            ph_scene_init(s, &im_phantom_sites[i], 1, 0, size, NULL, NULL), 0);
        float sum = 0;
        for (size_t k = 0; k < s->scan.tap_count; k++)
            sum += s->scan.taps[k];
        assert_true(fabsf(sum - 1) < 1e-5F);
        assert_int_equal(s->scan.tap_count % 2, 1);
        assert_int_equal(s->geometry.direction[0] < 0, s->site->flipped);
        scene_free(s);
    }
}

static void the_world_is_the_patient_and_an_offset(void **state)
{
    (void)state;
    ph_scene *s = scene_of(2);
    double world[3];
    im_grid_to_world(&s->geometry, (double[]){10, 20, 30}, world);
    const ph_scan *c = &s->scan;
    const float offset[3] = {s->offset.x, s->offset.y, s->offset.z};
    const float at[3] = {10, 20, 30};
    for (int k = 0; k < 3; k++)
        assert_true(
            fabs(world[k] - (double)(c->start[k] + c->spacing[k] * at[k] +
                                     offset[k])) < 2e-3);
    scene_free(s);
}

static void annotated_nodules_measure_3_to_30_mm(void **state)
{
    (void)state;
    size_t nodules = 0;
    for (uint64_t i = 0; i < 8; i++) {
        ph_scene *s = scene_of(i);
        assert_true(s->nodule_count <= PH_NODULES);
        for (size_t k = 0; k < s->nodule_count; k++)
            assert_true(s->nodules[k].diameter >= 3 &&
                        s->nodules[k].diameter <= 30);
        for (size_t k = 0; k < s->speck_count; k++)
            assert_true(s->specks[k].diameter < 3);
        nodules += s->nodule_count;
        scene_free(s);
    }
    assert_in_range(nodules, 4, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scene_is_scanned_over_the_whole_lung),
        cmocka_unit_test(kernels_keep_the_mean),
        cmocka_unit_test(the_world_is_the_patient_and_an_offset),
        cmocka_unit_test(annotated_nodules_measure_3_to_30_mm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
