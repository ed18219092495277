#include "lung/gas.h"

#include <math.h>
#include <string.h>

#include "lung/sides.h"
#include "support/test.h"

static const im_run here = {NULL, CS_CPU_BASELINE};
static const lu_levels levels = {.cut = -500, .air = -1000, .lung = -850};

#define N 40 /* voxels of 4 mm: 0.064 ml */

typedef struct scene {
    im_volume hu, labels;
} scene;

static void scene_done(scene *s)
{
    im_volume_done(&s->hu);
    im_volume_done(&s->labels);
}

static void paint(scene *s, const size_t from[3], const size_t to[3], int hu,
                  uint8_t label)
{
    for (size_t z = from[2]; z < to[2]; z++)
        for (size_t y = from[1]; y < to[1]; y++)
            for (size_t x = from[0]; x < to[0]; x++) {
                size_t i = im_at(&s->hu.geometry, x, y, z);
                ((int16_t *)tn_data(&s->hu.voxels))[i] = (int16_t)hu;
                im_u8(&s->labels)[i] = label;
            }
}

#define BOX(...) ((const size_t[]){__VA_ARGS__})

/* Tissue with a lung on either side. */
static void scene_make(scene *s)
{
    im_geometry g = im_geometry_plain(N, N, N);
    for (int a = 0; a < 3; a++)
        g.spacing[a] = 4;
    *s = (scene){IM_VOLUME_INIT, IM_VOLUME_INIT};
    assert_int_equal(im_volume_init(&s->hu, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&s->labels, TN_U8, &g, NULL), 0);
    paint(s, BOX(4, 5, 5), BOX(16, 35, 35), -850, LU_RIGHT);
    paint(s, BOX(24, 5, 5), BOX(36, 35, 35), -850, LU_LEFT);
}

static lu_gas find(const scene *s)
{
    lu_gas g;
    assert_int_equal(lu_gas_find(&here, &s->hu, &s->labels, &levels, &g, NULL),
                     0);
    return g;
}

static void healthy_lungs_have_none(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    scene_make(&s);
    lu_gas g = find(&s);
    assert_true(g.beside_ml == 0 && g.emphysema == 0);
    assert_true(g.empty[0] == 0 && g.empty[1] == 0);
}

static void air_beside_a_lung_is_measured(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    scene_make(&s);
    paint(&s, BOX(24, 5, 8), BOX(30, 35, 32), -990, 0);
    assert_true(fabs(find(&s).beside_ml - 6 * 30 * 24 * 0.064) < 1e-6);
}

static void outside_gut_and_table_are_not_meant(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    scene_make(&s);
    paint(&s, BOX(0, 5, 5), BOX(3, 35, 35), -1000, 0);    /* at the edge */
    paint(&s, BOX(10, 36, 3), BOX(30, 39, 37), -1000, 0); /* behind */
    paint(&s, BOX(17, 8, 2), BOX(23, 30, 15), -1000, 0);  /* short */
    assert_true(find(&s).beside_ml == 0);
}

static void shares_are_of_each_lung(void **state)
{
    (void)state;
    CS_SCOPED(scene) s;
    scene_make(&s);
    paint(&s, BOX(24, 5, 5), BOX(30, 35, 35), -985, LU_LEFT);
    paint(&s, BOX(4, 5, 5), BOX(7, 35, 35), -940, LU_RIGHT);
    lu_gas g = find(&s);
    assert_true(fabs(g.empty[0] - 0.5) < 1e-9 && g.empty[1] == 0);
    assert_true(fabs(g.emphysema - 0.25) < 1e-9);
    memset(im_u8(&s.labels), 0, N * N * N);
    g = find(&s);
    assert_true(g.emphysema == 0 && g.empty[0] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy_lungs_have_none),
        cmocka_unit_test(air_beside_a_lung_is_measured),
        cmocka_unit_test(outside_gut_and_table_are_not_meant),
        cmocka_unit_test(shares_are_of_each_lung),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
