#include "lung/fine.h"

#include "base/mem.h"
#include "lung/chest.h"
#include "lung/sides.h"

static const im_run here = {NULL, CS_CPU_BASELINE};
static const lu_levels levels = {
    .cut = -400, .air = -1000, .lung = -850, .tissue = 40};

typedef struct scene {
    im_volume scan;
    lu_coarse coarse;
    uint8_t *label, *barred, *airways;
    im_volume drawn;
} scene;

static void scene_done(scene *s)
{
    im_volume_done(&s->scan);
    lu_coarse_done(&s->coarse);
    im_volume_done(&s->drawn);
    cs_free(s->label);
    cs_free(s->barred);
    cs_free(s->airways);
}

/* Balls of 1 mm voxels: lung of 15 mm at the middle, tissue of 4 mm in it. */
static void make(scene *s)
{
    im_geometry g = im_geometry_plain(43, 42, 41);
    assert_int_equal(im_volume_init(&s->scan, TN_I16, &g, NULL), 0);
    int16_t *hu = tn_data(&s->scan.voxels);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        double p[3];
        chest_mm(&g, i, p);
        double d = chest_ball(p, 20, 20, 20, 15);
        bool vessel = chest_ball(p, 20, 20, 14, 4) < 0;
        hu[i] = (int16_t)(d < 0 && !vessel ? -850 : 40);
    }
    assert_int_equal(lu_coarse_init(&here, &s->scan, &s->coarse, NULL), 0);
    size_t n = im_geometry_voxels(&s->coarse.hu.geometry);
    s->label = cs_calloc(n, 1);
    s->barred = cs_calloc(n, 1);
    s->airways = cs_calloc(n, 1);
    assert_true(s->label && s->barred && s->airways);
}

/* Labels what is low in the coarse scan, and a ball at `extra`. */
static void label(scene *s, const double extra[3], double r)
{
    const im_geometry *g = &s->coarse.hu.geometry;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        double p[3];
        chest_mm(g, i, p);
        for (int a = 0; a < 3; a++)
            p[a] += 0.5;
        if (im_i16(&s->coarse.hu)[i] < -400 ||
            chest_ball(p, 20, 20, 14, 6) < 0 ||
            chest_ball(p, extra[0], extra[1], extra[2], r) < 0)
            s->label[i] = LU_RIGHT;
    }
}

static void draw(scene *s, const im_run *run)
{
    const lu_drawing d = {&s->scan,  &s->coarse, s->label,
                          s->barred, s->airways, &levels};
    im_volume_done(&s->drawn);
    assert_int_equal(lu_fine_draw(run, &d, &s->drawn, NULL), 0);
}

static void the_surface_is_the_scans_and_the_inside_is_full(void **state)
{
    (void)state;
    CS_SCOPED(scene) s = {.label = NULL};
    make(&s);
    label(&s, (const double[]){0, 0, 0}, 0);
    draw(&s, &here);
    for (size_t i = 0; i < im_geometry_voxels(&s.scan.geometry); i++) {
        double p[3];
        chest_mm(&s.scan.geometry, i, p);
        bool lung = chest_ball(p, 20, 20, 20, 15) < 0;
        assert_int_equal(im_u8(&s.drawn)[i], lung ? LU_RIGHT : 0);
    }
}

/* A nodule on the surface that the coarse mask holds: its outline is smooth
 * although the scan does not show it. */
static void tissue_that_was_taken_in_is_drawn_by_its_outline(void **state)
{
    (void)state;
    CS_SCOPED(scene) s = {.label = NULL};
    make(&s);
    const double at[] = {34, 20, 20};
    label(&s, at, 6);
    draw(&s, &here);
    size_t both = 0, all = 0;
    for (size_t i = 0; i < im_geometry_voxels(&s.scan.geometry); i++) {
        double p[3];
        chest_mm(&s.scan.geometry, i, p);
        bool want = chest_ball(p, 20, 20, 20, 15) < 0 ||
                    chest_ball(p, 34, 20, 20, 6) < 0;
        both += want && im_u8(&s.drawn)[i];
        all += (size_t)want + (size_t)(im_u8(&s.drawn)[i] != 0);
    }
    assert_true((double)(2 * both) / (double)all > 0.98);
}

static void barred_voxels_are_airway_or_nothing(void **state)
{
    (void)state;
    CS_SCOPED(scene) s = {.label = NULL};
    make(&s);
    label(&s, (const double[]){0, 0, 0}, 0);
    const im_geometry *g = &s.coarse.hu.geometry;
    size_t lumen = im_at(g, 10, 10, 12), wall = im_at(g, 11, 10, 12);
    s.barred[lumen] = s.barred[wall] = 1;
    s.airways[lumen] = 1;
    s.airways[wall] = 2;
    s.label[lumen] = s.label[wall] = 0;
    int16_t *hu = tn_data(&s.scan.voxels);
    hu[im_at(&s.scan.geometry, 22, 20, 24)] = -990;
    draw(&s, &here);
    const uint8_t *to = im_u8(&s.drawn);
    assert_int_equal(to[im_at(&s.scan.geometry, 20, 20, 24)], LU_AIRWAYS);
    assert_int_equal(to[im_at(&s.scan.geometry, 22, 20, 24)], LU_AIRWAYS);
    assert_int_equal(to[im_at(&s.scan.geometry, 23, 20, 24)], 0);
    assert_int_equal(to[im_at(&s.scan.geometry, 26, 20, 24)], LU_RIGHT);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    CS_SCOPED(scene) s = {.label = NULL};
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    make(&s);
    label(&s, (const double[]){34, 20, 20}, 6);
    draw(&s, &here);
    size_t n = im_geometry_voxels(&s.scan.geometry);
    CS_AUTO_MEM uint8_t *one = cs_memdup(im_u8(&s.drawn), n);
    assert_non_null(one);
    draw(&s, &(const im_run){pool, CS_CPU_BASELINE});
    assert_memory_equal(one, im_u8(&s.drawn), n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_surface_is_the_scans_and_the_inside_is_full),
        cmocka_unit_test(tissue_that_was_taken_in_is_drawn_by_its_outline),
        cmocka_unit_test(barred_voxels_are_airway_or_nothing),
        cmocka_unit_test(threads_do_not_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
